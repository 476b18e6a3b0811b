import { mintId, RecordFault } from '#canonical';
import { Recent } from '#connector';
import type { KantataCalls } from './kantata.calls.js';
import { ourId, projectIdOfWorkspace, referenceOf, isRetired, type KantataNames } from './kantata.mapper.js';
import type { Place } from './kantata.line.mapper.js';
import type { KantataReference, Rows } from './kantata.wire.js';

interface Referenced {
  id: string;
  external_references: KantataReference[];
}

/** What the lines of a page are on. */
export interface Placed {
  workspace_id: string | number;
  story_id?: string | null;
}

/** Our id, or why what bears it can't be read. */
type Known = Map<string, string | RecordFault>;

const AT_ONCE = 200;

/** Kantata's projects and tasks -> ours, by the references that they bear: read for many at a time and remembered, never one call a line. */
export class KantataPlaces {
  #projects = new Recent<string>();
  #tasks = new Recent<string>();

  constructor(
    private readonly calls: KantataCalls,
    private readonly names: KantataNames,
  ) {}

  /** The place of each, in order; asked for, one throws what its project or task lacks. */
  async of(rows: Placed[]): Promise<(() => Place)[]> {
    const projects = await this.#known(
      this.#projects,
      rows.map(row => String(row.workspace_id)),
      ids => this.#workspaces(ids),
    );
    const tasks = await this.#known(
      this.#tasks,
      rows.flatMap(({ story_id: id }) => (id ? [id] : [])),
      ids => this.#stories(ids),
    );
    return rows.map(({ workspace_id, story_id }) => () => ({
      projectId: told(projects.get(String(workspace_id))!),
      ...(story_id ? { taskId: told(tasks.get(story_id)!) } : {}),
    }));
  }

  /** A reference that was given to a record later is seen then. */
  forget(): void {
    this.#projects = new Recent();
    this.#tasks = new Recent();
  }

  /** Every project that is there, archived too. */
  async projects(): Promise<Set<string>> {
    const query = { include_archived: true, include: 'external_references' };
    const found = new Set<string>();
    for await (const { rows } of this.calls.pages<Referenced>('read-workspace-references', 'workspaces', query, {}))
      for (const row of rows) found.add(this.#projectOf(row));
    return found;
  }

  /** Those of these workspaces that are there no more, not even archived. */
  async deleted(ids: string[]): Promise<Set<string>> {
    const gone = new Set(ids);
    const asked = [...gone];
    for (let from = 0; from < asked.length; from += AT_ONCE) {
      const query = { only: asked.slice(from, from + AT_ONCE).join(','), include_archived: true };
      const { rows, unfit } = await this.calls.page<Referenced>('read-workspaces', 'workspaces', query, {});
      for (const { id } of [...rows, ...unfit]) if (id !== undefined) gone.delete(id);
    }
    return gone;
  }

  async #known(recent: Recent<string>, ids: string[], read: (missing: string[]) => Promise<Known>): Promise<Known> {
    const wanted = [...new Set(ids)];
    const known: Known = new Map();
    for (const id of wanted) {
      const value = recent.get(id);
      if (value !== undefined) known.set(id, value);
    }
    const missing = wanted.filter(id => !known.has(id));
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      for (const [id, value] of await read(missing.slice(from, from + AT_ONCE))) {
        known.set(id, value);
        if (typeof value === 'string') recent.set(id, value);
      }
    }
    return known;
  }

  async #workspaces(ids: string[]): Promise<Known> {
    const query = { only: ids.join(','), include_archived: true, include: 'external_references' };
    const page = await this.calls.page<Referenced>('read-workspace-references', 'workspaces', query, {});
    const found = foundOn('workspaces', page, row => this.#projectOf(row));
    return new Map(ids.map(id => [id, found.get(id) ?? projectIdOfWorkspace({ id, external_references: [] }, this.names)]));
  }

  /** Work on a duplicate that was taken out of use is work on the project that it was a duplicate of. */
  #projectOf(row: Referenced): string {
    const { external_references: refs } = row;
    return isRetired(refs) ? referenceOf(refs)!.service_model_ref : projectIdOfWorkspace(row, this.names);
  }

  async #stories(ids: string[]): Promise<Known> {
    const query = {
      only: ids.join(','),
      show_archived: true,
      show_deleted: true,
      show_from_archived_workspaces: true,
      include: 'external_references',
    };
    const page = await this.calls.page<Referenced>('read-story-references', 'stories', query, {});
    const found = foundOn('stories', page, row => ourId(row.external_references, 'task'));
    return new Map(ids.map(id => [id, found.get(id) ?? mintId('task', 'kantata', this.names.account, id)]));
  }
}

function told(id: string | RecordFault): string {
  if (id instanceof RecordFault) throw id;
  return id;
}

const foundOn = <T>(plural: string, { rows, unfit }: Rows<Referenced>, idOf: (row: Referenced) => T): Map<string, T | RecordFault> =>
  new Map<string, T | RecordFault>([
    ...rows.map(row => [row.id, idOf(row)] as const),
    ...unfit.flatMap(({ id, error }) => (id === undefined ? [] : [[id, error.within(`${plural} ${id}`)] as const])),
  ]);
