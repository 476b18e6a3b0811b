/** The closed list of what can go wrong at an API. */
export const PROBLEM_KINDS = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'gone',
  'conflict',
  'precondition-failed',
  'unprocessable',
  'unsupported',
  'rate-limited',
  'refused-by-vendor',
  'vendor-unavailable',
  'internal',
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** A fault of one field: where it is, the rule it breaks (a code) and the sentence for a person. */
export interface FieldFault {
  field: string;
  rule: string;
  message: string;
  /** The missing value that the field refers to, as `referenceId` names it. */
  reference?: string;
}

export interface ProblemOptions {
  /** For the log only; never leaves the process. */
  cause?: unknown;
  retryable?: boolean;
  retryAfterMs?: number;
  fields?: FieldFault[];
  /** A stable code where the kind alone doesn't distinguish the cases, e.g. `plan-drifted`. */
  code?: string;
  /** The vendor's own code and message, redacted, for exceptions. */
  vendor?: { system: string; operation: string; code: string; message: string };
  /** Of what is gone: the path of what replaces it, behind the gateway. */
  successor?: string;
  /** The app that answered it to us, e.g. `erp`. */
  from?: string;
}

const RETRYABLE: ReadonlySet<ProblemKind> = new Set(['rate-limited', 'vendor-unavailable']);

/**
 * The one error type that crosses a boundary. Vendor answer -> Problem in the vendor folder -> problem+json on the wire ->
 * Problem again in the client -> the flow reads `retryable`.
 */
export class Problem extends Error {
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly fields: FieldFault[];
  readonly code?: string;
  readonly vendor?: ProblemOptions['vendor'];
  readonly successor?: string;
  readonly from?: string;

  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(`${kind}: ${detail}`, { cause: options.cause });
    this.name = 'Problem';
    this.retryable = options.retryable ?? RETRYABLE.has(kind);
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields ?? [];
    this.code = options.code;
    this.vendor = options.vendor;
    this.successor = options.successor;
    this.from = options.from;
  }

  /** The same Problem where its fields have other names. */
  renamed(nameOf: (field: string) => string): Problem {
    const { kind, cause, retryable, retryAfterMs, code, vendor, successor, from } = this;
    const fields = this.fields.map(fault => renamedFault(fault, nameOf(fault.field)));
    const detail = fields.reduce((text, { message }, at) => text.replaceAll(this.fields[at].message, () => message), this.detail);
    return new Problem(kind, detail, { cause, retryable, retryAfterMs, code, vendor, successor, from, fields });
  }
}

/** A sentence has the name of its field in it. */
const renamedFault = (fault: FieldFault, field: string): FieldFault => ({
  ...fault,
  field,
  message: fault.message.replaceAll(fault.field, () => field),
});
