import type { FaultAction, FaultMatch } from '../../../apps/sandbox/src/kit/index.js';
import { type LoadPlan, loadPlan } from './load-plan.js';
import { Random } from './random.js';

/** Every way in which the world goes wrong. A run in which one of them never happened has not shown what it says. */
export const FAULT_KINDS = [
  'worker-killed-before-write',
  'worker-killed-after-write',
  'sandbox-killed-before-write',
  'sandbox-killed-after-write',
  'answer-lost',
  'late-commit',
  'timeout',
  'throttled',
  'server-error',
  'maintenance',
  'notice-dropped',
  'notice-duplicated',
  'notice-delayed',
  'postgres-killed',
  'worker-frozen',
  'clock-jump',
  'lock-conflict',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Whom a fault hits that isn't the call itself; their process ids are known when the seed runs. */
export type Victim = 'worker' | 'sandbox' | 'postgres';

/** `nth`: of the matching calls that the sandboxes see from the moment they were started (or started again), counted from 1. */
export interface PlannedFault {
  kind: FaultKind;
  match: FaultMatch;
  nth: number[];
  action:
    | Exclude<FaultAction, { do: 'kill' | 'freeze' }>
    | { do: 'kill'; victim: Victim; when: 'before' | 'after' }
    | { do: 'freeze'; victim: Victim; ms: number };
}

/** One whole run, from its seed alone. */
export interface Schedule {
  seed: number;
  workers: 1 | 2;
  load: LoadPlan;
  faults: PlannedFault[];
  /** The ERP's own pace. */
  erp: { processors: number; msPerRecord: number };
  /** The ERP runs a repeated request again; whether it does, and after how long, nobody has published. */
  erpForgetsKeys: boolean;
  latencyMs: number;
}

/** A late commit comes this late at most, ms: below the settling time of stage.ts less the time a batch takes. */
const LATEST_MS = 400;
/** How far a vendor's clock is off: more than every overlap of the feeds, either way. */
const CLOCK_OFF_MS = [-900_000, -20_000, 20_000, 180_000, 86_400_000];
/** Longer than every lease of stage.ts. */
const FROZEN_MS = [1_700, 2_300];

export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed);
  const load = loadPlan(random, seed);
  // Every way comes round, so that a few dozen seeds have seen all; what else happens in the same run is chance.
  const own = MENU[seed % MENU.length];
  const others = random.some(
    MENU.filter(make => make !== own),
    random.pick([0, 0, 1, 1, 2]),
  );
  const faults = [early(own(random)), ...others.map(make => make(random))];
  return {
    seed,
    workers: faults.some(({ kind }) => kind === 'worker-frozen') || random.chance(0.12) ? 2 : 1,
    load,
    faults,
    erp: { processors: random.pick([2, 5, 50]), msPerRecord: random.pick([0, 2, 8]) },
    erpForgetsKeys: random.chance(0.3),
    latencyMs: random.pick([0, 0, 2, 5]),
  };
}

/** So that it surely happens: at the first call that matches, or for what kills or freezes a process at one of the first two. */
function early(fault: PlannedFault): PlannedFault {
  const once = fault.action.do === 'kill' || fault.action.do === 'freeze';
  return { ...fault, nth: once ? [Math.min(2, fault.nth[0])] : [...new Set([1, ...fault.nth])] };
}

/** Types of transactions in the ERP; most of what is written there is time. */
const ERP_TYPES = ['timeBill', 'timeBill', 'timeBill', undefined] as const;

const erpWrite = (random: Random): FaultMatch => {
  const type = random.pick(ERP_TYPES);
  return { vendor: 'netsuite', kind: 'write', ...(type ? { type } : {}) };
};
const erpCall = (random: Random): FaultMatch =>
  random.chance(0.6) ? erpWrite(random) : { vendor: 'netsuite', ...(random.chance(0.7) ? { kind: 'read' } : {}) };
/** What the platform tells the PSA; the people's own calls are left alone. */
const psaWrite: FaultMatch = { vendor: 'kantata', kind: 'write', type: 'external_references' };
const someWrite = (random: Random): FaultMatch => (random.chance(0.85) ? erpWrite(random) : psaWrite);
const soon = (random: Random): number => random.pick([1, 1, 1, 2, 2, 3, 4]);
const several = (random: Random): number[] => random.some([1, 2, 3, 4, 5, 6], random.whole(1, 3)).sort((a, b) => a - b);

function killed(kind: FaultKind, victim: Victim, when: 'before' | 'after') {
  return (random: Random): PlannedFault => ({ kind, match: someWrite(random), nth: [soon(random)], action: { do: 'kill', victim, when } });
}

/** Of the records that people write; the platform is told of them by notices. */
function notice(kind: FaultKind, action: (random: Random) => PlannedFault['action']) {
  return (random: Random): PlannedFault => ({
    kind,
    match: { vendor: 'kantata', kind: 'write', type: random.pick(['time_entries', 'timesheet_submissions', 'timesheet_submissions']) },
    nth: random.some([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], random.whole(2, 6)).sort((a, b) => a - b),
    action: action(random),
  });
}

const MENU: ((random: Random) => PlannedFault)[] = [
  killed('worker-killed-before-write', 'worker', 'before'),
  killed('worker-killed-after-write', 'worker', 'after'),
  killed('sandbox-killed-before-write', 'sandbox', 'before'),
  killed('sandbox-killed-after-write', 'sandbox', 'after'),
  killed('postgres-killed', 'postgres', 'after'),
  random => ({
    kind: 'worker-frozen',
    match: erpWrite(random),
    nth: [soon(random)],
    action: { do: 'freeze', victim: 'worker', ms: random.pick(FROZEN_MS) },
  }),
  random => ({ kind: 'answer-lost', match: someWrite(random), nth: several(random), action: { do: 'lose-answer' } }),
  random => ({ kind: 'answer-lost', match: erpWrite(random), nth: [1, 2], action: { do: 'lose-answer' } }),
  random => ({ kind: 'late-commit', match: erpWrite(random), nth: several(random), action: { do: 'late-commit', ms: random.whole(50, LATEST_MS) } }),
  random => ({ kind: 'late-commit', match: erpWrite(random), nth: [soon(random)], action: { do: 'late-commit', ms: LATEST_MS } }),
  // Of what takes an older version out.
  random => ({
    kind: 'late-commit',
    match: { vendor: 'netsuite', kind: 'write', operation: 'batch-delete' },
    nth: several(random),
    action: { do: 'late-commit', ms: random.whole(50, LATEST_MS) },
  }),
  random => ({ kind: 'timeout', match: erpCall(random), nth: several(random), action: { do: 'timeout', ms: random.whole(100, 500) } }),
  random => ({ kind: 'throttled', match: erpCall(random), nth: several(random), action: { do: 'throttle' } }),
  random => ({
    kind: 'server-error',
    match: erpCall(random),
    nth: several(random),
    action: { do: 'error', status: random.pick([500, 502, 503, 504]) },
  }),
  random => ({ kind: 'server-error', match: psaWrite, nth: several(random), action: { do: 'error', status: 503 } }),
  random => {
    const from = random.whole(1, 8);
    const length = random.whole(4, 9);
    return { kind: 'maintenance', match: { vendor: 'netsuite' }, nth: Array.from({ length }, (_, n) => from + n), action: { do: 'maintenance' } };
  },
  random => ({
    kind: 'lock-conflict',
    match: { vendor: 'netsuite', kind: 'record', type: 'timeBill' },
    nth: several(random),
    action: { do: 'code', code: 'RCRD_HAS_BEEN_CHANGED', message: 'Record has been changed' },
  }),
  random => ({
    kind: 'clock-jump',
    match: { vendor: random.pick(['kantata', 'netsuite'] as const) },
    nth: Array.from({ length: random.whole(3, 40) }, (_, n) => n + 1),
    action: { do: 'clock', aheadMs: random.pick(CLOCK_OFF_MS), shownIn: 'answers' },
  }),
  random => ({
    kind: 'clock-jump',
    match: { vendor: 'kantata', kind: 'write', type: random.pick(['time_entries', 'timesheet_submissions']) },
    nth: several(random),
    action: { do: 'clock', aheadMs: random.pick(CLOCK_OFF_MS), shownIn: 'records' },
  }),
  notice('notice-dropped', () => ({ do: 'notice', how: 'drop' })),
  notice('notice-duplicated', () => ({ do: 'notice', how: 'duplicate' })),
  notice('notice-delayed', random => ({ do: 'notice', how: 'delay', ms: random.whole(100, 900) })),
];
