import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Authority } from '#auth';
import { outage } from '../logs/outage.js';
import { Metrics } from '../metrics/metrics.js';
import { Readiness } from './readiness.js';

const PART = 'issuer keys';
/** When everything starts at once, the issuer may start a moment later: that is no outage. */
const FAILURES_BEFORE_TOLD = 4;

/**
 * Handles an unavailable identity provider. Until its keys were read once, the app isn't ready.
 * After that the app goes on with the kept keys. It says so in readiness, as a metric, and once in
 * the log.
 */
@Injectable()
export class IssuerWatch implements OnModuleInit {
  constructor(
    private readonly authority: Authority,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { keys } = this.authority;
    keys.watch((failures, error) => {
      if (failures === 0) outage.over(PART);
      else if (keys.ageMs !== undefined || failures >= FAILURES_BEFORE_TOLD) outage.note(PART, error);
    });
    this.readiness.register('issuer', () =>
      keys.usable ? Promise.resolve() : Promise.reject(new Error(keys.ageMs === undefined ? 'its keys were not read yet' : 'its keys are too old')),
    );
    this.readiness.degrades('issuer', () =>
      keys.reachable ? undefined : `it is away; its keys of ${Math.round((keys.ageMs ?? 0) / 1000)} s ago are used`,
    );
    this.metrics.gauge('throughline_issuer_reachable', 'Whether the identity provider answered when it was last asked.', [], gauge =>
      gauge.set(keys.reachable ? 1 : 0),
    );
    this.metrics.gauge('throughline_issuer_keys_age_seconds', 'How long ago its signing keys were read; -1 before the first time.', [], gauge =>
      gauge.set(keys.ageMs === undefined ? -1 : keys.ageMs / 1000),
    );
  }
}
