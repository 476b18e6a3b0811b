import { Problem, shortened } from '#canonical';
import { currentContext } from '../context/context.js';
import { log } from './log.js';
import { redactText } from './redact.js';

interface Outage {
  /** What is said is said again only when it is something else. */
  sign: string;
  since: number;
  failures: number;
}

/** Codes of Node and classes of SQLSTATE that mean: the other side is away. */
const AWAY_CODES = /^(E[A-Z]+|UND_ERR_\w+|08\w{3}|53\w{3}|57P0[1-5])$/;
const AWAY_TEXTS = /connection terminated|connection timeout|terminating connection|server closed the connection|not queryable|timeout exceeded/i;

const codeOf = (error: unknown): string => {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
};

/** Whether an error means that something else is away, rather than that we have a defect. */
export function isAway(error: unknown): boolean {
  if (error instanceof Problem) return error.kind === 'vendor-unavailable';
  return AWAY_CODES.test(codeOf(error)) || (error instanceof Error && AWAY_TEXTS.test(error.message));
}

const textOf = (error: unknown): string => {
  if (error instanceof AggregateError) return codeOf(error) || String(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};

/** Equal failures have equal signs: numbers within, like ports, ids and durations, make no difference. */
const signOf = (error: unknown): string => `${codeOf(error)} ${shortened(textOf(error), 200).replace(/\d+/g, '#')}`;

/**
 * Tells an outage once per part, and its end. A part is a name from the code (`events: reader`), so that there are only a few.
 * What is no outage is told with its stack, once too while it stays the same.
 */
export class Outages {
  readonly #open = new Map<string, Outage>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The part failed. Tells it unless the same was told since the part last worked. Answers whether it was told. */
  note(part: string, error: unknown): boolean {
    const key = keyOf(part);
    const known = this.#open.get(key);
    const sign = isAway(error) ? 'away' : signOf(error);
    if (known) known.failures += 1;
    if (known?.sign === sign) return false;
    this.#open.set(key, { since: this.now(), failures: 1, ...known, sign });
    if (isAway(error)) log.warn({ part, why: redactText(shortened(textOf(error), 500)) }, `${part}: can't go on now, is tried again`);
    else log.error({ part, err: error }, `${part}: failed, is tried again`);
    return true;
  }

  /** The part works. Tells the end of what was told before; else nothing. */
  over(part: string): void {
    const key = keyOf(part);
    const known = this.#open.get(key);
    if (!known) return;
    this.#open.delete(key);
    const seconds = Math.round((this.now() - known.since) / 1000);
    log.info({ part, failures: known.failures, seconds }, `${part}: works again after ${seconds} s and ${known.failures} failures`);
  }

  /** Runs the work of a part that comes again by itself: tells its outage and its end, throws nothing. */
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
