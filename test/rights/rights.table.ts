import { mintId } from '#canonical';
import type { Call } from './rights-house.fixture.js';

/** What is there before anybody asks: ids and bodies of what belongs to LF-UK, and of what belongs to no legal entity. */
export interface Things {
  deal: Owned<string>;
  project: Owned<string>;
  exceptionOf: { initiation: Owned<string>; billing: Owned<string> };
  needOf: { initiation: Owned<string>; billing: Owned<string> };
  /** For the portal's mutations: what was decided once is decided. */
  toRetry: Owned<string>;
  toSkip: Owned<string>;
  toAnswer: Owned<string>;
  needToRetry: Owned<string>;
  /** On another desk, of LF-UK. */
  ofDesk: { initiation: string; billing: string };
  needOfDesk: { initiation: string; billing: string };
  rate: Owned<string>;
  term: Owned<string>;
  timesheet: Owned<string>;
  report: Owned<string>;
  timeEntry: Owned<string>;
  expense: Owned<string>;
  worker: Owned<string>;
  /** Bodies that their PUT takes. */
  psaProject: Owned<{ id: string }>;
  staffingRequest: Owned<{ id: string }>;
  customer: Owned<{ id: string }>;
  erpProject: Owned<{ id: string }>;
  invoice: Owned<{ id: string }>;
  batch: Owned<{ id: string; body: object }>;
  draft: Owned<object>;
  /** A word for LF-UK, and one that means nothing yet. */
  word: Owned<string>;
  external: string;
}

/** Of LF-UK, and of nobody; `none` is what isn't there at all. */
export interface Owned<T> {
  uk: T;
  unassigned: T;
  none: T;
}

export type Whose = keyof Owned<unknown>;

/** An unsafe operation, with a request of it that shows whether it asks whose row it is. */
export interface Example {
  /** `<document> <METHOD> <path>` as in openapi/, or `portal mutation <name>`. */
  operation: string;
  /** Whose it is, in words; or why it concerns no legal entity. */
  whose: string;
  /** Of which it is asked; one that concerns no legal entity has the same for all. */
  ask: (things: Things, whose: Whose) => Call;
  concerns: 'legal entities' | 'none';
  /** The person of another legal entity, where the one of the table has no such right anyway. */
  foreign?: string;
  /** Why nothing of it can be without a legal entity, where that is so. */
  neverUnassigned?: string;
  /** The same of something that is on another desk. */
  ofDesk?: (things: Things) => Call;
  /** A question that is answered as if what isn't the caller's weren't there, and not refused. */
  answersAsAbsent?: boolean;
  /** Statuses of who may, when others than 2xx show that nothing but rights stood in the way, and why. */
  good?: { statuses: number[]; because: string };
}

const SPEC = 'for the rights table';
const put = (path: string, body: unknown): Call => ({ method: 'PUT', path, body });
const post = (path: string, body: unknown): Call => ({ method: 'POST', path, body });
const mutation = (name: string, args: Record<string, string>, problems = 'problems { kind code }'): Call =>
  post('/experience/portal/graphql', {
    query: `mutation { did: ${name}(${Object.entries(args)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
      .join(', ')}) { ${problems} } }`,
  });

const soldRateAnswer = { line: 'tsk_00000000000000000001', answer: 'apply', reason: SPEC };
const answer = (id: string, idempotencyKey: string): Call =>
  post('/experience/portal/graphql', {
    query: `mutation { did: answerException(id: "${id}", answer: KEEP, reason: "${SPEC}", idempotencyKey: "${idempotencyKey}") { problems { kind code } } }`,
  });

const feeds = (document: string, prefix: string, feed: string): Example[] => {
  const whose = 'A feed reads the whole back end, of all legal entities alike; who looks after feeds has a scope of its own.';
  const path = `${prefix}/v1/feeds/${feed}`;
  return [
    { operation: `${document} PUT /v1/feeds/{name}`, whose, concerns: 'none', ask: () => put(path, { paused: false, why: SPEC }) },
    { operation: `${document} POST /v1/feeds/{name}/polls`, whose, concerns: 'none', ask: () => post(`${path}/polls`, undefined) },
    { operation: `${document} POST /v1/feeds/{name}/sweeps`, whose, concerns: 'none', ask: () => post(`${path}/sweeps`, undefined) },
  ];
};

/** Whoever called it within the grace is told, and moves. */
const APPROVAL = {
  beforeSunset: true,
  by: 'A spec',
  why: SPEC,
  consumers: ['operations', 'portal-service', 'project-initiation-service', 'governance-service', 'partner'].map(consumer => ({
    consumer,
    toldOn: '2026-01-01',
    movesBy: '2998-01-01',
  })),
};

const PARTNER = '/governance/v1/partners/par_rights';

/** Who calls from outside concerns the whole house: what a partner sees of a legal entity is looked at when it calls. */
const partners = (remove: (path: string) => Call): Example[] => {
  const whose = 'Partners and their clients are of the whole house; who decides about them has a scope of their own.';
  const partner = {
    kind: 'agency',
    name: 'A spec',
    contact: 'spec@example.com',
    plan: 'rights',
    scopes: ['partner.read'],
    legalEntities: ['LF-UK'],
    agency: 'SPEC',
    reason: SPEC,
  };
  const client = 'partners/par_rights/issuers/house/clients/rights-partner';
  return [
    { operation: 'governance.v1 PUT /v1/partners/{id}', whose, concerns: 'none', ask: () => put(PARTNER, partner) },
    {
      operation: 'governance.v1 PUT /v1/partners/{id}/suspension',
      whose,
      concerns: 'none',
      ask: () => put(`${PARTNER}/suspension`, { reason: SPEC }),
    },
    { operation: 'governance.v1 DELETE /v1/partners/{id}/suspension', whose, concerns: 'none', ask: () => remove('partners/par_rights/suspension') },
    {
      operation: 'governance.v1 PUT /v1/partners/{id}/issuers/{issuer}/clients/{client}',
      whose,
      concerns: 'none',
      ask: () => put(`/governance/v1/${client}`, { reason: SPEC }),
    },
    { operation: 'governance.v1 DELETE /v1/partners/{id}/issuers/{issuer}/clients/{client}', whose, concerns: 'none', ask: () => remove(client) },
  ];
};

/** What the governance team decides concerns the whole house. */
const governance = (): Example[] => {
  const whose = 'Consumers and their plans are of the whole house; who decides about them has a scope of their own.';
  // Whoever is not registered has the smallest plan, which this is until it is removed.
  const plan = { rate: 600_000, windowSeconds: 60, burst: 100_000, reason: SPEC };
  const consumer = { name: 'A spec', contact: 'spec@example.com', plan: 'rights', state: 'active', reason: SPEC };
  const remove = (path: string): Call => ({ method: 'DELETE', path: `/governance/v1/${path}?reason=${encodeURIComponent(SPEC)}` });
  return [
    { operation: 'governance.v1 PUT /v1/plans/{id}', whose, concerns: 'none', ask: () => put('/governance/v1/plans/rights', plan) },
    { operation: 'governance.v1 PUT /v1/consumers/{id}', whose, concerns: 'none', ask: () => put('/governance/v1/consumers/rights', consumer) },
    { operation: 'governance.v1 DELETE /v1/consumers/{id}', whose, concerns: 'none', ask: () => remove('consumers/rights') },
    ...partners(remove),
    {
      operation: 'governance.v1 DELETE /v1/plans/{id}',
      whose,
      concerns: 'none',
      ask: () => remove('plans/rights'),
      good: { statuses: [409], because: 'a partner has the plan, which is looked at after who asks' },
    },
    {
      operation: 'governance.v1 PUT /v1/acknowledgements/{id}/consumers/{consumer}',
      whose,
      concerns: 'none',
      ask: () =>
        put('/governance/v1/acknowledgements/time-to-billing@1/consumers/rights', {
          by: 'A spec',
          toldOn: '2026-01-01',
          movesBy: '2027-01-01',
          reason: SPEC,
        }),
    },
    {
      operation: 'governance.v1 DELETE /v1/acknowledgements/{id}/consumers/{consumer}',
      whose,
      concerns: 'none',
      ask: () => remove('acknowledgements/time-to-billing@1/consumers/rights'),
    },
    {
      operation: 'governance.v1 PUT /v1/retirements/{id}/brown-outs',
      whose,
      concerns: 'none',
      ask: () => put('/governance/v1/retirements/crm@1:getRateCard/brown-outs', { brownOuts: [], reason: SPEC }),
    },
    {
      operation: 'governance.v1 PUT /v1/retirements/{id}',
      whose,
      concerns: 'none',
      ask: () => put('/governance/v1/retirements/crm@1:getRateCard', { retiredAt: '2999-01-01T00:00:00Z', approval: APPROVAL, reason: SPEC }),
    },
    { operation: 'governance.v1 DELETE /v1/retirements/{id}', whose, concerns: 'none', ask: () => remove('retirements/crm@1:getRateCard') },
  ];
};

const exceptions = (document: string, prefix: string, of: 'initiation' | 'billing'): Example[] => [
  {
    operation: `${document} POST /v1/exceptions/{id}/actions`,
    whose: 'The legal entities of the exception; and the desk it is on.',
    concerns: 'legal entities',
    ask: ({ exceptionOf }, whose) => post(`${prefix}/v1/exceptions/${exceptionOf[of][whose]}/actions`, { action: 'skip', reason: SPEC }),
    ofDesk: ({ ofDesk }) => post(`${prefix}/v1/exceptions/${ofDesk[of]}/actions`, { action: 'skip', reason: SPEC }),
  },
  {
    operation: `${document} POST /v1/exception-groups/actions`,
    whose: 'The legal entities of every exception of the group; and the desk that owns its need.',
    concerns: 'legal entities',
    ask: ({ needOf }, whose) => post(`${prefix}/v1/exception-groups/actions`, { need: needOf[of][whose], action: 'retry', reason: SPEC }),
    ofDesk: ({ needOfDesk }) => post(`${prefix}/v1/exception-groups/actions`, { need: needOfDesk[of], action: 'retry', reason: SPEC }),
  },
];

const INITIATION = '/process/project-initiation';
const BILLING = '/process/time-to-billing';
const ERP = '/system/erp';
const PSA = '/system/psa';
const NOT_WON = { statuses: [409], because: 'the deal is not won, which is looked at after whose it is' };

const planned = (document: string, prefix: string, noun: string, thing: 'psaProject' | 'staffingRequest' | 'customer' | 'erpProject'): Example[] => {
  const whose = 'The legal entity of the record as asked for, as last seen, and as the back end has it.';
  return [
    {
      operation: `${document} PUT /v1/${noun}/{id}`,
      whose,
      concerns: 'legal entities',
      ask: (things, of) => put(`${prefix}/v1/${noun}/${things[thing][of].id}`, things[thing][of]),
      good: { statuses: [200, 422], because: 'a back end may refuse a record without a legal entity, after it was let through' },
    },
    {
      operation: `${document} POST /v1/${noun}/{id}/plans`,
      whose,
      concerns: 'legal entities',
      ask: (things, of) => post(`${prefix}/v1/${noun}/${things[thing][of].id}/plans`, things[thing][of]),
      good: { statuses: [200, 422], because: 'a back end may refuse a record without a legal entity, after it was let through' },
    },
  ];
};

/** A line of somebody whom the PSA doesn't know. */
const lineOf = (noun: 'time-entry' | 'expense'): string => mintId(noun, 'rights', 'written');
const written = (noun: 'time-entry' | 'expense', projectId: string) => ({
  id: lineOf(noun),
  projectId,
  personEmail: 'nobody@elsewhere.example',
  billable: true,
});
const NOBODY_THERE = {
  neverUnassigned: 'a project that the PSA has is of a legal entity',
  good: { statuses: [422], because: 'nobody in the PSA has that address, which is looked at after whose the project is' },
};

/** An example of version 1 asked of version 2, which has the same operation. */
const inVersion2 = ({ operation, ask, ofDesk, ...rest }: Example): Example => {
  const moved = (call: Call): Call => ({ ...call, path: call.path.replace('/v1/', '/v2/') });
  return {
    ...rest,
    operation: operation.replace('.v1 ', '.v2 ').replace('/v1/', '/v2/'),
    ask: (things, whose) => moved(ask(things, whose)),
    ...(ofDesk ? { ofDesk: things => moved(ofDesk(things)) } : {}),
    good: { statuses: [200, 204, 404, 409], because: 'the same was done under version 1 before, which is looked at after whose it is' },
  };
};

const inVersion1: Example[] = [
  {
    operation: 'process-time-to-billing.v1 PUT /v1/rates/{id}',
    whose: 'The legal entities of its subject, and of the rate that has the id.',
    concerns: 'legal entities',
    ask: ({ project }, whose) => put(`${BILLING}/v1/rates/rights-${whose}`, rateFor(project[whose])),
  },
  {
    operation: 'process-time-to-billing.v1 DELETE /v1/rates/{id}',
    whose: 'The legal entities of its subject.',
    concerns: 'legal entities',
    ask: ({ rate }, whose) => ({ method: 'DELETE', path: `${BILLING}/v1/rates/${rate[whose]}?why=${encodeURIComponent(SPEC)}` }),
  },
  {
    operation: 'process-time-to-billing.v1 PUT /v1/expense-terms/{id}',
    whose: 'The legal entities of its subject, and of the term that has the id.',
    concerns: 'legal entities',
    ask: ({ project }, whose) =>
      put(`${BILLING}/v1/expense-terms/rights-${whose}`, { level: 'project', subject: project[whose], treatment: 'at-cost', from: '2026-01-01' }),
  },
  {
    operation: 'process-time-to-billing.v1 DELETE /v1/expense-terms/{id}',
    whose: 'The legal entities of its subject.',
    concerns: 'legal entities',
    ask: ({ term }, whose) => ({ method: 'DELETE', path: `${BILLING}/v1/expense-terms/${term[whose]}?why=${encodeURIComponent(SPEC)}` }),
  },
  ...exceptions('process-time-to-billing.v1', BILLING, 'billing'),
];

const inBothVersions = [...inVersion1, ...inVersion1.map(inVersion2)];

/** A draft as version 2 takes it, in its person's day. */
const dayOf = (draft: object): object => {
  const { person, workDate, ...entry } = draft as Record<string, unknown>;
  return { person, date: workDate, time: [entry] };
};

/** Every unsafe operation there is; the test fails for one that isn't here. */
export const EXAMPLES: Example[] = [
  ...feeds('system-crm.v1', '/system/crm', 'rate-cards'),
  ...feeds('system-psa.v1', PSA, 'time-entries'),
  ...feeds('system-hcm.v1', '/system/hcm', 'workers'),
  ...feeds('system-erp.v1', ERP, 'reference-data'),
  ...governance(),
  {
    operation: 'system-hcm.v1 POST /v1/workers/as-of',
    whose: 'The legal entity of the worker on that day.',
    concerns: 'legal entities',
    ask: ({ worker }, whose) => post('/system/hcm/v1/workers/as-of', { items: [{ workerId: worker[whose], date: '2026-11-02' }] }),
    answersAsAbsent: true,
  },
  {
    operation: 'system-hcm.v1 POST /v1/eligibility',
    whose: 'The legal entity of each worker; the others are neither candidates nor named as turned down.',
    concerns: 'legal entities',
    ask: (_, whose) =>
      post('/system/hcm/v1/eligibility', {
        role: 'ARCHITECT',
        skills: [],
        legalEntity: whose === 'uk' ? 'LF-UK' : 'LF-NONE',
        startDate: '2026-12-01',
        endDate: '2026-12-31',
      }),
    neverUnassigned: 'it is asked for one legal entity',
    answersAsAbsent: true,
  },
  ...planned('system-psa.v1', PSA, 'projects', 'psaProject'),
  ...planned('system-psa.v1', PSA, 'staffing-requests', 'staffingRequest'),
  {
    operation: 'system-psa.v1 PUT /v1/timesheets/{id}/billing-status',
    whose: 'The legal entities of all lines of the timesheet.',
    concerns: 'legal entities',
    ask: ({ timesheet }, whose) => put(`${PSA}/v1/timesheets/${timesheet[whose]}/billing-status`, STATUS),
  },
  {
    operation: 'system-psa.v1 PUT /v1/expense-reports/{id}/billing-status',
    whose: 'The legal entities of all lines of the expense report.',
    concerns: 'legal entities',
    ask: ({ report }, whose) => put(`${PSA}/v1/expense-reports/${report[whose]}/billing-status`, STATUS),
  },
  {
    operation: 'system-psa.v1 PUT /v1/invoices/{id}',
    whose: 'The legal entities of all its lines: a line that is not theirs is refused by name, as one that isn’t there (422).',
    concerns: 'legal entities',
    ask: ({ invoice }, whose) => put(`${PSA}/v1/invoices/${invoice[whose].id}`, invoice[whose]),
    answersAsAbsent: true,
  },
  {
    operation: 'system-psa.v1 PUT /v1/time-entries/{id}',
    whose: 'The legal entity of the project that is asked for, and of the one that the line is on.',
    concerns: 'legal entities',
    ask: ({ psaProject }, whose) =>
      put(`${PSA}/v1/time-entries/${lineOf('time-entry')}`, {
        ...written('time-entry', psaProject[whose].id),
        workDate: '2026-11-05',
        workedMinutes: 60,
      }),
    ...NOBODY_THERE,
  },
  {
    operation: 'system-psa.v1 PUT /v1/expenses/{id}',
    whose: 'The legal entity of the project that is asked for, and of the one that the line is on.',
    concerns: 'legal entities',
    ask: ({ psaProject }, whose) =>
      put(`${PSA}/v1/expenses/${lineOf('expense')}`, {
        ...written('expense', psaProject[whose].id),
        expenseDate: '2026-11-05',
        category: 'Hotel',
        amount: { amount: '12.50', currency: 'GBP' },
        reimbursable: true,
      }),
    ...NOBODY_THERE,
  },
  {
    operation: 'system-psa.v1 DELETE /v1/time-entries/{id}',
    whose: 'The legal entity of the line.',
    concerns: 'legal entities',
    ask: ({ timeEntry }, whose) => ({ method: 'DELETE', path: `${PSA}/v1/time-entries/${timeEntry[whose]}` }),
    good: { statuses: [409], because: 'people made the line in the PSA, which is looked at after whose it is' },
  },
  {
    operation: 'system-psa.v1 DELETE /v1/expenses/{id}',
    whose: 'The legal entity of the line.',
    concerns: 'legal entities',
    ask: ({ expense }, whose) => ({ method: 'DELETE', path: `${PSA}/v1/expenses/${expense[whose]}` }),
    good: { statuses: [409], because: 'people made the line in the PSA, which is looked at after whose it is' },
  },
  {
    operation: 'system-psa.v1 POST /v1/timesheet-submissions',
    whose: 'The legal entities of all its lines: a line that is not theirs is refused by name, as one that isn’t there (422).',
    concerns: 'legal entities',
    ask: ({ timeEntry }, whose) =>
      post(`${PSA}/v1/timesheet-submissions`, { id: mintId('timesheet', 'rights'), title: 'Rights', timeEntryIds: [timeEntry[whose]] }),
    answersAsAbsent: true,
    good: { statuses: [422], because: 'people made the line in the PSA, which is looked at after whose it is' },
  },
  {
    operation: 'system-psa.v1 POST /v1/expense-report-submissions',
    whose: 'The legal entities of all its expenses: one that is not theirs is refused by name, as one that isn’t there (422).',
    concerns: 'legal entities',
    ask: ({ expense }, whose) =>
      post(`${PSA}/v1/expense-report-submissions`, { id: mintId('expense-report', 'rights'), title: 'Rights', expenseIds: [expense[whose]] }),
    answersAsAbsent: true,
    good: { statuses: [422], because: 'people made the line in the PSA, which is looked at after whose it is' },
  },
  ...planned('system-erp.v1', ERP, 'customers', 'customer'),
  ...planned('system-erp.v1', ERP, 'projects', 'erpProject'),
  {
    operation: 'system-erp.v1 PUT /v1/billing-batches/{id}',
    whose: 'The legal entities of all its lines.',
    concerns: 'legal entities',
    ask: ({ batch }, whose) => put(`${ERP}/v1/billing-batches/${batch[whose].id}`, batch[whose].body),
  },
  {
    operation: 'system-erp.v1 POST /v1/billable-transactions/look-up',
    whose: 'The legal entity of each transaction; the others are left out.',
    concerns: 'legal entities',
    ask: ({ external }, whose) => post(`${ERP}/v1/billable-transactions/look-up`, { externalIds: [whose === 'uk' ? external : 'tl-tim_none-v1'] }),
    neverUnassigned: 'the ERP takes no transaction without a project, which has a legal entity',
    answersAsAbsent: true,
  },
  {
    operation: 'process-project-initiation.v1 POST /v1/checks',
    whose: 'The legal entity that sold the deal.',
    concerns: 'legal entities',
    ask: ({ deal }, whose) => post(`${INITIATION}/v1/checks`, { dealId: deal[whose] }),
  },
  {
    operation: 'process-project-initiation.v1 POST /v1/plans',
    whose: 'The legal entity that sold the deal.',
    concerns: 'legal entities',
    ask: ({ deal }, whose) => post(`${INITIATION}/v1/plans`, { dealId: deal[whose] }),
    good: { statuses: [201, 422], because: 'the faults of a deal without a legal entity are told to who may see it' },
  },
  {
    operation: 'process-project-initiation.v1 POST /v1/runs',
    whose: 'The legal entity that sold the deal.',
    concerns: 'legal entities',
    ask: ({ deal }, whose) => post(`${INITIATION}/v1/runs`, { dealId: deal[whose], reason: SPEC }),
    good: NOT_WON,
  },
  ...exceptions('process-project-initiation.v1', INITIATION, 'initiation'),
  {
    operation: 'process-project-initiation.v1 POST /v1/exceptions/{id}/sold-rate-answers',
    whose: 'The legal entities of the exception; and the desk it is on.',
    concerns: 'legal entities',
    ask: ({ exceptionOf }, whose) => post(`${INITIATION}/v1/exceptions/${exceptionOf.initiation[whose]}/sold-rate-answers`, soldRateAnswer),
    ofDesk: ({ ofDesk }) => post(`${INITIATION}/v1/exceptions/${ofDesk.initiation}/sold-rate-answers`, soldRateAnswer),
    good: { statuses: [409, 422], because: 'it asks about no rate, or was decided, which is looked at after whose it is' },
  },
  {
    operation: 'process-project-initiation.v1 PUT /v1/mappings/{kind}/{source}',
    whose:
      'The legal entities that the word meant and is going to mean; rows without one where it means nothing. Shared kinds take all legal entities.',
    concerns: 'legal entities',
    ask: ({ word }, whose) => put(`${INITIATION}/v1/mappings/legal-entity/${encodeURIComponent(word[whose])}`, { target: 'LF-UK', reason: SPEC }),
  },
  {
    operation: 'process-project-initiation.v1 DELETE /v1/mappings/{kind}/{source}',
    whose: 'The legal entity that the word means, and rows without one, which its rows become.',
    concerns: 'legal entities',
    ask: ({ word }, whose) => ({
      method: 'DELETE',
      path: `${INITIATION}/v1/mappings/legal-entity/${encodeURIComponent(word[whose])}?reason=${encodeURIComponent(SPEC)}`,
    }),
    good: { statuses: [204, 404], because: 'who may see what is unassigned is told that a word without a mapping has none' },
  },
  ...inBothVersions,
  {
    operation: 'process-time-to-billing.v1 POST /v1/checks',
    whose: 'The legal entity of the project that is booked on.',
    concerns: 'legal entities',
    ask: ({ draft }, whose) => post(`${BILLING}/v1/checks`, { time: [draft[whose]] }),
    answersAsAbsent: true,
  },
  {
    operation: 'process-time-to-billing.v2 POST /v2/checks',
    whose: 'The legal entity of the project that is booked on.',
    concerns: 'legal entities',
    ask: ({ draft }, whose) => post(`${BILLING}/v2/checks`, { days: [dayOf(draft[whose])] }),
    answersAsAbsent: true,
  },
  {
    operation: 'portal mutation retryException',
    whose: 'The legal entities of the exception; and the desk it is on.',
    concerns: 'legal entities',
    ask: ({ toRetry }, whose) => mutation('retryException', { id: toRetry[whose], reason: SPEC, idempotencyKey: `rights-${whose}` }),
    ofDesk: ({ ofDesk }) => mutation('retryException', { id: ofDesk.billing, reason: SPEC, idempotencyKey: 'rights-desk' }),
  },
  {
    operation: 'portal mutation skipException',
    whose: 'The legal entities of the exception; and the desk it is on.',
    concerns: 'legal entities',
    ask: ({ toSkip }, whose) => mutation('skipException', { id: toSkip[whose], reason: SPEC, idempotencyKey: `rights-${whose}` }),
    ofDesk: ({ ofDesk }) => mutation('skipException', { id: ofDesk.initiation, reason: SPEC, idempotencyKey: 'rights-desk' }),
  },
  {
    operation: 'portal mutation answerException',
    whose: 'The legal entities of the exception; and the desk it is on.',
    concerns: 'legal entities',
    ask: ({ toAnswer }, whose) => answer(toAnswer[whose], `rights-answer-${whose}`),
    ofDesk: ({ ofDesk }) => answer(ofDesk.initiation, 'rights-answer-desk'),
    good: { statuses: [409], because: 'it asks nothing that can be decided, which is looked at after whose it is' },
  },
  {
    operation: 'portal mutation retryExceptionGroup',
    whose: 'The legal entities of every exception of the group; and the desk that owns its need.',
    concerns: 'legal entities',
    ask: ({ needToRetry }, whose) => mutation('retryExceptionGroup', { need: needToRetry[whose], reason: SPEC, idempotencyKey: `rights-${whose}` }),
    ofDesk: ({ needOfDesk }) => mutation('retryExceptionGroup', { need: needOfDesk.billing, reason: SPEC, idempotencyKey: 'rights-desk' }),
  },
  {
    operation: 'portal mutation setMapping',
    whose: 'As PUT /v1/mappings/{kind}/{source} of project-initiation, by which it is done.',
    concerns: 'legal entities',
    ask: ({ word }, whose) =>
      mutation('setMapping', {
        kind: 'legal-entity',
        source: whose === 'uk' ? 'Larkfield GmbH' : word[whose],
        target: whose === 'uk' ? 'LF-DE' : 'LF-UK',
        reason: SPEC,
        idempotencyKey: `rights-${whose}`,
      }),
    foreign: 'finance-uk',
  },
  {
    operation: 'portal mutation createPlan',
    whose: 'The legal entity that sold the deal.',
    concerns: 'legal entities',
    ask: ({ deal }, whose) => mutation('createPlan', { dealId: deal[whose], idempotencyKey: `rights-${whose}` }),
    good: { statuses: [200, 422], because: 'the faults of a deal without a legal entity are told to who may see it' },
  },
];

const STATUS = { posted: 1, billed: 0, paid: 0, total: 1, money: [], message: '' };

function rateFor(subject: string): object {
  return { level: 'project', subject, unit: 'hour', amount: '95.00', currency: 'GBP', from: '2026-02-01', why: SPEC };
}
