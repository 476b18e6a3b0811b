import { LONGEST_WAIT_MS, Setting } from '#service';

export class CrmConfig {
  @Setting({
    env: 'CRM_POLL_MS',
    default: 1_000,
    within: [50, LONGEST_WAIT_MS],
    description: 'How often changed deals and customers are looked for, in ms.',
  })
  pollMs: number;

  @Setting({
    env: 'CRM_OVERLAP_MS',
    default: 10_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How far back each look begins before the newest change seen, in ms: the CRM may show a change some seconds late.',
  })
  overlapMs: number;

  @Setting({
    env: 'CRM_RATE_CARD_POLL_MS',
    default: 60_000,
    within: [50, LONGEST_WAIT_MS],
    description: 'How often all rate cards are read, in ms: one call or a few, since a changed rate leaves no trace on its card.',
  })
  rateCardPollMs: number;

  @Setting({
    env: 'CRM_SWEEP_MS',
    default: 3_600_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How often everything is read, in ms, to find what was deleted or missed.',
  })
  sweepMs: number;
}
