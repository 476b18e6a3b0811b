import type { TimeEntry } from '#canonical';
import type { SweepPage } from '#capture';
import { chunksOf } from '#connector';
import type { LineFeed, LinePage, ReadWindow } from '../../../apps/system/psa/src/vendors/port/lines.port.js';
import type { MadeUpApi, Reading } from '../made-up.api.js';
import { projectIdOf } from '../projects/projects.mapper.js';
import type { MadeUpProject } from '../projects/projects.wire.js';
import { timeEntryId, timeEntryOf } from './time.mapper.js';
import type { MadeUpHours } from './time.wire.js';

const IDS_A_CALL = 100;

export class MadeUpTime implements LineFeed<TimeEntry> {
  readonly #reading: Reading<MadeUpHours, TimeEntry> = {
    idOf: ({ id }) => timeEntryId(id, this.api.account),
    of: row => timeEntryOf(row, this.api.account),
  };

  constructor(private readonly api: MadeUpApi) {}

  changed(since: string | null, { from, overlapMs }: ReadWindow): AsyncIterable<LinePage<TimeEntry>> {
    const pages =
      since === null
        ? this.api.all<MadeUpHours>('read-hours', '/hours', { from })
        : this.api.changed<MadeUpHours>('read-changed-hours', '/hours', new Date(Date.parse(since) - overlapMs).toISOString());
    return this.api.feed(pages, since, this.#reading);
  }

  async *from(day: string): AsyncGenerator<SweepPage<TimeEntry>> {
    for await (const page of this.api.all<MadeUpHours>('sweep-hours', '/hours', { from: day })) yield await this.api.readable(page, this.#reading);
  }

  async reread(seen: TimeEntry[]): Promise<SweepPage<TimeEntry>> {
    const there: Required<SweepPage<TimeEntry>> = { items: [], unreadable: [] };
    for (const some of chunksOf(seen, IDS_A_CALL)) {
      const ids = some.map(({ refs }) => refs[0].nativeId);
      for await (const page of this.api.all<MadeUpHours>('read-hours', '/hours', { id: ids.join(',') })) {
        const { items, unreadable } = await this.api.readable(page, this.#reading);
        there.items.push(...items);
        there.unreadable.push(...unreadable);
      }
    }
    there.items.push(...(await this.#goneWithTheirProject(seen, there)));
    return there;
  }

  /** What went with its project was taken back by nobody: it stays as it was last seen. */
  async #goneWithTheirProject(seen: TimeEntry[], { items, unreadable = [] }: SweepPage<TimeEntry>): Promise<TimeEntry[]> {
    const found = new Set([...items, ...unreadable].map(({ id }) => id));
    const missing = seen.filter(({ id }) => !found.has(id));
    if (missing.length === 0) return [];
    const projects = new Set<string>();
    for await (const { rows } of this.api.all<MadeUpProject>('read-projects', '/projects'))
      for (const row of rows) projects.add(projectIdOf(row, this.api.account));
    return missing.filter(({ projectId }) => !projects.has(projectId));
  }
}
