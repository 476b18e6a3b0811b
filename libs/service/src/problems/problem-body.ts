import { Problem, PROBLEM_KINDS, type FieldFault, type ProblemKind } from '#canonical';

/** The only table of statuses and titles by kind. */
export const PROBLEMS: Record<ProblemKind, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Not authenticated' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  gone: { status: 410, title: 'It is served no more' },
  conflict: { status: 409, title: 'It conflicts with what is there' },
  'precondition-failed': { status: 412, title: 'It is no longer as you took it to be' },
  unprocessable: { status: 422, title: 'It was understood and cannot be done' },
  'rate-limited': { status: 429, title: 'Too many calls' },
  internal: { status: 500, title: 'A defect on our side' },
  unsupported: { status: 501, title: 'The back end cannot do that' },
  'refused-by-vendor': { status: 422, title: 'The back end refused' },
  'vendor-unavailable': { status: 503, title: 'Not reachable now' },
};

/** Codes whose status is more precise than their kind's. */
const STATUS_OF_CODE: Record<string, number> = {
  'too-large': 413,
  'unsupported-media-type': 415,
  'uri-too-long': 414,
  'headers-too-many': 431,
  'deadline-passed': 504,
  'caller-gone': 499,
};

const TYPE = 'urn:throughline:problem:';

/** RFC 9457 problem details as every app answers them, `application/problem+json`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code?: string;
  correlationId: string;
  retryable: boolean;
  retryAfterMs?: number;
  fields?: FieldFault[];
  vendor?: Problem['vendor'];
  successor?: string;
}

export const statusOf = (problem: Problem): number => STATUS_OF_CODE[problem.code ?? ''] ?? PROBLEMS[problem.kind].status;

export function problemBody(problem: Problem, correlationId: string): ProblemBody {
  const { kind, detail, code, retryable, retryAfterMs, fields, vendor, successor } = problem;
  return {
    type: TYPE + kind,
    title: PROBLEMS[kind].title,
    status: statusOf(problem),
    detail,
    ...(code ? { code } : {}),
    correlationId,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(fields.length > 0 ? { fields } : {}),
    ...(vendor ? { vendor } : {}),
    ...(successor ? { successor } : {}),
  };
}

const isBody = (value: unknown): value is ProblemBody =>
  typeof value === 'object' && value !== null && typeof (value as ProblemBody).type === 'string';

/**
 * The Problem in another app's answer at a path behind the gateway. An answer that isn't one of our
 * problems becomes the nearest kind for its status.
 */
export function problemOfAnswer(status: number, body: unknown, path: string): Problem {
  const from = path.split('/')[2];
  const kind = isBody(body) && body.type.startsWith(TYPE) ? body.type.slice(TYPE.length) : '';
  if (isBody(body) && (PROBLEM_KINDS as readonly string[]).includes(kind)) {
    const { detail, code, retryable, retryAfterMs, fields, vendor, successor } = body;
    return new Problem(kind as ProblemKind, detail, { code, retryable, retryAfterMs, fields, vendor, successor, from });
  }
  const nearest = PROBLEM_KINDS.find(candidate => PROBLEMS[candidate].status === status) ?? (status >= 500 ? 'vendor-unavailable' : 'unprocessable');
  return new Problem(nearest, `${path} answered ${status}.`, { cause: body, from });
}
