import type { PlannedFault, Schedule } from './schedule.js';
import { scheduleOf } from './schedule.js';

/** What keeps money right, one part each, that a control takes out. */
export const GUARDS = ['external-id', 'look-before-resend', 'settling-time', 'lane-order', 'hold', 'cursor-with-work'] as const;
export type Guard = (typeof GUARDS)[number];

export interface Control {
  /** Within so many seeds it has to go red. */
  within: number;
  /** What the seeds' own schedule becomes, so that what the guard is against happens; the guard in place has to stand it. */
  schedule(seed: number): Schedule;
  /** Over the environment of the seeds. */
  environment?: Record<string, string>;
  /** Statements on the template's database: a guard that is a constraint too. */
  statements?: string[];
}

/** Later than a batch takes from its second submission to its correction. */
const VERY_LATE_MS = 2_500;
const timeWrite = { vendor: 'netsuite', kind: 'write', type: 'timeBill' } as const;

const withFaults = (seed: number, faults: PlannedFault[], more: Partial<Schedule> = {}): Schedule => ({
  ...scheduleOf(seed),
  workers: 1,
  faults,
  ...more,
});

/** An ERP that knew each repeated request would need no other guard. */
const FORGETS = { erpForgetsKeys: true };

export const CONTROLS: Record<Guard, Control> = {
  'external-id': { within: 10, schedule: seed => withFaults(seed, []) },
  'look-before-resend': {
    within: 10,
    schedule: seed => withFaults(seed, [{ kind: 'answer-lost', match: timeWrite, nth: [1, 2], action: { do: 'lose-answer' } }], FORGETS),
  },
  'settling-time': {
    within: 20,
    schedule: seed =>
      withFaults(seed, [{ kind: 'late-commit', match: timeWrite, nth: [1, 3], action: { do: 'late-commit', ms: VERY_LATE_MS } }], FORGETS),
    environment: { NETSUITE_SETTLING_MS: '4000' },
  },
  'lane-order': {
    within: 10,
    // What takes an older version out is late; what puts the newer one in is not.
    schedule: seed =>
      withFaults(seed, [
        {
          kind: 'late-commit',
          match: { ...timeWrite, operation: 'batch-delete' },
          nth: [1, 2, 3, 4, 5, 6],
          action: { do: 'late-commit', ms: 600 },
        },
      ]),
    statements: ['drop index billing.posting_on_its_way'],
  },
  hold: {
    within: 10,
    schedule: seed => withFaults(seed, [{ kind: 'maintenance', match: timeWrite, nth: [1, 2], action: { do: 'maintenance' } }]),
  },
  'cursor-with-work': {
    within: 20,
    schedule: seed =>
      withFaults(seed, [
        {
          kind: 'worker-killed-before-write',
          match: { vendor: 'netsuite', kind: 'write' },
          nth: [1],
          action: { do: 'kill', victim: 'worker', when: 'before' },
        },
      ]),
  },
};
