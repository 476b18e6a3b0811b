import { projectIdOf, referenceId, type Deal } from '#canonical';
import { mappingNeed } from '#mappings';
import { defineNeed } from '#work';

interface OfProject {
  projectId: string;
}

const itself = ({ state }: { state: { id: string } }, { projectId }: OfProject) => state.id === projectId;
const ofDeal = ({ state }: { state: { id: string } }, { projectId }: OfProject) => projectIdOf(state.id) === projectId;
const inCurrency = ({ state }: { state: Pick<Deal, 'currency'> }, { currency }: { currency: string }) => state.currency === currency;
const ofWorker = ({ state }: { state: { id: string; workEmail?: string } }, { worker }: { worker: string }) =>
  worker !== '' && (state.id === worker || state.workEmail?.toLowerCase() === worker);

/**
 * What must arrive before a line can go on. One missing rate holds a thousand lines under one need.
 */
export const needs = {
  project: defineNeed('project:{projectId}:{what}', {
    cure: {
      'erp-active': 'cure.project.erp-active',
      'in-psa': 'cure.project.in-psa',
      'time-allowed': 'cure.project.time-allowed',
      'expenses-allowed': 'cure.project.expenses-allowed',
      'billing-method': 'cure.project.billing-method',
      currency: 'cure.project.currency',
      dimensions: 'cure.project.dimensions',
    },
    metBy: { 'project.changed.v1': itself, 'financial-project.changed.v1': itself },
  }),
  contractDates: defineNeed('contract:{projectId}:dates', {
    cure: 'cure.contract',
    metBy: { 'project.changed.v1': itself, 'financial-project.changed.v1': itself },
  }),
  /** By the work e-mail address while no worker is known for it, else by the worker's id. */
  worker: defineNeed('worker:{worker}:{what}', {
    cure: { known: 'cure.worker.known', employed: 'cure.worker.employed' },
    metBy: { 'worker.changed.v1': ofWorker },
  }),
  workerRole: defineNeed('worker:{worker}:role:{role}', { cure: 'cure.worker.role', metBy: { 'worker.changed.v1': ofWorker } }),
  employeeInErp: defineNeed('employee:{employeeNumber}:in-erp', {
    cure: 'cure.employee',
    metBy: {
      'worker.changed.v1': ({ state }, { employeeNumber }) => state.employeeNumber === employeeNumber,
      'reference-value.changed.v1': ({ state, deleted }, { employeeNumber }) =>
        state.active && !deleted && state.id === referenceId('employee', employeeNumber),
    },
  }),
  assignment: defineNeed('assignment:{projectId}:{email}', {
    cure: 'cure.assignment',
    metBy: { 'assignment.changed.v1': ({ state }, { projectId }) => state.projectId === projectId },
  }),
  period: defineNeed('period:{legalEntity}:{month}', {
    cure: 'cure.period',
    metBy: {
      'accounting-period.changed.v1': ({ state }, { legalEntity }) => state.open && (state.legalEntity === '*' || state.legalEntity === legalEntity),
    },
  }),
  rate: defineNeed('rate:{legalEntity}:{role}:{currency}', {
    cure: 'cure.rate',
    metBy: {
      // A card uses the CRM's role names, so it may contain any missing rate in its currency.
      'rate-card.changed.v1': inCurrency,
      'deal.won.v1': inCurrency,
      'deal.changed.v1': inCurrency,
      'deal-rates.agreed.v1': () => true,
      'mapping.changed.v1': ({ kind }) => kind === 'role' || kind === 'rate-card',
    },
  }),
  rateOfAssignment: defineNeed('rate-of-assignment:{projectId}:{role}', {
    cure: 'cure.rate-of-assignment',
    metBy: { 'deal.won.v1': ofDeal, 'deal.changed.v1': ofDeal, 'deal-rates.agreed.v1': ofDeal },
  }),
  psaRate: defineNeed('psa-rate:{projectId}:{role}', { cure: 'cure.psa-rate' }),
  mapping: mappingNeed,
  expenseTerm: defineNeed('expense-term:{projectId}:{category}', { cure: 'cure.expense-term' }),
  exchangeRate: defineNeed('exchange-rate:{from}:{to}:{month}', {
    cure: 'cure.exchange-rate',
    metBy: { 'exchange-rate.changed.v1': ({ state }, { from, to }) => state.from === from && state.to === to },
  }),
  credit: defineNeed('credit:{lineId}:v{version}', { cure: 'cure.credit' }),
  /** Finance's decision about the lines that one correction affected. */
  correction: defineNeed('correction:{correction}', { cure: 'cure.correction' }),
  /** The decision about lines whose day is outside of dates that changed later. */
  outside: defineNeed('outside:{correction}', { cure: 'cure.outside' }),
  /** A release other than the one that failed: it may contain the fix. */
  release: defineNeed('release:{release}:{lineId}', { cure: 'cure.release' }),
  line: defineNeed('line:{lineId}:{what}', { cure: { corrected: 'cure.line.corrected', decided: 'cure.line.decided' } }),
};

export const NEEDS = Object.values(needs);
