import { LONGEST_WAIT_MS, Setting } from '#service';

export class PsaConfig {
  @Setting({ env: 'PSA_POLL_MS', default: 1_000, within: [50, LONGEST_WAIT_MS], description: 'How often changes are looked for, in ms.' })
  pollMs: number;

  @Setting({
    env: 'PSA_OVERLAP_MS',
    default: 15_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How far back each look begins before the last one, for what the PSA shows late, in ms.',
  })
  overlapMs: number;

  @Setting({
    env: 'PSA_SWEEP_MS',
    default: 900_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How often everything is compared, in ms: finds what the change feed missed, what was deleted, and what was made twice long ago.',
  })
  sweepMs: number;

  @Setting({
    env: 'PSA_TIME_SWEEP_MS',
    default: 3_600_000,
    within: [1_000, LONGEST_WAIT_MS],
    description:
      'How often the time and expenses of the newest days are compared with the PSA, in ms: finds what the change feed missed and what was deleted.',
  })
  timeSweepMs: number;

  @Setting({
    env: 'PSA_TIME_SWEEP_DAYS',
    default: 120,
    within: [1, 36_500],
    description:
      'How many days back that goes, and how far back time and expenses are read at first. What is older is followed by the change feed alone.',
  })
  timeSweepDays: number;

  @Setting({
    env: 'PSA_READER_LEASE_MS',
    default: 15_000,
    within: [500, LONGEST_WAIT_MS],
    description: 'After how long another process goes on reading time and expenses when the one that read them died, in ms.',
  })
  readerLeaseMs: number;
}
