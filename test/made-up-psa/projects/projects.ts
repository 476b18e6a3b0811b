import { type Effect, hashOf, Problem, type Project, type ProjectInPsa } from '#canonical';
import type { FeedPage, Outcome, Plan, SweepPage } from '#capture';
import type { OnceWriter } from '#connector';
import { applied, projectChanges } from '../../../apps/system/psa/src/projects/project-plan.rules.js';
import {
  type ProjectHead,
  projectOf,
  type ProjectRecords,
  recordsOf,
  type TaskRecord,
} from '../../../apps/system/psa/src/projects/project-records.js';
import type { Projects } from '../../../apps/system/psa/src/vendors/port/projects.port.js';
import type { MadeUpApi, Page, Reading } from '../made-up.api.js';
import { holdable, projectBody, projectIdOf, recordsIn, taskBody } from './projects.mapper.js';
import type { MadeUpProject } from './projects.wire.js';

/** How often a project is planned anew when something of it turns out to be there already. */
const ROUNDS = 3;

export class MadeUpProjects implements Projects {
  readonly #reading: Reading<MadeUpProject, ProjectInPsa> = {
    idOf: row => projectIdOf(row, this.api.account),
    of: row => this.#inPsa(row, recordsIn(row, this.api.account)),
  };

  constructor(
    private readonly api: MadeUpApi,
    private readonly once: OnceWriter,
  ) {}

  async get(id: string): Promise<ProjectInPsa | null> {
    const there = await this.#find(id);
    return there && this.#inPsa(there, recordsIn(there, this.api.account));
  }

  async plan(desired: Project): Promise<Plan<ProjectInPsa>> {
    return this.#plan(recordsOf(holdable(desired)), ROUNDS);
  }

  changed(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>> {
    const pages = since === null ? this.#everything() : this.api.changed<MadeUpProject>('read-changed-projects', '/projects', since);
    return this.api.feed(pages, since, this.#reading);
  }

  async *all(): AsyncGenerator<SweepPage<ProjectInPsa>> {
    for await (const page of this.#everything()) yield await this.api.readable(page, this.#reading);
  }

  #everything(): AsyncGenerator<Page<MadeUpProject>> {
    return this.api.all<MadeUpProject>('read-projects', '/projects');
  }

  async #find(id: string): Promise<MadeUpProject | null> {
    for await (const { rows } of this.api.all<MadeUpProject>('find-project', '/projects', { key: id })) return rows[0] ?? null;
    return null;
  }

  #inPsa({ id, minutesBooked }: Pick<MadeUpProject, 'id' | 'minutesBooked'>, records: ProjectRecords): ProjectInPsa {
    return { ...projectOf(records), timeBooked: minutesBooked > 0, refs: [this.api.ref('project', id)] };
  }

  async #plan(wanted: ProjectRecords, rounds: number): Promise<Plan<ProjectInPsa>> {
    const { account } = this.api;
    const there = await this.#find(wanted.head.id);
    const changes = projectChanges(wanted, there && recordsIn(there, account, 'ours'));
    const effects = changes.map((change): Effect => ({ system: 'psa', account, ...change }));
    return { effects, apply: () => this.#apply(wanted, there, effects, rounds) };
  }

  /** The project first, then each task. What is there already was made by an attempt that was taken for lost: what is in it is to be seen first. */
  async #apply(wanted: ProjectRecords, there: MadeUpProject | null, effects: Effect[], rounds: number): Promise<Outcome<ProjectInPsa>> {
    const made = new Map((there?.tasks ?? []).map(({ key, id }) => [key, id]));
    const done: Effect[] = [];
    let id = there?.id;
    for (const effect of effects) {
      const written =
        effect.operation === 'create'
          ? await this.#create(effect, id)
          : await this.#change(effect, effect.noun === 'project' ? id! : made.get(effect.externalId)!);
      if (written === undefined) return this.#again(wanted, done, rounds);
      if (effect.noun === 'project') id = written;
      done.push(effect);
    }
    const state =
      id === undefined
        ? null
        : this.#inPsa({ id, minutesBooked: there?.minutesBooked ?? 0 }, applied(there && recordsIn(there, this.api.account), effects));
    return { effects: done, refs: state?.refs ?? [], state };
  }

  async #again(wanted: ProjectRecords, done: Effect[], rounds: number): Promise<Outcome<ProjectInPsa>> {
    if (rounds === 0)
      throw new Problem('conflict', `${wanted.head.title} is changed by others faster than it can be written`, {
        code: 'changed-meanwhile',
        retryable: true,
      });
    const rest = await (await this.#plan(wanted, rounds - 1)).apply();
    return { ...rest, effects: [...done, ...rest.effects] };
  }

  /** Answers its id; undefined when another has the key. */
  async #create({ noun, externalId, after }: Effect, projectId: string | undefined): Promise<string | undefined> {
    let id: string | undefined;
    await this.once.ensure(noun, externalId, hashOf(after), async () => {
      id =
        noun === 'project'
          ? await this.api.write('create-project', 'POST', '/projects', projectBody(after as unknown as ProjectHead))
          : await this.api.write('create-task', 'POST', `/projects/${projectId}/tasks`, taskBody(after as unknown as TaskRecord));
      return { id };
    });
    return id;
  }

  #change({ noun, externalId, after }: Effect, id: string): Promise<string> {
    const body = noun === 'project' ? projectBody(after as unknown as ProjectHead) : taskBody(after as unknown as TaskRecord);
    return this.once.write(`${noun}:${externalId}`, hashOf(body), () => this.api.write(`update-${noun}`, 'PATCH', `/${noun}s/${id}`, body));
  }
}
