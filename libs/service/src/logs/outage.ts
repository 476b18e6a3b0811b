import { Problem, shortened } from '#canonical';
import { currentContext } from '../context/context.js';
import { log } from './log.js';
import { redactText } from './redact.js';

interface Outage {
  /** A failure is logged again only when its signature differs. */
  signature: string;
  since: number;
  failures: number;
}

/** Codes of Node and classes of SQLSTATE that mean: the other side is unavailable. */
const AWAY_CODES = /^(E[A-Z]+|UND_ERR_\w+|08\w{3}|53\w{3}|57P0[1-5])$/;
const AWAY_TEXTS = /connection terminated|connection timeout|terminating connection|server closed the connection|not queryable|timeout exceeded/i;

const codeOf = (error: unknown): string => {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
};

/** Whether an error means that another system is unavailable, rather than that we have a defect. */
export function isAway(error: unknown): boolean {
  if (error instanceof Problem) return error.kind === 'vendor-unavailable';
  return AWAY_CODES.test(codeOf(error)) || (error instanceof Error && AWAY_TEXTS.test(error.message));
}

const textOf = (error: unknown): string => {
  if (error instanceof AggregateError) return codeOf(error) || String(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};

/**
 * The signature of a failure. Numbers in it, such as ports, ids and durations, make no difference.
 */
const signatureOf = (error: unknown): string => `${codeOf(error)} ${shortened(textOf(error), 200).replace(/\d+/g, '#')}`;

/**
 * Logs an outage once per part, and its end. A part is a name from the code (`events: reader`), so
 * there are only a few. Other failures are logged with their stack, also once while they stay the
 * same.
 */
export class Outages {
  readonly #open = new Map<string, Outage>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Call when the part failed. Logs it, unless the same failure was logged since the part last
   * worked. Returns whether it was logged.
   */
  note(part: string, error: unknown): boolean {
    const key = keyOf(part);
    const known = this.#open.get(key);
    const signature = isAway(error) ? 'away' : signatureOf(error);
    if (known) known.failures += 1;
    if (known?.signature === signature) return false;
    this.#open.set(key, { since: this.now(), failures: 1, ...known, signature });
    if (isAway(error)) log.warn({ part, why: redactText(shortened(textOf(error), 500)) }, `${part}: can't go on now, will retry`);
    else log.error({ part, err: error }, `${part}: failed, will retry`);
    return true;
  }

  /** Call when the part works. Logs the end of an outage that was logged before. */
  over(part: string): void {
    const key = keyOf(part);
    const known = this.#open.get(key);
    if (!known) return;
    this.#open.delete(key);
    const seconds = Math.round((this.now() - known.since) / 1000);
    log.info({ part, failures: known.failures, seconds }, `${part}: works again after ${seconds} s and ${known.failures} failures`);
  }

  /** Runs a part's work that repeats by itself. Logs its outage and its end; throws nothing. */
  async during<T>(part: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.over(part);
      return done;
    } catch (error) {
      this.note(part, error);
      return undefined;
    }
  }
}

const keyOf = (part: string): string => `${currentContext()?.app ?? ''} ${part}`;

/** The process's outages. */
export const outage = new Outages();
