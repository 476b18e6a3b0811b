import { Problem, type FieldFault } from '#canonical';

const FRESH_MS = 600_000;
const RELOAD_AFTER_MS = 5_000;

/** A missing name may have been added to the account since its names were read. */
const NOT_IN_ACCOUNT = 'not-in-account';

export const notInAccount = (fields: FieldFault[]): Problem =>
  new Problem('unprocessable', `${fields.map(({ message }) => message).join('; ')}.`, { code: NOT_IN_ACCOUNT, fields });

/** The account's ids for what we know by name. Read once, again after ten minutes, and when a name is missing. */
export class AccountNames<N> {
  #known: Promise<{ readAt: number; names: N }> | undefined;

  constructor(private readonly read: () => Promise<N>) {}

  /** Runs `work` with the names; once more with freshly read ones when it throws `notInAccount`. */
  async using<T>(work: (names: N) => T): Promise<T> {
    const names = await this.#load(FRESH_MS);
    try {
      return work(names);
    } catch (error) {
      if (!isLacking(error)) throw error;
      return work(await this.#load(RELOAD_AFTER_MS));
    }
  }

  async #load(olderThanMs: number): Promise<N> {
    const known = await this.#known?.catch(() => undefined);
    if (known && performance.now() - known.readAt < olderThanMs) return known.names;
    const readAt = performance.now();
    this.#known = this.read().then(names => ({ readAt, names }));
    return (await this.#known).names;
  }
}

/** Throws everything that the account lacks for these at once, each once. */
export function refuseLacking(works: (() => unknown)[]): void {
  const lacking = new Map<string, FieldFault>();
  for (const work of works) {
    try {
      work();
    } catch (error) {
      if (!isLacking(error)) throw error;
      for (const fault of error.fields) lacking.set(fault.message, fault);
    }
  }
  if (lacking.size > 0) throw notInAccount([...lacking.values()]);
}

const isLacking = (error: unknown): error is Problem => error instanceof Problem && error.code === NOT_IN_ACCOUNT;
