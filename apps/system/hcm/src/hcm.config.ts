import { LONGEST_WAIT_MS, Setting } from '#service';

/** Settings of the HCM app for every vendor. */
export class HcmConfig {
  @Setting({
    env: 'HCM_POLL_MS',
    default: 1_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How often the HCM is asked what changed, in ms. 60000 and more is kind to a real tenant.',
  })
  pollMs: number;

  @Setting({
    env: 'HCM_OVERLAP_MS',
    default: 60_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How far each reading goes back behind the one before, for entries that show late and clocks that differ.',
  })
  overlapMs: number;

  @Setting({
    env: 'HCM_SWEEP_HOURS',
    default: 24,
    within: [1, 596],
    description: "How often everything is compared with the HCM: finds what its log doesn't tell, and what is gone.",
  })
  sweepHours: number;

  @Setting({
    env: 'HCM_HISTORY_YEARS',
    default: 1,
    within: [0, 20],
    description: 'Questions are answered as of any day from 1 January so many years ago on; for earlier days with what held then.',
  })
  historyYears: number;
}
