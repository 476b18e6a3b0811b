import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Principal } from '#auth';
import type { Actor, Problem } from '#canonical';

/** What a request leaves for the audit. */
export interface RequestAudit {
  /** Whether a handler recorded its change itself. */
  recorded: boolean;
  /** Workers, or lines of theirs, whose cost is in the answer. */
  pay?: Set<string>;
  /** Operations within the request that were refused. */
  refused?: { operation: string; problem: Problem }[];
}

/**
 * What is known everywhere about the current work: for logs, events, audit and calls to other apps.
 */
export interface Context {
  /** The app that does the work, if known. */
  app?: string;
  /** Identifies the whole business transaction, through every hop. */
  correlationId: string;
  /** W3C trace context: this hop's own span. */
  traceparent?: string;
  principal?: Principal;
  /** Who does the work when there is no caller: a run of a flow. */
  actor?: Actor;
  /** Aborts when nobody waits for the work any more, or its time is up. */
  signal?: AbortSignal;
  /** When the caller stops waiting, RFC 3339. */
  deadlineAt?: string;
  /** Fields that the request uses besides those that it sends: what a GraphQL query selects. */
  used?: Iterable<string>;
  /** What this request leaves for the audit; shared by all contexts within it. */
  audit?: RequestAudit;
}

const storage = new AsyncLocalStorage<Context>();

/**
 * The context of the current work. Outside any request or `runInContext`, a fresh one with a new
 * correlation id.
 */
export const context = (): Context => storage.getStore() ?? { correlationId: randomUUID() };

/** The same, or undefined outside any context. */
export const currentContext = (): Context | undefined => storage.getStore();

/** Runs `fn` with the current context changed by `partial`; work that `fn` starts keeps it. */
export function runInContext<T>(partial: Partial<Context>, fn: () => T): T {
  return storage.run({ ...context(), ...partial }, fn);
}

/** Runs `fn` in exactly this context; more may be filled into it while it runs. */
export const enterContext = <T>(given: Context, fn: () => T): T => storage.run(given, fn);
