import { HttpException } from '@nestjs/common';
import { Problem, PROBLEM_KINDS, type ProblemKind } from '#canonical';
import { PROBLEMS } from './problem-body.js';

const BY_SERVER_CODE: Record<string, () => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('invalid', 'The body is too large.', { code: 'too-large' }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Problem('invalid', 'The body must be application/json.', { code: 'unsupported-media-type' }),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem('invalid', 'The body is empty although its type is application/json.', { code: 'malformed-json' }),
  FST_ERR_CTP_INVALID_JSON_BODY: () => malformed(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Problem('invalid', "The body's length isn't what Content-Length says.", { code: 'malformed-body' }),
};

const malformed = (): Problem => new Problem('invalid', "The body isn't well-formed JSON.", { code: 'malformed-json' });

const kindOfStatus = (status: number): ProblemKind => PROBLEM_KINDS.find(kind => PROBLEMS[kind].status === status) ?? (status < 500 ? 'invalid' : 'internal');

/** Whatever was thrown, as the Problem the caller is told. Anything unknown is `internal`, whose cause only the log sees. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = BY_SERVER_CODE[code ?? ''];
  if (known) return known();
  if (error instanceof SyntaxError && statusCode === 400) return malformed();
  if (error instanceof HttpException) return ofHttp(error);
  return new Problem('internal', 'Something went wrong here. The log has it under this correlation id.', { cause: error });
}

function ofHttp(error: HttpException): Problem {
  const status = error.getStatus();
  if (status === 404) return new Problem('not-found', error.message.replace(/^Cannot (\S+) (\S+)$/, 'There is nothing at $1 $2.'), { cause: error });
  if (status === 413) return BY_SERVER_CODE.FST_ERR_CTP_BODY_TOO_LARGE!();
  if (status === 415) return BY_SERVER_CODE.FST_ERR_CTP_INVALID_MEDIA_TYPE!();
  if (error.cause instanceof SyntaxError) return malformed();
  return new Problem(kindOfStatus(status), error.message, { cause: error });
}
