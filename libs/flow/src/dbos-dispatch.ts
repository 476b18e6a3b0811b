import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import { workflowTimeoutConfig } from '@dbos-inc/dbos-sdk/internal/workflow_management';
import { log } from '#service';

/** While as many flows run as allowed, no signal says that one has ended. */
const FULL_MS = 50;
/**
 * DBOS's own polls for features that Throughline does not use: queues declared elsewhere, delayed
 * flows, deadlines of flows.
 */
const UNUSED_MS = 60_000;

interface QueueState {
  queue: { name: string; workerConcurrency?: number };
  nextPollAt: number;
}

interface Executor {
  systemDatabase: { countRunningWorkflowsForQueue(name: string): number };
  dispatchDequeuedWorkflows(ids: string[], owner: string): Promise<void>;
}

/** Internals of DBOS 5.3; its public API has no way to wake a queue. */
interface Runner {
  states: Map<string, QueueState>;
  scheduleDueQueues(executor: Executor, now: number, most: number, inFlight: Map<string, unknown>, wake: () => void): void;
  pollQueue(executor: Executor, queue: QueueState['queue']): Promise<boolean>;
  adjustInterval(executor: Executor, state: QueueState, contention: boolean): void;
}

const runner = wfQueueRunner as unknown as Runner;
const clocks = wfQueueRunner.constructor as unknown as { reconcileIntervalMs: number; transitionIntervalMs: number };
const BRISK_MS = 1_000;

let installed = false;
let wakeRunner: () => void = () => undefined;
let wanted = new Set<string>();
let slowMs = Infinity;
/** Queues that were woken, or that gave flows, since their poll began: poll them again at once. */
const again = new Set<string>();
/** Queues that ran as many flows as allowed when their last poll began. */
const full = new Set<string>();
const counted = new WeakSet<Executor>();

/**
 * Makes DBOS look at its queues when a signal says that they have something, and slowly otherwise;
 * by itself it polls them all the time. If a release of DBOS has other internals, it goes on
 * polling at the queue's registered pace. Without a signal a queue is polled every `lookMs`: a
 * signal may be lost, or come from a process of a release that sends none.
 */
export function dispatchWhenWoken(queues: string[], lookMs: number): void {
  slowMs = lookMs;
  wanted = new Set(queues);
  [clocks.reconcileIntervalMs, clocks.transitionIntervalMs] = [BRISK_MS, BRISK_MS];
  workflowTimeoutConfig.pollingIntervalMs = UNUSED_MS;
  if (installed) return;
  if (
    ![runner.scheduleDueQueues, runner.pollQueue, runner.adjustInterval].every(part => typeof part === 'function') ||
    !(runner.states instanceof Map)
  ) {
    log.warn({ part: 'flow' }, 'this release of DBOS cannot be woken; its queues are polled');
    return;
  }
  installed = true;
  const { scheduleDueQueues, pollQueue, adjustInterval } = runner;
  runner.scheduleDueQueues = (executor, now, most, inFlight, wake) => {
    wakeRunner = wake;
    countClaims(executor);
    // The runner knows a queue only after a round in which it reads their list.
    if ([...wanted].every(name => runner.states.has(name))) [clocks.reconcileIntervalMs, clocks.transitionIntervalMs] = [UNUSED_MS, UNUSED_MS];
    scheduleDueQueues.call(runner, executor, now, most, inFlight, wake);
  };
  runner.pollQueue = (executor, queue) => {
    again.delete(queue.name);
    // Without a free slot this poll takes nothing, whatever waits.
    if (isFull(executor, queue)) full.add(queue.name);
    else full.delete(queue.name);
    return pollQueue.call(runner, executor, queue);
  };
  runner.adjustInterval = (executor, state, contention) => {
    adjustInterval.call(runner, executor, state, contention);
    if (contention) return;
    const { name } = state.queue;
    const busy = full.has(name) || isFull(executor, state.queue);
    state.nextPollAt = busy ? Date.now() + FULL_MS : again.has(name) ? 0 : Date.now() + slowMs * (0.9 + Math.random() / 5);
  };
}

/** Says that the queue may have something. */
export function wakeQueue(name: string): void {
  again.add(name);
  const state = runner.states.get(name);
  if (state) state.nextPollAt = 0;
  wakeRunner();
}

function isFull({ systemDatabase }: Executor, { name, workerConcurrency = Infinity }: QueueState['queue']): boolean {
  return systemDatabase.countRunningWorkflowsForQueue(name) >= workerConcurrency;
}

/** A poll that took flows may have left more. */
function countClaims(executor: Executor): void {
  if (counted.has(executor)) return;
  counted.add(executor);
  const dispatch = executor.dispatchDequeuedWorkflows.bind(executor);
  executor.dispatchDequeuedWorkflows = (ids, owner) => {
    if (ids.length > 0) for (const name of runner.states.keys()) again.add(name);
    return dispatch(ids, owner);
  };
}
