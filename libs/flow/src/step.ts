import { setTimeout as sleep } from 'node:timers/promises';
import { text, type Fault } from '#apis';
import { Problem, type FieldFault, type ProblemKind } from '#canonical';

/** A Problem as the journal keeps it. */
export interface JournaledProblem {
  kind: ProblemKind;
  detail: string;
  code?: string;
  fields: FieldFault[];
  vendor?: Problem['vendor'];
  /** The app that answered with it. */
  from?: string;
  faults?: Fault[];
}

export type StepOutcome<T> = { value: T } | { problem: JournaledProblem };

/** Several faults at once; thrown by a step whose rules refuse. */
export class Refused extends Problem {
  constructor(readonly faults: Fault[]) {
    super('unprocessable', faults.map(fault => text(fault.reason)).join(' '), {
      code: 'refused-by-rules',
      fields: faults.map(({ reason }) => ({ field: reason.field ?? '', rule: reason.code, message: text(reason) })),
    });
  }
}

/** Ends a run: step `step` failed for good. */
export class FailedStep extends Error {
  constructor(
    readonly step: string,
    readonly problem: JournaledProblem,
  ) {
    super(`${step}: ${problem.detail}`);
  }
}

export interface Patience {
  /** How long retryable problems are retried before they become an exception. */
  patienceMs: number;
  /** Called once when the step has waited this long or is about to. */
  onWaiting?: (problem: Problem) => Promise<void>;
  waitingAfterMs?: number;
  signal?: AbortSignal;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 15_000;
const DATABASE_AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006', '08001', '08003', '53300']);

/**
 * Runs `work` until it answers, is refused, or the time is up. A problem is a result, so that the
 * journal can replay it.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { patienceMs, onWaiting, waitingAfterMs = 3_000, signal }: Patience,
): Promise<StepOutcome<T>> {
  const startedAt = performance.now();
  let told = false;
  for (let attempt = 0; ; attempt++) {
    try {
      return { value: await work() };
    } catch (error) {
      const problem = asProblem(error);
      const waitedMs = performance.now() - startedAt;
      if (!problem.retryable || waitedMs >= patienceMs) return { problem: journaled(problem) };
      // The process is shutting down: leave the step unjournaled (a thrown error would be
      // journaled), so that it runs again elsewhere.
      if (signal?.aborted) return new Promise(() => undefined);
      const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
      const waitMs = Math.max(backoff, problem.retryAfterMs ?? 0);
      if (!told && waitedMs + waitMs >= waitingAfterMs) {
        told = true;
        await onWaiting?.(problem);
      }
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, driverError } = (error ?? {}) as { code?: string; driverError?: { code?: string } };
  const away = DATABASE_AWAY.has(driverError?.code ?? code ?? '') || /Connection terminated|terminating connection/.test(String(error));
  return new Problem('internal', away ? 'The database is away.' : `A defect: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
    retryable: away,
  });
}

function journaled(problem: Problem): JournaledProblem {
  const { kind, detail, code, fields, vendor, from } = problem;
  return {
    kind,
    detail,
    fields,
    ...(code ? { code } : {}),
    ...(vendor ? { vendor } : {}),
    ...(from ? { from } : {}),
    ...(problem instanceof Refused ? { faults: problem.faults } : {}),
  };
}
