import { describe, expect, it } from 'vitest';
import { CODES, type CanonicalEvent, type EventData, type EventType, type RecordedEvent, type Reason } from '#apis';
import { referenceId } from '#canonical';
import { mappingNeed, type MappingTable } from '#mappings';
import { aCustomer, aDeal } from '#testing';
import { cureOf, mayBeMetBy } from '#work';
import { customerRules } from '../../apps/process/project-initiation/src/customers/customer.rules.js';
import { dealException } from '../../apps/process/project-initiation/src/flows/deal-to-project/deal-exceptions.js';
import { needs as needsOfDeals, type CustomerField, type DealField } from '../../apps/process/project-initiation/src/needs.js';
import { mappingNeedsMet, needsMetBy, needsToTry } from '../../apps/process/project-initiation/src/needs/needs.rules.js';
import { AS_REFUSED } from '../../apps/process/project-initiation/src/sold-rates/sold-rates.rules.js';
import { needs, NEEDS } from '../../apps/process/time-to-billing/src/needs.js';

/** A fault's need, as the rules make it, and all that releases it: an event of a source record, or in words what else does. */
interface Cured {
  need: string;
  by: (Releasing | { word: string })[];
}
/** What tells of a source record that changed, by what it is here. */
type Releasing = keyof typeof EVENTS;

const deal = aDeal();
const PROJECT = 'prj_00000000000000000001';
const EVENTS = {
  deal: told('deal.changed.v1', deal.id, { state: deal, changed: ['name'] }),
  'deal won again': told('deal.won.v1', deal.id, { state: deal, changed: ['stage'] }),
  customer: told('customer.changed.v1', deal.customer.id, { state: deal.customer, changed: ['name'] }),
  'customer in the ERP': told('billing-customer.changed.v1', deal.customer.id, { state: aCustomer({ id: deal.customer.id }), changed: ['name'] }),
  project: told('project.changed.v1', PROJECT, { state: { id: PROJECT }, changed: ['title'] } as EventData['project.changed.v1']),
  'financial project': told('financial-project.changed.v1', PROJECT, {
    state: { id: PROJECT },
    changed: ['status'],
  } as EventData['financial-project.changed.v1']),
  'reference value': told('reference-value.changed.v1', referenceId('payment-terms', 'Net 33'), reference('payment-terms', 'Net 33')),
  'employee in the ERP': told('reference-value.changed.v1', referenceId('employee', 'E-1'), reference('employee', 'E-1')),
  assignment: told('assignment.changed.v1', 'asg_1', { state: { projectId: PROJECT }, changed: [] } as unknown as EventData['assignment.changed.v1']),
  worker: told('worker.changed.v1', 'wrk_1', {
    state: { id: 'wrk_1', workEmail: 'ada@larkfield.example', employeeNumber: 'E-1' },
    changed: ['status'],
  } as unknown as EventData['worker.changed.v1']),
  period: told('accounting-period.changed.v1', 'period-1', {
    state: { id: 'period-1', legalEntity: '*', name: 'Nov', startDate: '2026-11-01', endDate: '2026-11-30', open: true },
    changed: ['open'],
  }),
  'exchange rate': told('exchange-rate.changed.v1', 'USD-GBP', {
    state: { id: 'USD-GBP', from: 'USD', to: 'GBP', effectiveFrom: '2026-11-01', rate: '0.8' },
    changed: [],
  }),
  'rate card': told('rate-card.changed.v1', 'crd_1', { state: { currency: 'GBP' }, changed: [] } as unknown as EventData['rate-card.changed.v1']),
  'agreed rates': told('deal-rates.agreed.v1', deal.id, {
    state: { id: deal.id, rates: [] },
    said: [],
  }),
  mapping: told('mapping.changed.v1', 'mapping', { kind: 'cost-centre', source: 'Any', target: 'CC' }),
};

const probed = { word: 'asked now and then' };
const answer = { word: 'answered by a person' };
const retry = { word: 'retried by a person, who says that it is so' };
const ownLine = { word: 'the next state of the line itself' };
const stated = { word: 'stated at this API, which releases it' };

const field = (name: DealField): Cured => ({ need: needsOfDeals.deal(deal.id, name), by: ['deal', 'deal won again'] });
const ofCustomer = (name: CustomerField): Cured => ({ need: needsOfDeals.customer(deal.customer.id, name), by: ['customer', 'deal'] });
const mapped = (kind: Parameters<typeof mappingNeed>[0]): Cured => ({ need: mappingNeed(kind, 'Any'), by: ['mapping'] });
const askedOfDeal = (kind: 'sold-twice' | 'zero-not-to-exceed'): Cured => ({ need: mappingNeed(kind, deal.id), by: ['deal', 'mapping'] });
const question: Cured = {
  need: needsOfDeals.question(deal.id, 'customerId'),
  by: [answer, 'deal won again', 'customer in the ERP', 'project', 'financial project'],
};
const records: Releasing[] = ['deal', 'deal won again', 'customer', 'customer in the ERP', 'project', 'financial project'];
const billTo: Cured = { need: needsOfDeals.billTo(deal.customer.id), by: records };
const soldRate: Cured = { need: needsOfDeals.soldRate(deal.id, 'rol_1'), by: [answer, { word: 'the deal, where it asks it no more' }] };

/** The flow from deal to project. */
const OF_DEALS: Record<string, Cured[]> = {
  'customer.address-incomplete': [ofCustomer('address')],
  'customer.address-missing': [ofCustomer('address')],
  'customer.ambiguous': [{ need: `customer:${deal.customer.id}:one-match`, by: [...records, probed] }],
  'customer.bill-to-elsewhere': [billTo],
  'customer.bill-to-ended': [billTo],
  'customer.bill-to-unknown': [billTo],
  'customer.country-unknown': [ofCustomer('address')],
  'customer.name-missing': [ofCustomer('name')],
  'customer.tax-registration-doubtful': [mapped('tax-registration')],
  'customer.tax-registration-malformed': [ofCustomer('tax-registration')],
  'customer.tax-registration-missing': [ofCustomer('tax-registration')],
  'deal.amount-missing': [field('amount')],
  'deal.billing-method-missing': [field('billing-method')],
  'deal.billing-method-unknown': [field('billing-method')],
  'deal.change-needs-decision': [question],
  'deal.changed-elsewhere': [question],
  'deal.cost-centre-missing': [field('cost-centre')],
  'deal.currency-differs': [field('currency')],
  'deal.currency-missing': [field('currency')],
  'deal.currency-not-in-use': [field('currency')],
  'deal.dates-missing': [field('dates')],
  'deal.dates-reversed': [field('dates')],
  'deal.day-rate-differs': [soldRate, field('rate-card')],
  'deal.differs-elsewhere': [question],
  'deal.ended-elsewhere': [question],
  'deal.legal-entity-missing': [field('legal-entity')],
  'deal.milestone-date-missing': [field('milestones')],
  'deal.milestone-date-outside': [field('milestones')],
  'deal.milestone-number': [field('milestones')],
  'deal.milestone-number-twice': [field('milestones')],
  'deal.milestones-missing': [field('milestones')],
  'deal.milestones-sum': [field('milestones')],
  'deal.not-to-exceed-negative': [field('not-to-exceed')],
  'deal.not-to-exceed-zero': [askedOfDeal('zero-not-to-exceed')],
  // The ERP may require it too.
  'deal.purchase-order-missing': [{ need: needsOfDeals.deal(deal.id, 'purchase-order'), by: records }],
  'deal.rate-card-currency': [field('rate-card')],
  'deal.rate-card-missing': [field('rate-card')],
  'deal.rate-card-role-missing': [field('rate-card')],
  'deal.rate-card-unknown': [field('rate-card')],
  'deal.rate-differs': [soldRate, field('rate-card')],
  'deal.reopened-after-time': [{ need: `decision:${deal.id}:time-booked`, by: ['deal won again', retry] }],
  'deal.role-dates-outside': [field('roles')],
  'deal.role-dates-reversed': [field('roles')],
  'deal.role-without-time': [field('roles')],
  'deal.roles-missing': [field('roles')],
  'deal.sold-twice': [askedOfDeal('sold-twice')],
  'deal.start-unlikely': [field('dates')],
  'decision.not-done': [question],
  'flow.defect': [{ need: 'refusal:throughline:internal', by: records }],
  'journey.stalled': [{ need: `journey:${deal.id}:moving`, by: ['deal won again', { word: 'the run itself, when it moves' }] }],
  'mapping.billing-method-missing': [mapped('billing-method')],
  'mapping.cost-centre-missing': [mapped('cost-centre')],
  'mapping.legal-entity-missing': [mapped('legal-entity')],
  'mapping.role-missing': [mapped('role')],
  'mapping.tax-code-missing': [mapped('tax-code')],
  'outcome.absent': [{ need: `project:${PROJECT}:erp-complete`, by: records }],
  'outcome.differs': [{ need: `project:${PROJECT}:psa-complete`, by: records }],
  'plan.drifted': [{ need: `decision:${deal.id}:plan`, by: ['deal won again', retry] }],
  'system.refused': [{ need: 'refusal:erp:conflict', by: records }],
  'system.refuses': [
    { need: 'refusal:psa:title:title may have 10 characters', by: records },
    { need: needsOfDeals.reference(referenceId('payment-terms', 'Net 33')), by: [...records, 'reference value'] },
  ],
  'system.unavailable': [{ need: 'system:erp:available', by: [probed] }],
};

const project = (what: Parameters<typeof needs.project>[1]): Cured => ({
  need: needs.project(PROJECT, what),
  by: ['project', 'financial project', probed],
});
const EMAIL = 'ada@larkfield.example';
const assignment: Cured = { need: needs.assignment(PROJECT, EMAIL), by: ['assignment', probed] };
const contract: Cured = { need: needs.contractDates(PROJECT), by: ['financial project', 'project', probed] };
const rate: Cured = { need: needs.rate('LF-UK', 'ARCHITECT', 'GBP'), by: ['rate card', 'agreed rates', 'deal', 'deal won again', stated, probed] };
const corrected: Cured = { need: needs.line('tim_1', 'corrected'), by: [ownLine, probed] };
const exchangeRate: Cured = { need: needs.exchangeRate('USD', 'GBP', '2026-11'), by: ['exchange rate', probed] };
const known: Cured = { need: needs.worker(EMAIL, 'known'), by: ['worker', probed] };
const employed: Cured = { need: needs.worker('wrk_1', 'employed'), by: ['worker', probed] };
const period: Cured = { need: needs.period('LF-UK', '2026-11'), by: ['period', probed] };
const term: Cured = { need: needs.expenseTerm(PROJECT, 'Travel'), by: [stated, probed] };
const correction: Cured = { need: needs.correction('1'), by: [retry] };

/** The flow from time to billing. */
const OF_LINES: Record<string, Cured[]> = {
  'assignment.missing': [assignment],
  'assignment.other-role': [assignment],
  'assignment.project-unstaffed': [assignment],
  'contract.dates-missing': [contract],
  'contract.not-active': [contract],
  'credit.needed': [{ need: needs.credit('tim_1', 2), by: [retry] }],
  'exchange-rate.missing': [exchangeRate],
  'exchange-rate.too-old': [exchangeRate],
  'expense.none': [corrected],
  'expense.over-policy': [corrected],
  'expense.receipt-missing': [corrected],
  'expense.tax-not-within': [corrected],
  'expense.term-incomplete': [term],
  'expense.term-invalid': [term],
  'expense.too-large': [term],
  'line.refused-by-erp': [
    { need: needs.employeeInErp('E-1'), by: ['employee in the ERP', 'worker'] },
    { need: needs.project(PROJECT, 'time-allowed'), by: ['financial project', 'project'] },
    { need: needs.project(PROJECT, 'erp-active'), by: ['financial project', 'project'] },
    { need: 'period:LF-UK:2026-11', by: ['period'] },
    { need: 'line:tim_1:decided', by: [retry, ownLine] },
  ],
  'line.unusable': [{ need: needs.release('1.0.0', 'tim_1'), by: [ownLine, { word: 'another release' }] }],
  'mapping.expense-category-missing': [{ need: needs.mapping('expense-category', 'Any'), by: ['mapping', probed] }],
  'period.closed': [period],
  'period.unknown': [period],
  'price.after-end': [{ need: needs.outside('1'), by: [retry] }],
  'price.corrected': [correction],
  'price.gone': [correction],
  'project.billing-method-missing': [project('billing-method')],
  'project.cost-centre-missing': [project('dimensions')],
  'project.currency-missing': [project('currency')],
  'project.ended-in-psa': [project('in-psa')],
  'project.expense-not-allowed': [project('expenses-allowed')],
  'project.legal-entity-missing': [project('dimensions')],
  'project.not-active': [project('erp-active')],
  'project.not-in-erp': [project('erp-active')],
  'project.not-to-exceed-currency': [project('currency')],
  'project.tax-code-missing': [project('dimensions')],
  'project.time-not-allowed': [project('time-allowed')],
  'project.unknown': [project('erp-active')],
  'rate.ended': [rate],
  'rate.missing': [rate],
  'rate.overtime-missing': [rate],
  'rate.psa-differs': [{ need: needs.psaRate(PROJECT, 'ARCHITECT'), by: [ownLine, stated, probed] }],
  'rate.too-large': [rate],
  'rate.undecided': [{ need: needs.rateOfAssignment(PROJECT, 'ARCHITECT'), by: [stated, probed] }],
  'time.none': [corrected],
  'time.over-day': [corrected],
  'transfer.unknown': [rate],
  'worker.ambiguous': [known],
  'worker.email-missing': [corrected],
  'worker.not-started': [employed],
  'worker.role-differs': [{ need: needs.workerRole('wrk_1', 'ARCHITECT'), by: ['worker', probed] }],
  'worker.terminated': [employed],
  'worker.unknown': [known],
};

/** Set aside by whoever could not take it, whose cure is stated where that is made an exception. */
const SET_ASIDE = ['set-aside.record', 'set-aside.stopped'];

/** What else people read, by the first word of its code: none of it is a fault. */
const NO_FAULTS = new Set(['action', 'cure', 'eligibility', 'field', 'journey', 'kept', 'not-kept', 'price', 'summary']);
/** What partners read of a line that waits: the fault behind it, which has the cure, is for the firm's own desks. */
const isSaidOnly = (code: string) => NO_FAULTS.has(code.split('.')[0]) || code.startsWith('line.state.') || code.startsWith('partner.blocked.');

describe('every fault', () => {
  it('has its cure and what releases it in a table here', () => {
    const listed = [...Object.keys(OF_DEALS), ...Object.keys(OF_LINES), ...SET_ASIDE];
    const faults = CODES.filter(code => !isSaidOnly(code));
    expect([...faults, 'journey.stalled', 'price.after-end', 'price.corrected', 'price.gone'].sort()).toEqual(listed.sort());
  });

  const cures = (table: Record<string, Cured[]>) => Object.entries(table).flatMap(([code, all]) => all.map((one): [string, Cured] => [code, one]));

  it.each(cures(OF_DEALS))('of a deal, %s, says its cure and is released by each of them', (code, { need, by }) => {
    const reason = { code, params: {} } as Reason;
    const [{ cure }] = dealException(deal, [], failedBy({ reason, category: 'validation', desk: 'finance', need }), { dueMs: 1 }).needs;
    expect(CODES).toContain(cure.code);
    expect(by.filter(one => typeof one === 'string' && !releases(EVENTS[one], need))).toEqual([]);
  });

  it.each(cures(OF_LINES))('of a line, %s, says its cure and is released by each of them', (code, { need, by }) => {
    expect(CODES).toContain(cureOf({ reason: { code, params: {} } as Reason, need }, NEEDS).code);
    const anyWord = told('mapping.changed.v1', 'mapping', { kind: 'expense-category', source: 'Any', target: 'TRAVEL' });
    expect(by.filter(one => typeof one === 'string' && !mayBeMetBy(one === 'mapping' ? anyWord : EVENTS[one], NEEDS)(need))).toEqual([]);
  });
});

function releases(event: RecordedEvent, need: string): boolean {
  if (event.type === 'mapping.changed.v1') {
    const { mapping: kind, source } = needsOfDeals.mapping.read(need)!;
    return mappingNeedsMet({ kind, source, target: 'any' }, [need]).includes(need);
  }
  const rules = customerRules({ addressParts: [], taxRegistrationRequired: [], taxRegistrationPatterns: [], doubtfulTaxRegistration: 'ask' });
  return needsMetBy(event, MAPPED, AS_REFUSED, rules).includes(need) || needsToTry([event], deal.id, [need]).includes(need);
}

/** Every word means something. */
const MAPPED = { get: (kind: string) => (kind === 'billing-method' ? 'fixed-price' : 'ANY') } as unknown as MappingTable;

const failedBy = (fault: object) => ({ step: 'check', problem: { kind: 'unprocessable', detail: '', fields: [], faults: [fault] } }) as never;

function reference(kind: 'payment-terms' | 'employee', code: string): EventData['reference-value.changed.v1'] {
  return { state: { id: referenceId(kind, code), kind, code, name: code, active: true, attributes: {} }, changed: [] };
}

function told<T extends EventType>(type: T, key: string, data: EventData[T]): RecordedEvent {
  const event: CanonicalEvent<T> = {
    id: '1',
    source: '/spec',
    type,
    key,
    time: '2026-11-18T09:00:00Z',
    data,
    legalEntities: [],
    correlationId: 'spec',
  };
  return { ...event, pos: '1', keySeq: 1, recordedAt: event.time };
}
