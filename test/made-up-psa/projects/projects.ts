import { type Effect, hashOf, Problem, type Project, type ProjectInPsa } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import { ensureMade, type OnceWriter } from '#connector';
import { applied, projectChanges } from '../../../apps/system/psa/src/projects/project-plan.rules.js';
import {
  type ProjectHead,
  projectOf,
  type ProjectRecords,
  recordsOf,
  type TaskRecord,
} from '../../../apps/system/psa/src/projects/project-records.js';
import type { Projects } from '../../../apps/system/psa/src/vendors/port/projects.port.js';
import { inRounds, type Planned, type Tried } from '../../../apps/system/psa/src/vendors/port/rounds.js';
import type { MadeUpApi, Page, Reading } from '../made-up.api.js';
import { holdable, projectBody, projectIdOf, recordsIn, taskBody } from './projects.mapper.js';
import type { MadeUpProject } from './projects.wire.js';

export class MadeUpProjects implements Projects {
  readonly #reading: Reading<MadeUpProject, ProjectInPsa> = {
    // With a key that can't be read it may be any.
    idOf: row => (typeof (row.key ?? '') === 'string' ? projectIdOf(row, this.api.account) : undefined),
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
    const wanted = recordsOf(holdable(desired));
    const { id, title } = wanted.head;
    const effectsOf = (current: MadeUpProject | null): Effect[] =>
      projectChanges(wanted, current && recordsIn(current, this.api.account, 'ours')).map(change => ({
        system: 'psa',
        account: this.api.account,
        ...change,
      }));
    const there = await this.#find(id);
    const effects = effectsOf(there);
    return {
      effects,
      apply: () =>
        inRounds(
          { there, effects },
          effectsOf,
          planned => this.#apply(id, planned),
          () => changedMeanwhile(title),
        ),
    };
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

  /** The project first, then each task. What is there already was made by an attempt that was taken for lost: what is in it is to be seen first. */
  async #apply(key: string, { there, effects }: Planned<MadeUpProject>): Promise<Tried<MadeUpProject, ProjectInPsa>> {
    const ids = new Map((there?.tasks ?? []).map(task => [task.key, task.id]));
    const done: Effect[] = [];
    let project = there?.id;
    for (const effect of effects) {
      const { noun, externalId } = effect;
      if (effect.operation !== 'create') await this.#change(effect, noun === 'project' ? project! : ids.get(externalId)!);
      else {
        const { id, made } = await ensureMade(this.once, noun, externalId, hashOf(effect.after), () => this.#create(effect, project));
        if (!made) return { done, now: () => this.#find(key) };
        if (noun === 'project') project = id;
      }
      done.push(effect);
    }
    if (project === undefined) return { done, refs: [], state: null };
    const records = applied(there && recordsIn(there, this.api.account), effects);
    const state = this.#inPsa({ id: project, minutesBooked: there?.minutesBooked ?? 0 }, records);
    return { done, refs: state.refs, state };
  }

  #create({ noun, after }: Effect, project: string | undefined): Promise<string> {
    const path = noun === 'project' ? '/projects' : `/projects/${project}/tasks`;
    return this.api.write(`create-${noun}`, 'POST', path, bodyOf(noun, after));
  }

  #change({ noun, externalId, after }: Effect, id: string): Promise<string> {
    const body = bodyOf(noun, after);
    return this.once.write(`${noun}:${externalId}`, hashOf(body), () => this.api.write(`update-${noun}`, 'PATCH', `/${noun}s/${id}`, body));
  }
}

const bodyOf = (noun: string, after: Effect['after']): object =>
  noun === 'project' ? projectBody(after as unknown as ProjectHead) : taskBody(after as unknown as TaskRecord);

const changedMeanwhile = (title: string): Problem =>
  new Problem('conflict', `${title} is changed by others faster than it can be written`, { code: 'changed-meanwhile', retryable: true });
