import { HttpException } from '@nestjs/common';
import { Problem, PROBLEM_KINDS, type ProblemKind } from '#canonical';
import { isDatabaseAway } from '#persistence';
import { PROBLEMS } from './problem-body.js';

const BY_SERVER_CODE: Record<string, () => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('invalid', 'The body is too large.', { code: 'too-large' }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Problem('invalid', 'The body must be application/json.', { code: 'unsupported-media-type' }),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem('invalid', 'The body is empty although its type is application/json.', { code: 'malformed-json' }),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Problem('invalid', "The body isn't well-formed JSON.", { code: 'malformed-json' }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Problem('invalid', "The body's length isn't what Content-Length says.", { code: 'malformed-body' }),
};

const kindOfStatus = (status: number): ProblemKind =>
  PROBLEM_KINDS.find(kind => PROBLEMS[kind].status === status) ?? (status < 500 ? 'invalid' : 'internal');

/**
 * The error as the Problem that the caller gets. Unknown errors become `internal`; only the log
 * shows their cause.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // why a statement was cancelled; the driver's caller wraps the reason
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  if (driverError instanceof Problem) return driverError;
  const known = BY_SERVER_CODE[codeOf(error)];
  if (known) return known();
  if (error instanceof HttpException) return ofHttp(error);
  if (isOfAnother(error))
    return new Problem('forbidden', "This concerns a legal entity that isn't yours.", { code: 'not-your-entities', cause: error });
  if (isDatabaseAway(error)) return databaseAway(error);
  return new Problem('internal', 'Something went wrong here. The log has it under this correlation id.', { cause: error });
}

/** Whether a write was done is not known here; asked again with its key, it is done once. */
const databaseAway = (cause: unknown): Problem =>
  new Problem('vendor-unavailable', 'What this API keeps its data in is away. Ask again, with the same Idempotency-Key.', {
    code: 'database-away',
    retryAfterMs: 2_000,
    cause,
  });

/** The server's own code; the framework wraps what the server threw. */
function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code ?? '';
}

/**
 * Whether Postgres refused to write a row that the caller may not see. The same code for a right
 * that the app itself lacks is a defect.
 */
const isOfAnother = (error: unknown): boolean => codeOf(error) === '42501' && error instanceof Error && error.message.includes('row-level security');

function ofHttp(error: HttpException): Problem {
  const status = error.getStatus();
  return new Problem(kindOfStatus(status), error.message, { cause: error });
}
