import { hashOf, Problem, type Effect } from '#canonical';
import type { Found, OnceWriter } from '#connector';
import type { KantataClient } from './kantata.client.js';
import type { KantataDirectory } from './kantata.directory.js';
import type { KantataIds, KantataNames } from './kantata.mapper.js';
import type { KantataReader } from './kantata.reader.js';
import { Recent } from './recent.js';

export type Change = Omit<Effect, 'system' | 'account'>;

/** How often a plan is made anew when somebody else changed the record in between. */
export const ROUNDS = 3;

/** What projects and staffing requests are written with. */
export class KantataWriter {
  /** Project -> workspace, as was decided; no other is decided on while that one exists. */
  readonly inUse = new Recent<string>();

  constructor(
    readonly client: KantataClient,
    readonly directory: KantataDirectory,
    readonly reader: KantataReader,
    readonly names: KantataNames,
    readonly once: OnceWriter,
  ) {}

  effect(change: Change): Effect {
    return { system: 'psa', account: this.names.account, ...change };
  }

  body<B>(make: (ids: KantataIds) => B): Promise<B> {
    return this.directory.using(make);
  }

  /** A write that does no harm twice: sent under its key, never over a lost one of other content. */
  write<B extends object>(key: string, body: B, send: (body: B) => Promise<void>): Promise<void> {
    return this.once.write(key, hashOf(body), () => send(body));
  }

  /** The one workspace that bears the project's id. When several do, this decides, and retires the others. */
  async workspaceInUse(projectId: string): Promise<string> {
    const { id } = await this.once.ensure<Found>('workspace', projectId, 'in-use', async () => {
      throw new Problem('conflict', `Kantata has no project ${projectId} to staff`, { code: 'project-missing' });
    });
    this.inUse.set(projectId, id);
    return id;
  }
}

/** Tells whether the record that came out of `ensure` is the one this call made. */
export class Making {
  #id: string | undefined;

  async by(create: Promise<string>): Promise<Found> {
    this.#id = await create;
    return { id: this.#id };
  }

  outcome({ id }: Found): { id: string; made: boolean } {
    return { id, made: id === this.#id };
  }
}

/** Others write the same record all the time: a person has to look, or somebody asks again later. */
export const changedMeanwhile = (what: string): Problem =>
  new Problem('conflict', `${what} is changed by others in Kantata faster than it can be written`, { code: 'changed-meanwhile', retryable: true });
