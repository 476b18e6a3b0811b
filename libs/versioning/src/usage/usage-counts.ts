import type { WrittenRow } from '#persistence';
import type { usage } from './usage.table.js';

/** One call, as it is counted. */
export interface Use {
  version: string;
  operation: string;
  consumer: string;
  release: string;
  fields: Iterable<string>;
}

export type UsageRow = WrittenRow<typeof usage.columns>;

/**
 * Consumers are the issuer's clients, and operations and fields are declared, so a day has a
 * bounded number of counts. What comes above this is counted for the operation alone, and above
 * twice this not at all: memory stays bounded while Postgres is away.
 */
const MOST_COUNTS = 50_000;

interface Count {
  calls: number;
  lastAt: number;
}

/** Counts uses in memory until they are taken to be stored. */
export class UsageCounts {
  #counts = new Map<string, Count>();

  constructor(
    private readonly app: string,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.#counts.size;
  }

  add({ version, operation, consumer, release, fields }: Use): void {
    const at = this.now();
    const key = `${dayOf(at)}\n${version}\n${operation}\n${consumer}\n${release}\n`;
    this.#add(key, 1, at, 2 * MOST_COUNTS);
    for (const field of fields) this.#add(key + field, 1, at, MOST_COUNTS);
  }

  /** Takes what was counted since. */
  take(): UsageRow[] {
    const taken = this.#counts;
    this.#counts = new Map();
    return [...taken].map(([key, { calls, lastAt }]) => {
      const [day, version, operation, consumer, release, field] = key.split('\n');
      return { app: this.app, day, version, operation, field, consumer, release, calls, lastAt: new Date(lastAt) };
    });
  }

  /** Puts back what could not be stored. */
  putBack(rows: UsageRow[]): void {
    for (const { day, version, operation, consumer, release, field, calls, lastAt } of rows) {
      this.#add([day, version, operation, consumer, release, field].join('\n'), Number(calls), new Date(lastAt).getTime(), 2 * MOST_COUNTS);
    }
  }

  #add(key: string, calls: number, at: number, most: number): void {
    const count = this.#counts.get(key);
    if (count) {
      count.calls += calls;
      count.lastAt = Math.max(count.lastAt, at);
    } else if (this.#counts.size < most) this.#counts.set(key, { calls, lastAt: at });
  }
}

let today = { from: 0, day: '1970-01-01' };
const DAY_MS = 86_400_000;

/** The UTC day of an instant. Formatted once a day: it is asked for at every call. */
function dayOf(at: number): string {
  if (at < today.from || at >= today.from + DAY_MS) today = { from: at - (at % DAY_MS), day: new Date(at).toISOString().slice(0, 10) };
  return today.day;
}
