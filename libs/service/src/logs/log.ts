import type { LoggerService, LogLevel } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type LogFn, type Logger } from 'pino';
import { currentContext } from '../context/context.js';
import { traceIdOf } from '../context/trace.js';
import { brief, briefStack, briefText, lineWithin } from './brief.js';
import { redact, redactText } from './redact.js';

let destination: DestinationStream = pino.destination({ fd: 1, sync: true });

/** What a line says about where it comes from: app, affair, trace, who. */
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

/** Errors with their causes; secrets in their messages are cleaned, since vendors echo what they were sent. */
function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return redact(brief(error));
  const { type, message, stack, parameters, ...rest } = stdSerializers.errWithCause(error) as unknown as Record<string, unknown>;
  return {
    type,
    message: redactText(briefText(String(message))),
    stack: redactText(briefStack(String(stack))),
    // what a statement was given may be what somebody is paid
    ...(Array.isArray(parameters) ? { parameters: `${parameters.length} values` } : {}),
    ...redact(brief(rest)),
  };
}

/** The sentence of a line is cut before anything reads it. */
function logBriefly(this: Logger, given: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest] = given as unknown[];
  const cut = (part: unknown): unknown => (typeof part === 'string' ? briefText(part) : part);
  method.apply(this, [cut(first), ...rest.map(cut)] as Parameters<LogFn>);
}

/**
 * The process's log: JSON lines, each with the app and the affair it belongs to, without secrets. One log per process is right
 * although several apps may share it: a line's app comes from the context of the work.
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

/** Sets how much is logged and where to. */
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

/** The framework's own lines, in the same log. What it calls `log` is our debug: routes mapped, modules initialised. */
export const frameworkLog: LoggerService = {
  log: (message: unknown, ...rest: unknown[]) => write('log', message, rest),
  error: (message: unknown, ...rest: unknown[]) => write('error', message, rest),
  warn: (message: unknown, ...rest: unknown[]) => write('warn', message, rest),
  debug: (message: unknown, ...rest: unknown[]) => write('debug', message, rest),
  verbose: (message: unknown, ...rest: unknown[]) => write('verbose', message, rest),
  fatal: (message: unknown, ...rest: unknown[]) => write('fatal', message, rest),
};
