import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import { workflowTimeoutConfig } from '@dbos-inc/dbos-sdk/internal/workflow_management';
import { log } from '#service';

/** While as many flows run as may, nobody says that one has ended. */
const FULL_MS = 50;
/** DBOS's own rounds for what Throughline does not use: queues that others declare, delayed flows, deadlines of flows. */
const UNUSED_MS = 60_000;

interface QueueState {
  queue: { name: string; workerConcurrency?: number };
  nextPollAt: number;
}

interface Executor {
  systemDatabase: { countRunningWorkflowsForQueue(name: string): number };
  dispatchDequeuedWorkflows(ids: string[], owner: string): Promise<void>;
}

/** What DBOS 5.3 has inside; its public face knows no way to wake a queue. */
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
/** Queues that were woken, or gave something, since their poll began: they are polled again at once. */
const again = new Set<string>();
/** Queues of which as many flows ran as may when their last poll began. */
const full = new Set<string>();
const counted = new WeakSet<Executor>();

/**
 * Lets DBOS look at its queues when they are said to have something, and slowly besides; by itself it polls them all the time. Should a
 * release of DBOS look different inside, it goes on polling at the pace that the queue is registered with. Without a signal
 * a queue is looked at every `lookMs`: one may be lost, or come from a process of a release that sends none.
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
    // A queue is known to the runner only after a round in which it reads their list.
    if ([...wanted].every(name => runner.states.has(name))) [clocks.reconcileIntervalMs, clocks.transitionIntervalMs] = [UNUSED_MS, UNUSED_MS];
    scheduleDueQueues.call(runner, executor, now, most, inFlight, wake);
  };
  runner.pollQueue = (executor, queue) => {
    again.delete(queue.name);
    // Had nothing been free, this poll takes nothing, whatever waits.
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

/** The queue may have something. */
export function wakeQueue(name: string): void {
  again.add(name);
  const state = runner.states.get(name);
  if (state) state.nextPollAt = 0;
  wakeRunner();
}

function isFull({ systemDatabase }: Executor, { name, workerConcurrency = Infinity }: QueueState['queue']): boolean {
  return systemDatabase.countRunningWorkflowsForQueue(name) >= workerConcurrency;
}

/** Where there was something there may be more than was taken. */
function countClaims(executor: Executor): void {
  if (counted.has(executor)) return;
  counted.add(executor);
  const dispatch = executor.dispatchDequeuedWorkflows.bind(executor);
  executor.dispatchDequeuedWorkflows = (ids, owner) => {
    if (ids.length > 0) for (const name of runner.states.keys()) again.add(name);
    return dispatch(ids, owner);
  };
}
