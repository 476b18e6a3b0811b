import type { Gauge } from 'prom-client';
import { log, type Metrics } from '#service';
import { CLOCK_ALARM_MS, clockDifferenceMs, notAheadOf } from './clock.rules.js';

/**
 * How long a vendor's clock counts as behind after it was seen behind: answers may come from
 * several servers with clocks of their own.
 */
const REMEMBERED_MS = 600_000;

/** What the `Date` headers of a vendor's answers show about its clock beside ours. */
export class VendorClock {
  /** The last measured difference in ms, negative when behind. */
  #differenceMs: number | undefined;
  /** The furthest behind in this period and in the one before. */
  #behindMs: [now: number, before: number] = [0, 0];
  #since = performance.now();
  #alarmed = false;
  readonly #gauge: Gauge;

  constructor(
    private readonly vendor: string,
    private readonly account: string,
    metrics: Metrics,
  ) {
    this.#gauge = metrics.gauge('throughline_vendor_clock_difference_seconds', "How far the vendor's clock is ahead of ours, below zero behind.", [
      'vendor',
      'account',
    ]);
  }

  get differenceMs(): number | undefined {
    return this.#differenceMs;
  }

  /**
   * How far the vendor's clock was recently behind ours at most, in ms, never above zero. Its
   * timestamps may be that far back.
   */
  get behindMs(): number {
    const now = performance.now();
    if (now - this.#since > REMEMBERED_MS) {
      this.#behindMs = [0, now - this.#since > 2 * REMEMBERED_MS ? 0 : this.#behindMs[0]];
      this.#since = now;
    }
    return Math.min(...this.#behindMs);
  }

  /**
   * Takes an answer's `Date`. Returns the time, in ms, up to which the answer certainly shows every
   * change: not later than the request by our own clock, nor than the clock that is furthest
   * behind. Undefined when the vendor does not state the time.
   */
  heard(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
    const difference = clockDifferenceMs(date, sentAt, receivedAt);
    if (difference === undefined) return undefined;
    this.#differenceMs = difference;
    const behindMs = Math.min(this.behindMs, difference);
    this.#behindMs[0] = Math.min(this.#behindMs[0], difference);
    this.#gauge.set({ vendor: this.vendor, account: this.account }, difference / 1000);
    this.#alarm(difference);
    return notAheadOf(sentAt + behindMs, date);
  }

  /** Logged once when it begins and once when it is over. */
  #alarm(difference: number): void {
    const alarmed = Math.abs(difference) > CLOCK_ALARM_MS;
    if (alarmed === this.#alarmed) return;
    this.#alarmed = alarmed;
    const facts = { part: 'connector', vendor: this.vendor, account: this.account, differenceMs: difference, thresholdMs: CLOCK_ALARM_MS };
    if (alarmed) log.error(facts, "the vendor's clock differs from ours; feeds stay behind the slower of the two until it is set right");
    else log.info(facts, "the vendor's clock agrees with ours again");
  }
}
