import { cleanText, shortened, type FieldFault, Problem, type ProblemKind } from '#canonical';
import { AlreadyThere } from './already-there.js';
import type { VendorAnswer, VendorCall } from './vendor-answer.js';

/**
 * What a refusal means for the call. `passing`: nothing was done, and the same request may succeed
 * in a moment. `throttled`: nothing was done, and the whole account waits. `held`: a person or
 * another event has to act first. `refused`: final for this request. `done-already`: the vendor
 * says it exists; only reading it back proves that. `unknown`: it may have been done; only reading
 * it back proves that.
 */
export const CODE_CLASSES = ['passing', 'throttled', 'held', 'refused', 'done-already', 'unknown'] as const;
export type CodeClass = (typeof CODE_CLASSES)[number];

/** The evidence for a row. */
export type CodeSource = "vendor's documentation" | "seen in the vendor's client code" | 'public reports' | 'inferred';

/** One row of a vendor's table. All given parts must match; the first matching row counts. */
export interface CodeRow {
  /** The vendor's own code. A row with neither code nor form is for answers that contain none. */
  code?: string | RegExp;
  /** The form of the refusal, where the vendor has forms rather than codes. */
  form?: string;
  status?: number | readonly [from: number, to: number];
  /** A pattern of the vendor's text, where one code means several things. */
  text?: RegExp;
  on?: 'read' | 'write';
  is: CodeClass;
  /** Kind and code of our Problem, where the class alone says too little. */
  as?: { kind?: ProblemKind; code?: string };
  source: CodeSource;
}

/** What the vendor said. */
export interface Refusal {
  code: string;
  form?: string;
  message: string;
  fields?: FieldFault[];
  /** The existing record, where a unique key is refused and the vendor names the record. */
  record?: string;
}

/** A vendor's refusals as data. */
export interface CodeTable {
  /** The product's name for people. */
  name: string;
  /**
   * Reads the vendor's own error; undefined when the answer contains none: a proxy's page, a
   * maintenance page.
   */
  read(answer: VendorAnswer): Refusal | undefined;
  rows: readonly CodeRow[];
}

/**
 * For what a vendor's table does not cover: answers without a code, and codes that are not listed
 * yet.
 */
const OTHERWISE: readonly Omit<CodeRow, 'source'>[] = [
  { status: 429, is: 'throttled' },
  { status: 408, is: 'unknown' },
  { status: [500, 599], is: 'unknown' },
  { status: 404, is: 'refused', as: { kind: 'not-found' } },
  { status: 409, is: 'refused', as: { kind: 'conflict' } },
  { status: 412, is: 'refused', as: { kind: 'precondition-failed' } },
  { status: [300, 399], is: 'refused', as: { code: 'redirected' } },
  { status: [100, 599], is: 'refused' },
];

/** The class of an answer by the vendor's table; `listed` tells whether one of its rows matched. */
export function classify(
  table: Pick<CodeTable, 'rows'>,
  refusal: Refusal | undefined,
  status: number,
  on: VendorCall['kind'],
): Omit<CodeRow, 'source'> & { listed: boolean } {
  const row = table.rows.find(one => matches(one, refusal, status, on));
  if (row) return { ...row, listed: true };
  return { ...OTHERWISE.find(one => ofStatus(one.status, status))!, listed: false };
}

function matches(row: CodeRow, refusal: Refusal | undefined, status: number, on: VendorCall['kind']): boolean {
  const named = row.code !== undefined || row.form !== undefined;
  if (named !== (refusal !== undefined)) return false;
  return (
    (row.code === undefined || (typeof row.code === 'string' ? row.code === refusal?.code : row.code.test(refusal?.code ?? ''))) &&
    (row.form === undefined || row.form === refusal?.form) &&
    ofStatus(row.status, status) &&
    (row.text === undefined || row.text.test(refusal?.message ?? '')) &&
    (row.on === undefined || row.on === on)
  );
}

const ofStatus = (wanted: CodeRow['status'], status: number): boolean => {
  if (wanted === undefined) return true;
  return typeof wanted === 'number' ? wanted === status : status >= wanted[0] && status <= wanted[1];
};

/**
 * The caller's Problem for each class. Only unknown outcomes and a vendor that is away count as an
 * outage.
 */
const PROBLEMS: Record<CodeClass, { kind: ProblemKind; code?: string; retryable?: boolean; says: string }> = {
  passing: { kind: 'conflict', code: 'passing', retryable: true, says: 'could not do it just now' },
  throttled: { kind: 'rate-limited', says: 'takes no more calls just now' },
  held: { kind: 'refused-by-vendor', code: 'held', says: 'holds it until somebody acts there' },
  refused: { kind: 'refused-by-vendor', says: 'refused it' },
  'done-already': { kind: 'conflict', code: 'already-exists', says: 'has it already' },
  unknown: { kind: 'vendor-unavailable', says: 'did not say whether it was done' },
};

/** Sentences for refusals that people can act on. */
const SAID: Record<string, string> = {
  'login-refused': 'refused the log-in',
  'credentials-refused': 'refused the log-in',
  'permission-missing': 'does not let our user do that',
  'not-authorised': 'does not let our user do that',
};

/** A vendor's refusal as a Problem that names the vendor's code and words. */
export function refusalProblem(system: string, table: CodeTable, answer: VendorAnswer, call: Pick<VendorCall, 'operation' | 'kind'>): Problem {
  const refusal = readRefusal(table, answer);
  const { is, as = {} } = classify(table, refusal, answer.status, call.kind);
  const { says, ...told } = PROBLEMS[is];
  const code = refusal?.code ?? String(answer.status);
  // Without an error of its own, use the first words of its text.
  const message = refusal?.message ?? (shortened(cleanText(answer.text), 200) || `status ${answer.status} and not a word`);
  const kind = as.kind ?? told.kind;
  // A Problem of another kind is retried as that kind is.
  const retryable = kind === told.kind ? told.retryable : undefined;
  const meaning = SAID[as.code ?? ''] ?? says;
  const detail = refusal
    ? `${table.name} ${meaning} (${call.operation}): ${code}: ${message}`
    : `${table.name} answered ${call.operation} with ${code}, so it ${meaning}: ${message}`;
  const vendor = { system, operation: call.operation, code, message };
  if (is === 'done-already' && refusal?.record !== undefined) return new AlreadyThere(refusal.record, detail, { vendor });
  return new Problem(kind, detail, {
    ...((as.code ?? (kind === told.kind ? told.code : undefined)) ? { code: as.code ?? told.code } : {}),
    ...(retryable === undefined ? {} : { retryable }),
    fields: refusal?.fields ?? [],
    vendor,
  });
}

/** The vendor's folder may fail to read a page that replaces the vendor's own error. */
function readRefusal(table: CodeTable, answer: VendorAnswer): Refusal | undefined {
  try {
    return table.read(answer);
  } catch {
    return undefined;
  }
}
