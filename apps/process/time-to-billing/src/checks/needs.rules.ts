import type { Fault, Reason } from '#canonical';
import { monthOf } from '../periods/calendar.rules.js';

/**
 * What has to arrive before a line can go on, as strings that equal needs share: one rate that is missing holds a thousand lines under one need.
 * Whoever learns that it came asks with the same function.
 */
export const needs = {
  project: (projectId: string, what: 'erp-active' | 'time-allowed' | 'expenses-allowed' | 'billing-method' | 'currency' | 'dimensions') =>
    `project:${projectId}:${what}`,
  contractDates: (projectId: string) => `contract:${projectId}:dates`,
  workerKnown: (email: string) => `worker:${email}:known`,
  workerEmployed: (workerId: string) => `worker:${workerId}:employed`,
  workerRole: (workerId: string, role: string) => `worker:${workerId}:role:${role}`,
  assignment: (projectId: string, email: string) => `assignment:${projectId}:${email}`,
  period: (legalEntity: string, date: string) => `period:${legalEntity}:${monthOf(date)}`,
  rate: (legalEntity: string, role: string, currency: string) => `rate:${legalEntity}:${role}:${currency}`,
  psaRate: (projectId: string, role: string) => `psa-rate:${projectId}:${role}`,
  expenseCategory: (category: string) => `mapping:expense-category:${category}`,
  expenseTerm: (projectId: string, category: string) => `expense-term:${projectId}:${category}`,
  exchangeRate: (from: string, to: string, date: string) => `exchange-rate:${from}:${to}:${monthOf(date)}`,
  lineCorrected: (lineId: string) => `line:${lineId}:corrected`,
};

/** How a need is met, as a code and its parameters: what to do, and at whose system. */
export function cureOf({ need, reason }: Fault): Reason {
  const [kind, ...rest] = need.split(':');
  const params = { ...reason.params, need };
  if (kind === 'mapping') return { code: 'cure.mapping', params: { ...params, mapping: rest[0], source: rest.slice(1).join(':') } };
  if (kind === 'project' || kind === 'line') return { code: `cure.${kind}.${rest.at(-1)}`, params };
  if (kind === 'worker') return { code: `cure.worker.${rest[1]}`, params };
  return { code: `cure.${kind}`, params };
}
