import type { Owned } from './rights.table.js';

/** What reads are asked about: ids of what is LF-UK's, nobody's, and not there. */
export interface Readable {
  deal: Owned<string>;
  customer: Owned<string>;
  /** Its code, and how it stands in a list. */
  rateCard: Owned<string>;
  plan: Owned<string>;
  exception: { initiation: Owned<string>; billing: Owned<string> };
  line: Owned<string>;
  /** What a rate was stated for. */
  ratedProject: Owned<string>;
  worker: Owned<string>;
  psaProject: Owned<string>;
  staffingRequest: Owned<string>;
  timeEntry: Owned<string>;
  expense: Owned<string>;
  assignment: Owned<string>;
  billingCustomer: Owned<string>;
  erpProject: Owned<string>;
  invoice: Owned<string>;
  batch: Owned<string>;
}

/** An operation that only reads: one thing by its id, or a list. */
export interface Read {
  operation: string;
  /** Whose what is read is; or why it concerns no legal entity. */
  whose: string;
  concerns: 'legal entities' | 'none';
  /** The path of one thing, by its id. A foreign one is answered as one that isn't there. */
  one?: (id: string) => string;
  /** The path of a list, in which no foreign id is found; of what all share, one in which everybody finds something. */
  list?: string;
  of?: (things: Readable) => Owned<string>;
  /** Why none of them can be without a legal entity, where that is so. */
  neverUnassigned?: string;
}

const INITIATION = '/process/project-initiation/v1';
const BILLING = '/process/time-to-billing/v1';
const ENTITY = 'The legal entity of the record.';

const pair = (document: string, prefix: string, noun: string, of: Read['of'], more: Partial<Read> & { query?: string } = {}): Read[] => {
  const { query = '', whose = ENTITY, ...rest } = more;
  return [
    { operation: `${document} GET /v1/${noun}`, whose, concerns: 'legal entities', list: `${prefix}/${noun}?limit=200`, of, ...rest },
    { operation: `${document} GET /v1/${noun}/{id}`, whose, concerns: 'legal entities', one: id => `${prefix}/${noun}/${id}${query}`, of, ...rest },
  ];
};
const shared = (operation: string, whose: string, list?: string): Read => ({ operation, whose, concerns: 'none', list });

const WHO_CALLS = 'Which firms call the house and what each may see, for the governance team; none of their rows.';
const ABOUT_APIS = 'What APIs declare and how often they are called is about no legal entity.';

const feeds = (document: string): Read => shared(`${document} GET /v1/feeds`, 'A feed reads the whole back end; it has a scope of its own.');

/** Whoever is no partner is refused; apps/experience/partner/src/partner-rights.spec.ts asks each for another partner's. */
const ofPartner = (noun: string, whose: string): Read =>
  shared(`experience-partner.v1 GET /v1/${noun}`, `${whose} And the legal entities of the record.`);

const abilities = (kind: string): Read =>
  shared(`system-${kind}.v1 GET /v1/abilities`, 'What the product can do is the same for everybody.', `/system/${kind}/v1/abilities`);

const billing: Read[] = [
  ...pair('process-time-to-billing.v1', BILLING, 'lines', ({ line }) => line, {
    whose: 'The legal entities that bill the line and that lend the worker.',
  }),
  {
    operation: 'process-time-to-billing.v1 GET /v1/rates',
    whose: 'The legal entities of its subject.',
    concerns: 'legal entities',
    list: `${BILLING}/rates?limit=200`,
    of: ({ ratedProject }) => ratedProject,
  },
  {
    operation: 'process-time-to-billing.v1 GET /v1/expense-terms',
    whose: 'The legal entities of its subject.',
    concerns: 'legal entities',
    list: `${BILLING}/expense-terms?limit=200`,
    of: ({ ratedProject }) => ratedProject,
  },
  ...['price-corrections', 'price-differences'].map((noun): Read => ({
    operation: `process-time-to-billing.v1 GET /v1/${noun}`,
    whose: 'The legal entities of the line.',
    concerns: 'legal entities',
    list: `${BILLING}/${noun}?limit=200`,
    of: ({ line }) => line,
  })),
  shared(
    'process-time-to-billing.v1 GET /v1/queue',
    'Sums of the lines that the caller may see, and whether the ERP is away; shown by a test of its own.',
  ),
  ...pair('process-time-to-billing.v1', BILLING, 'exceptions', ({ exception }) => exception.billing),
];

/** A read of version 1 asked of version 2, which has the same operation. */
const inVersion2 = ({ operation, list, one, ...rest }: Read): Read => ({
  ...rest,
  operation: operation.replace('.v1 ', '.v2 ').replace('/v1/', '/v2/'),
  ...(list ? { list: list.replace('/v1/', '/v2/') } : {}),
  ...(one ? { one: (id: string) => one(id).replace('/v1/', '/v2/') } : {}),
});

/** Every operation that only reads; the test fails for one that isn't here. */
export const READS: Read[] = [
  ...['system-crm.v1', 'system-psa.v1', 'system-hcm.v1', 'system-erp.v1'].map(feeds),
  ...pair('system-crm.v1', '/system/crm/v1', 'deals', ({ deal }) => deal, { whose: 'The legal entity that sold it, by today’s mappings.' }),
  ...pair('system-crm.v1', '/system/crm/v1', 'customers', ({ customer }) => customer, {
    whose: 'The legal entities that sold to them.',
    neverUnassigned: 'each customer of the sample firm has a deal with a seller; the specs of the CRM have one without',
  }),
  {
    operation: 'system-crm.v1 GET /v1/customers/{id}/survivor',
    whose: 'The legal entities that sold to them.',
    concerns: 'legal entities',
    one: id => `/system/crm/v1/customers/${id}/survivor`,
    of: ({ customer }) => customer,
    neverUnassigned: 'each customer of the sample firm has a deal with a seller; the specs of the CRM have one without',
  },
  {
    operation: 'system-crm.v1 GET /v1/rate-cards',
    whose: ENTITY,
    concerns: 'legal entities',
    list: '/system/crm/v1/rate-cards?limit=200',
    of: ({ rateCard }) => rateCard,
    neverUnassigned: 'each card of the sample firm has its legal entity; the rule is that of deals',
  },
  {
    operation: 'system-crm.v1 GET /v1/rate-cards/{code}',
    whose: ENTITY,
    concerns: 'legal entities',
    one: code => `/system/crm/v1/rate-cards/${code}?asOf=2026-11-02`,
    of: ({ rateCard }) => rateCard,
    neverUnassigned: 'each card of the sample firm has its legal entity; the rule is that of deals',
  },
  ...['crm', 'psa', 'hcm', 'erp'].map(abilities),
  ...pair('system-psa.v1', '/system/psa/v1', 'projects', ({ psaProject }) => psaProject),
  {
    operation: 'system-psa.v1 GET /v1/staffing-requests/{id}',
    whose: ENTITY,
    concerns: 'legal entities',
    one: id => `/system/psa/v1/staffing-requests/${id}`,
    of: ({ staffingRequest }) => staffingRequest,
  },
  ...pair('system-psa.v1', '/system/psa/v1', 'time-entries', ({ timeEntry }) => timeEntry, { whose: 'The legal entity of the project.' }),
  ...pair('system-psa.v1', '/system/psa/v1', 'expenses', ({ expense }) => expense, { whose: 'The legal entity of the project.' }),
  {
    operation: 'system-psa.v1 GET /v1/assignments',
    whose: 'The legal entity of the project.',
    concerns: 'legal entities',
    list: '/system/psa/v1/assignments?limit=200',
    of: ({ assignment }) => assignment,
  },
  ...pair('system-hcm.v1', '/system/hcm/v1', 'workers', ({ worker }) => worker, { whose: 'The legal entity of the worker on that day.' }),
  ...pair('system-erp.v1', '/system/erp/v1', 'customers', ({ billingCustomer }) => billingCustomer, { query: '?fresh=false' }),
  ...pair('system-erp.v1', '/system/erp/v1', 'projects', ({ erpProject }) => erpProject, { query: '?fresh=false' }),
  ...pair('system-erp.v1', '/system/erp/v1', 'invoices', ({ invoice }) => invoice),
  {
    operation: 'system-erp.v1 GET /v1/billing-batches/{id}',
    whose: 'The legal entities of all its lines.',
    concerns: 'legal entities',
    one: id => `/system/erp/v1/billing-batches/${id}`,
    of: ({ batch }) => batch,
  },
  shared(
    'system-erp.v1 GET /v1/reference-data/{kind}',
    'Codes that the firm’s mappings lead to, the legal entities’ own among them.',
    '/system/erp/v1/reference-data/tax-code',
  ),
  shared('system-erp.v1 GET /v1/billing-means', 'How the ERP takes lines is nobody’s in particular.', '/system/erp/v1/billing-means'),
  shared('system-erp.v1 GET /v1/exchange-rates', 'What currencies are worth is nobody’s in particular.', '/system/erp/v1/exchange-rates'),
  shared(
    'system-erp.v1 GET /v1/accounting-periods',
    'A calendar that all entities share is everybody’s; one of a legal entity is seen by its people.',
    '/system/erp/v1/accounting-periods',
  ),
  {
    operation: 'process-project-initiation.v1 GET /v1/plans/{hash}',
    whose: 'The legal entity that sold the deal.',
    concerns: 'legal entities',
    one: hash => `${INITIATION}/plans/${hash}`,
    of: ({ plan }) => plan,
  },
  {
    operation: 'process-project-initiation.v1 GET /v1/runs/{dealId}',
    whose: 'The legal entities of all that happened to the deal.',
    concerns: 'legal entities',
    one: id => `${INITIATION}/runs/${id}`,
    of: ({ deal }) => deal,
  },
  ...pair('process-project-initiation.v1', INITIATION, 'exceptions', ({ exception }) => exception.initiation),
  shared(
    'process-project-initiation.v1 GET /v1/mappings',
    'The firm’s vocabulary: words and codes, for whoever may read mappings.',
    `${INITIATION}/mappings`,
  ),
  ...billing,
  ...billing.map(inVersion2),
  ...['projects', 'projects/{id}', 'invoices', 'invoices/{id}', 'invoices/{id}/lines'].map(noun =>
    ofPartner(noun, 'The client whose project it is.'),
  ),
  ...['lines', 'lines/{id}'].map(noun => ofPartner(noun, 'The agency that lent the person on that day.')),
  shared('governance.v1 GET /v1/apis', ABOUT_APIS),
  shared('governance.v1 GET /v1/apis/{id}', ABOUT_APIS),
  shared('governance.v1 GET /v1/apis/{id}/callers', 'Which clients call an API; what they asked for is not in it.'),
  shared('governance.v1 GET /v1/consumers', 'Clients of the issuer and whom to write to, for the governance team.'),
  shared('governance.v1 GET /v1/apis/{id}/releases', 'What was released of an API is about no legal entity.'),
  shared('governance.v1 GET /v1/event-releases', 'What was released of events, and none of their data.'),
  shared('governance.v1 GET /v1/event-types', 'Types of events, and none of their data.'),
  shared('governance.v1 GET /v1/acknowledgements', 'Which consumers took note of what ends is about no legal entity.'),
  shared('governance.v1 GET /v1/retirements', 'What of the APIs ends, and when, is about no legal entity.'),
  shared('governance.v1 GET /v1/partners', WHO_CALLS),
  shared('governance.v1 GET /v1/partners/{id}', WHO_CALLS),
  shared('governance.v1 GET /v1/partners/{id}/clients', WHO_CALLS),
  shared('governance.v1 GET /v1/plans', 'How much a consumer may ask is nobody’s in particular.'),
];
