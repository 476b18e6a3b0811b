import type { Fault, MessageCode } from '#apis';
import type { BillingMethod, FinancialProject, Money } from '#canonical';
import type { ProjectFacts } from '../facts/line-facts.js';
import { fault, type CheckedLine } from './line-check.js';
import { needs } from '../needs.js';

/** A contract's billing terms, complete. */
export interface BillingTerms {
  method: BillingMethod;
  currency: string;
  legalEntity: string;
  costCentre: string;
  taxCode: string;
  notToExceed: Money | undefined;
}

/**
 * A project's end counts from the day it was published. Work until then was done on a running
 * project, and the ERP decides whether it still accepts it.
 */
const hadEnded = ({ financial, endedOn }: ProjectFacts, workDate: string): boolean =>
  financial?.status !== 'active' && !(endedOn !== undefined && workDate <= endedOn);

/**
 * Whether the project accepts the line: it is in the ERP, open on that day, takes time or expenses,
 * and has everything that a line needs of it.
 */
export function projectFaults(line: CheckedLine, project: ProjectFacts | null): Fault[] {
  const erpActive = { category: 'missing-reference', desk: 'pmo', need: needs.project(line.projectId, 'erp-active'), field: 'projectId' } as const;
  if (!project) return [fault('project.unknown', line, { ...erpActive, params: { project: line.projectId } })];
  const params = { project: project.title };
  const { financial } = project;
  if (!financial) return [fault('project.not-in-erp', line, { ...erpActive, params })];
  return [
    ...(hadEnded(project, line.workDate) ? [fault('project.not-active', line, { ...erpActive, category: 'policy', params })] : []),
    ...deliveryFaults(line, project, params),
    ...allowedFaults(line, financial, params),
    ...contractFaults(line, financial, params),
    ...termsFaults(line, financial, params),
  ];
}

function deliveryFaults(line: CheckedLine, { deliveryEndedOn }: ProjectFacts, params: { project: string }): Fault[] {
  if (deliveryEndedOn === undefined || line.workDate <= deliveryEndedOn) return [];
  const rest = { category: 'policy', desk: 'pmo', need: needs.project(line.projectId, 'in-psa'), field: 'workDate' } as const;
  return [fault('project.ended-in-psa', line, { ...rest, params: { ...params, endedOn: deliveryEndedOn } })];
}

function allowedFaults(line: CheckedLine, financial: Partial<FinancialProject>, params: { project: string }): Fault[] {
  const allowed = line.kind === 'time' ? financial.timeAllowed : financial.expensesAllowed;
  if (allowed) return [];
  const [code, what] =
    line.kind === 'time' ? (['project.time-not-allowed', 'time-allowed'] as const) : (['project.expense-not-allowed', 'expenses-allowed'] as const);
  const need = needs.project(line.projectId, what);
  return [fault(code, line, { category: 'policy', desk: 'pmo', need, field: 'projectId', params })];
}

function contractFaults(line: CheckedLine, { startDate, endDate }: Partial<FinancialProject>, params: { project: string }): Fault[] {
  const rest = { desk: 'finance', need: needs.contractDates(line.projectId), field: 'workDate' } as const;
  if (!startDate || !endDate) return [fault('contract.dates-missing', line, { ...rest, category: 'missing-reference', params })];
  if (startDate <= line.workDate && line.workDate <= endDate) return [];
  return [fault('contract.not-active', line, { ...rest, category: 'policy', params: { ...params, startDate, endDate } })];
}

type MissingTerm = Extract<MessageCode, `project.${string}-missing`> | 'project.not-to-exceed-currency';

/**
 * Without these the line could be in the ERP and never be invoiced, or be invoiced by the wrong
 * entity or with the wrong tax.
 */
function termsFaults(line: CheckedLine, financial: Partial<FinancialProject>, params: { project: string }): Fault[] {
  const missing = (code: MissingTerm, what: 'billing-method' | 'currency' | 'dimensions'): Fault =>
    fault(code, line, { category: 'missing-reference', desk: 'finance', need: needs.project(line.projectId, what), field: 'projectId', params });
  const { legalEntity, costCentre, taxCode } = financial.dimensions ?? {};
  const { currency, notToExceed } = financial;
  return [
    ...(currency && notToExceed && notToExceed.currency !== currency ? [missing('project.not-to-exceed-currency', 'currency')] : []),
    ...(financial.billingMethod ? [] : [missing('project.billing-method-missing', 'billing-method')]),
    ...(currency ? [] : [missing('project.currency-missing', 'currency')]),
    ...(legalEntity ? [] : [missing('project.legal-entity-missing', 'dimensions')]),
    ...(costCentre ? [] : [missing('project.cost-centre-missing', 'dimensions')]),
    ...(taxCode ? [] : [missing('project.tax-code-missing', 'dimensions')]),
  ];
}

/**
 * The terms when they are complete. Otherwise undefined, and `projectFaults` reports what is
 * missing.
 */
export function billingTermsOf(project: ProjectFacts | null): BillingTerms | undefined {
  const { billingMethod: method, currency, dimensions, notToExceed } = project?.financial ?? {};
  const { legalEntity, costCentre, taxCode } = dimensions ?? {};
  if (!method || !currency || !legalEntity || !costCentre || !taxCode) return undefined;
  return { method, currency, legalEntity, costCentre, taxCode, notToExceed };
}
