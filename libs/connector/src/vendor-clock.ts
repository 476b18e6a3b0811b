import type { Gauge } from 'prom-client';
import { log, type Metrics } from '#service';
import { CLOCK_ALARM_MS, clockDifferenceMs, notAheadOf } from './clock.rules.js';

/** How long a clock that was seen behind counts as behind: answers may come from several servers with clocks of their own. */
const REMEMBERED_MS = 600_000;

/** What is known of a vendor's clock beside ours, from the `Date` of its answers. */
export class VendorClock {
  /** The last difference heard, in ms, below zero behind. */
  #differenceMs: number | undefined;
  /** The furthest behind of this stretch of time and of the one before. */
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

  /** How far the vendor's clock was behind ours at its worst lately, in ms, never above zero. What it stamps may lie that far back. */
  get behindMs(): number {
    const now = performance.now();
    if (now - this.#since > REMEMBERED_MS) {
      this.#behindMs = [0, now - this.#since > 2 * REMEMBERED_MS ? 0 : this.#behindMs[0]];
      this.#since = now;
    }
    return Math.min(...this.#behindMs);
  }

  /**
   * Notes an answer's `Date`; answers up to when the answer surely shows every change, in ms: never later than when it was asked
   * for by our own clock, nor than the clock that is furthest behind. Undefined when the vendor does not say.
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

  /** Once when it begins and once when it is over. */
  #alarm(difference: number): void {
    const alarmed = Math.abs(difference) > CLOCK_ALARM_MS;
    if (alarmed === this.#alarmed) return;
    this.#alarmed = alarmed;
    const facts = { part: 'connector', vendor: this.vendor, account: this.account, differenceMs: difference, thresholdMs: CLOCK_ALARM_MS };
    if (alarmed) log.error(facts, "the vendor's clock differs from ours; feeds stay behind the slower of the two until it is set right");
    else log.info(facts, "the vendor's clock agrees with ours again");
  }
}
