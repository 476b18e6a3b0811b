import type { BilledScope } from './billed.rules.js';

/**
 * Conditions on a row `t` of portal.billing_line that select the lines of a scope. `k.key` is the
 * id of a line, timesheet, invoice, worker, project, deal or customer, or of a period
 * (`worker:<id>:<ISO week>`, `project:<id>:<month>`), which has the lines with a work date in it.
 */
export const billingScopes = (t: string): Record<BilledScope, string> => ({
  line: `${t}.id = k.key`,
  submission: `${t}.submission_id = k.key`,
  invoice: `${t}.id in (select i.line_id from portal.invoice_line i where i.invoice_id = k.key)`,
  worker: `${t}.worker_id = k.key`,
  project: `${t}.project_id = k.key`,
  deal: `${t}.project_id in (select p.id from portal.project p where p.deal_id = k.key)`,
  customer: `${t}.project_id in (select p.id from portal.project p where p.customer_id = k.key)`,
  week: `${t}.worker_id = ${OF} and ${t}.work_date between ${MONDAY} and ${MONDAY} + 6`,
  month: `${t}.project_id = ${OF} and ${t}.work_date between ${FIRST} and (${FIRST} + interval '1 month' - interval '1 day')::date`,
});

const OF = `split_part(k.key, ':', 2)`;
const MONDAY = `to_date(split_part(k.key, ':', 3), 'IYYY-"W"IW')`;
const FIRST = `to_date(split_part(k.key, ':', 3), 'YYYY-MM')`;
