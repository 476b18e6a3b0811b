import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Principal } from '#auth';
import type { Actor, Problem } from '#canonical';

/** What a request leaves in the audit. */
export interface RequestAudit {
  /** Whether a handler recorded its change itself. */
  recorded: boolean;
  /** Workers, or lines of theirs, whose cost is in the answer. */
  pay?: Set<string>;
  /** Operations within the request that were refused. */
  refused?: { operation: string; problem: Problem }[];
}

/** What is known about the work at hand wherever it is: for logs, events, audit and calls to other apps. */
export interface Context {
  /** The app that does the work, when it is known. */
  app?: string;
  /** Names the whole of one affair, through every hop. */
  correlationId: string;
  /** W3C trace context: this hop's own span. */
  traceparent?: string;
  principal?: Principal;
  /** Who does the work where no caller does it: a run of a flow. */
  actor?: Actor;
  /** Aborts when nobody waits for the work any more, or its time is up. */
  signal?: AbortSignal;
  /** When the caller stops waiting, RFC 3339. */
  deadlineAt?: string;
  /** What this request leaves in the audit; one for all contexts within it. */
  audit?: RequestAudit;
}

const storage = new AsyncLocalStorage<Context>();

/** The context of the work at hand. Outside any request or `runInContext`, a fresh one with a new correlation id. */
export const context = (): Context => storage.getStore() ?? { correlationId: randomUUID() };

/** The same, or undefined when there is none. */
export const currentContext = (): Context | undefined => storage.getStore();

/** Runs `fn` with the present context changed by `partial`; what `fn` starts keeps it. */
export function runInContext<T>(partial: Partial<Context>, fn: () => T): T {
  return storage.run({ ...context(), ...partial }, fn);
}

/** Runs `fn` in exactly this context, which may be filled further while it runs. */
export const enterContext = <T>(given: Context, fn: () => T): T => storage.run(given, fn);
