import type { LoggerService, LogLevel } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type LogFn, type Logger } from 'pino';
import { currentContext } from '../context/context.js';
import { traceIdOf } from '../context/trace.js';
import { brief, briefStack, briefText, lineWithin } from './brief.js';
import { redact, redactText } from './redact.js';

let destination: DestinationStream = pino.destination({ fd: 1, sync: true });

/** Where a line comes from: app, correlation id, trace, caller. */
function origin(): Record<string, unknown> {
  const here = currentContext();
  if (!here) return {};
  const { app, correlationId, traceparent, principal } = here;
  return {
    app,
    correlationId,
    traceId: traceIdOf(traceparent),
    client: principal?.clientId,
    actingFor: principal?.actingFor?.name ?? (principal?.kind === 'person' ? principal.name : undefined),
  };
}

/**
 * Errors with their causes. Secrets in their messages are removed, because vendors echo what they
 * were sent.
 */
function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return redact(brief(error));
  const { type, message, stack, parameters, ...rest } = stdSerializers.errWithCause(error) as unknown as Record<string, unknown>;
  return {
    type,
    message: redactText(briefText(String(message))),
    stack: redactText(briefStack(String(stack))),
    // the parameters of a statement may contain somebody's pay
    ...(Array.isArray(parameters) ? { parameters: `${parameters.length} values` } : {}),
    ...redact(brief(rest)),
  };
}

/** Cuts the text of a line before anything reads it. */
function logBriefly(this: Logger, given: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest] = given as unknown[];
  const cut = (part: unknown): unknown => (typeof part === 'string' ? briefText(part) : part);
  method.apply(this, [cut(first), ...rest.map(cut)] as Parameters<LogFn>);
}

/**
 * The process's log: JSON lines without secrets, each with its app and correlation id. Apps in one
 * process can share it, because a line takes its app from the context of the work.
 */
export const log = pino(
  {
    level: 'info',
    base: undefined,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }), log: fields => redact(brief(fields)) },
    serializers: { err: errorOf },
    mixin: origin,
    hooks: { logMethod: logBriefly },
  },
  { write: (line: string) => destination.write(lineWithin(line)) },
);

/** Sets the log level and the destination. */
export function configureLog(o: { logLevel: string; logFile?: string }): void {
  log.level = o.logLevel;
  if (o.logFile) destination = pino.destination({ dest: o.logFile, append: true, mkdir: true, sync: true });
}

const LEVELS: Record<LogLevel, 'debug' | 'error' | 'fatal' | 'trace' | 'warn' | 'info'> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'debug',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

function write(level: LogLevel, message: unknown, rest: unknown[]): void {
  const part = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
  const err = message instanceof Error ? message : rest.find(item => item instanceof Error);
  log[LEVELS[level]]({ part, ...(err ? { err } : {}) }, redactText(briefText(message instanceof Error ? message.message : String(message))));
}

/**
 * Writes the framework's own lines to the same log. The framework's level `log` is our debug:
 * routes mapped, modules initialised.
 */
export const frameworkLog: LoggerService = {
  log: (message: unknown, ...rest: unknown[]) => write('log', message, rest),
  error: (message: unknown, ...rest: unknown[]) => write('error', message, rest),
  warn: (message: unknown, ...rest: unknown[]) => write('warn', message, rest),
  debug: (message: unknown, ...rest: unknown[]) => write('debug', message, rest),
  verbose: (message: unknown, ...rest: unknown[]) => write('verbose', message, rest),
  fatal: (message: unknown, ...rest: unknown[]) => write('fatal', message, rest),
};
