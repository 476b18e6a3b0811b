import { LONGEST_WAIT_MS, Setting } from '#service';

/** How flows run in this process. */
export class FlowConfig {
  @Setting({ env: 'FLOW_CONCURRENCY', default: 40, within: [1, 1_000], description: 'Flows of one kind that this process runs at once.' })
  concurrency: number;
  @Setting({
    env: 'FLOW_PATIENCE_MS',
    default: 600_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long a step tries again while a back end is away or busy, before it becomes an exception.',
  })
  patienceMs: number;
  @Setting({
    env: 'FLOW_LEASE_MS',
    default: 5_000,
    within: [500, LONGEST_WAIT_MS],
    description: 'A process not seen for this long is taken for dead: its flows go on elsewhere.',
  })
  leaseMs: number;
  @Setting({
    env: 'FLOW_LOOK_MS',
    default: 15_000,
    within: [100, LONGEST_WAIT_MS],
    description:
      'How often the queues of flows are looked at besides, in ms: a flow that is started wakes them by itself, unless its signal got lost.',
  })
  lookMs: number;
  @Setting({
    env: 'FLOW_DRAIN_MS',
    default: 5_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long a process that is stopped lets its running flows finish.',
  })
  drainMs: number;
  @Setting({
    env: 'FLOW_RETENTION_MS',
    default: 604_800_000,
    within: [60_000, 315_360_000_000],
    description: 'How long the journals of ended flows are kept.',
  })
  retentionMs: number;
}
