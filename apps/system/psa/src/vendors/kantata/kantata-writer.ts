import { hashOf, Problem, type Effect } from '#canonical';
import { type VendorRecord, lengthFaults, type OnceWriter, Recent, refuseLacking, refusedTogether, type TextFields } from '#connector';
import type { KantataDirectory } from './kantata-directory.js';
import { kantataTexts, namedFields } from './kantata.lengths.js';
import type { KantataIds, KantataNames } from './kantata-names.js';

export type Change = Omit<Effect, 'system' | 'account'>;

/** Makes a body with the account's ids. */
export type BodyOf = (ids: KantataIds) => Record<string, unknown>;

/** Writes for projects and staffing requests. */
export class KantataWriter {
  /** Project -> workspace, as was decided; no other is decided on while that one exists. */
  readonly inUse = new Recent<string>();
  readonly #texts: TextFields;

  constructor(
    private readonly directory: KantataDirectory,
    readonly names: KantataNames,
    readonly once: OnceWriter,
    private readonly fieldLengths: string[],
  ) {
    this.#texts = kantataTexts(names);
  }

  effect(change: Change): Effect {
    return { system: 'psa', account: this.names.account, ...change };
  }

  body<B>(make: (ids: KantataIds) => B): Promise<B> {
    return this.directory.using(make);
  }

  /**
   * Throws everything that Kantata would refuse, at once: texts that are too long, and names that
   * the account lacks.
   */
  async refuseUnfit(bodies: Record<string, BodyOf | BodyOf[]>): Promise<void> {
    const sent = Object.fromEntries(
      Object.entries(bodies).map(([record, made]) => [record, Array.isArray(made) ? made.map(namedFields) : namedFields(made)]),
    );
    const made = Object.values(bodies).flat();
    await refusedTogether(
      [this.body(ids => refuseLacking(made.map(body => () => body(ids))))],
      lengthFaults('Kantata', this.#texts, this.fieldLengths, sent),
    );
  }

  /**
   * A write that can safely be repeated: sent under its key, never over a lost write of other
   * content.
   */
  write<B extends object>(key: string, body: B, send: (body: B) => Promise<void>): Promise<void> {
    return this.once.write(key, hashOf(body), () => send(body));
  }

  /**
   * The one workspace with the project's id. When there are several, it decides which one is used
   * and retires the others.
   */
  async workspaceInUse(projectId: string): Promise<string> {
    const { id } = await this.once.ensure<VendorRecord>('workspace', projectId, 'in-use', async () => {
      throw new Problem('conflict', `Kantata has no project ${projectId} to staff`, { code: 'project-missing' });
    });
    this.inUse.set(projectId, id);
    return id;
  }
}

/** Other processes keep changing the record: a person has to look, or the caller retries later. */
export const changedMeanwhile = (what: string): Problem =>
  new Problem('conflict', `${what} is changed by others in Kantata faster than it can be written`, { code: 'changed-meanwhile', retryable: true });
