import type { Fault, Reason } from '#canonical';
import { monthOf } from '../periods/calendar.rules.js';

/**
 * What has to arrive before a line can go on, as strings that equal needs share: one rate that is missing holds a thousand lines under one need.
 * Whoever learns that it came asks with the same function.
 */
export const needs = {
  project: (projectId: string, what: 'erp-active' | 'in-psa' | 'time-allowed' | 'expenses-allowed' | 'billing-method' | 'currency' | 'dimensions') =>
    `project:${projectId}:${what}`,
  contractDates: (projectId: string) => `contract:${projectId}:dates`,
  workerKnown: (email: string) => `worker:${email}:known`,
  /** What lines refer to, as the ERP tells of it: `employee:E-1`. */
  inErp: (reference: string) => `${reference}:in-erp`,
  workerEmployed: (workerId: string) => `worker:${workerId}:employed`,
  workerRole: (workerId: string, role: string) => `worker:${workerId}:role:${role}`,
  assignment: (projectId: string, email: string) => `assignment:${projectId}:${email}`,
  period: (legalEntity: string, date: string) => `period:${legalEntity}:${monthOf(date)}`,
  rate: (legalEntity: string, role: string, currency: string) => `rate:${legalEntity}:${role}:${currency}`,
  rateOfAssignment: (projectId: string, role: string) => `rate-of-assignment:${projectId}:${role}`,
  psaRate: (projectId: string, role: string) => `psa-rate:${projectId}:${role}`,
  expenseCategory: (category: string) => `mapping:expense-category:${category}`,
  expenseTerm: (projectId: string, category: string) => `expense-term:${projectId}:${category}`,
  exchangeRate: (from: string, to: string, date: string) => `exchange-rate:${from}:${to}:${monthOf(date)}`,
  credit: (lineId: string, version: number) => `credit:${lineId}:v${version}`,
  /** What finance decides about lines that one correction touched. */
  correction: (id: string) => `correction:${id}`,
  /** What is decided about lines whose day is outside of the dates that were told since. */
  outside: (correction: string) => `outside:${correction}`,
  /** Another release than the one that could not: it may have been mended. */
  release: (release: string, lineId: string) => `release:${release}:${lineId}`,
  lineCorrected: (lineId: string) => `line:${lineId}:corrected`,
};

/** What the parts of a need are called in the text of its cure; the last name takes what is left. */
const PARTS: Record<string, string[]> = {
  assignment: ['projectId', 'email'],
  contract: ['projectId'],
  correction: ['correction'],
  credit: ['lineId', 'version'],
  employee: ['employeeNumber'],
  'exchange-rate': ['from', 'to', 'month'],
  'expense-term': ['projectId', 'category'],
  line: ['lineId'],
  mapping: ['mapping', 'source'],
  outside: ['correction'],
  period: ['legalEntity', 'month'],
  project: ['projectId'],
  'psa-rate': ['projectId', 'role'],
  release: ['release', 'lineId'],
  rate: ['legalEntity', 'role', 'currency'],
  'rate-of-assignment': ['projectId', 'role'],
  worker: ['worker'],
};

/** Kinds of need whose third part says what of the thing is wanted: `project:prj_…:time-allowed`. */
const OF_SEVERAL_KINDS = new Set(['line', 'project', 'worker']);

/** How a need is met, as a code with what the fault and the need name: what to do, and in whose system. */
export function cureOf({ need, reason }: Fault): Reason {
  const [kind, ...rest] = need.split(':');
  const names = PARTS[kind] ?? [];
  const named = names.map((name, at) => [name, at === names.length - 1 ? rest.slice(at).join(':') : rest[at]]);
  const code = OF_SEVERAL_KINDS.has(kind) ? `cure.${kind}.${rest[1]}` : `cure.${kind}`;
  return { code, params: { ...Object.fromEntries(named), ...reason.params, need } };
}
