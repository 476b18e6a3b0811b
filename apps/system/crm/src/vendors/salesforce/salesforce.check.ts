import { Problem } from '#canonical';
import { checkResult, type CheckResult } from '#connector';
import { accountSelect } from './customers/customers.wire.js';
import { opportunitySelect } from './deals/deals.wire.js';
import { rateCardSelect } from './rate-cards/rate-cards.wire.js';
import type { SalesforceConfig } from './salesforce.config.js';
import type { Org } from './salesforce.references.js';
import { readPage } from './salesforce.wire.js';

type Get = (path: string) => Promise<unknown>;

interface Description {
  fields: { name: string; relationshipName: string | null; referenceTo: string[] }[];
  childRelationships: { relationshipName: string | null; childSObject: string }[];
}

/** A required field: its object, the setting that names it, and its use. */
interface NeededField {
  field: string;
  env: string | null;
}

/**
 * Tries a tenant as the adapter will use it: logs in, reads the organization, the fields of each
 * object by describe, and one page of each query. Describe omits what the run-as user may not see,
 * so an absent field is reported as missing or hidden.
 */
export async function checkSalesforce(c: SalesforceConfig, org: Org, get: Get): Promise<CheckResult[]> {
  const data = `/services/data/v${c.apiVersion}`;
  const login = await attempt('logs in', async () => {
    const { records } = readPage(await get(`${data}/query?q=${encodeURIComponent('SELECT Id, Name FROM Organization LIMIT 1')}`));
    const found = String(records[0]?.Id ?? '');
    if (found !== org.account)
      throw new Mismatch(`this is organization ${found}, but SALESFORCE_ACCOUNT says ${org.account}: ids would be minted for another tenant`);
    return `as a user of ${String(records[0]?.Name)} (${found})`;
  });
  if (!login.ok) return [login];
  const objects = new Objects(get, data);
  const findings = [
    login,
    await objects.check('Opportunity', 'opportunity fields', opportunityFields(c)),
    await objects.check('Account', 'account fields', accountFields(c)),
    await objects.check('OpportunityLineItem', 'opportunity line fields', [
      plain('Quantity'),
      plain('UnitPrice'),
      plain('TotalPrice'),
      plain('ServiceDate'),
      { field: c.lineEndDate, env: 'SALESFORCE_FIELD_LINE_END_DATE' },
      { field: c.lineSkills, env: 'SALESFORCE_FIELD_LINE_SKILLS' },
    ]),
    ...(await milestoneFindings(c, objects)),
    ...(await rateCardFindings(c, objects)),
  ];
  const reads: [string, string][] = [
    ['reads opportunities with their lines and milestones', opportunitySelect(c)],
    ['reads accounts', accountSelect(c)],
    ...(c.rateCardObject === 'none' ? [] : [['reads rate cards with their rates', rateCardSelect(c)] as [string, string]]),
  ];
  for (const [what, soql] of reads) {
    findings.push(
      await attempt(what, async () => `${readPage(await get(`${data}/query?q=${encodeURIComponent(`${soql} LIMIT 1`)}`)).totalSize} read`),
    );
  }
  return findings;
}

/** Something that a setting must mend; its text is for the person. */
class Mismatch extends Error {}

const attempt = (what: string, work: () => Promise<string>): Promise<CheckResult> => checkResult(what, work, inPlainWords);

function inPlainWords(error: unknown): string {
  if (error instanceof Mismatch) return error.message;
  if (error instanceof Problem && error.kind !== 'internal') return plainWords(error);
  throw error;
}

function plainWords(problem: Problem): string {
  const code = problem.vendor?.code;
  if (problem.code === 'login-refused') {
    return `${problem.detail}. Check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, that the app allows the client credentials flow and has a run-as user, and that SALESFORCE_LOGIN_URL is the My Domain address.`;
  }
  if (problem.code === 'permission-missing') return `the run-as user may not: ${problem.detail}. Give the user's permission set read access.`;
  if (code === 'INVALID_TYPE') return `an object is missing, or the run-as user may not see it: ${reasonOf(problem)}`;
  if (code === 'INVALID_FIELD') return `a field is missing, or the run-as user may not see it: ${reasonOf(problem)}`;
  return problem.detail;
}

/** The last line of a SOQL error, without the query and the caret. */
const reasonOf = (problem: Problem): string => (problem.vendor?.message ?? problem.detail).trim().split('\n').at(-1)!;

const plain = (field: string): NeededField => ({ field, env: null });

const opportunityFields = (c: SalesforceConfig): NeededField[] => [
  ...['Name', 'StageName', 'IsWon', 'IsClosed', 'CloseDate', 'Amount', 'SystemModstamp', 'AccountId', 'OwnerId'].map(plain),
  ...(c.currency ? [] : [{ field: 'CurrencyIsoCode', env: 'SALESFORCE_CURRENCY' }]),
  { field: c.legalEntity, env: 'SALESFORCE_FIELD_LEGAL_ENTITY' },
  { field: c.billingMethod, env: 'SALESFORCE_FIELD_BILLING_METHOD' },
  { field: c.practice, env: 'SALESFORCE_FIELD_PRACTICE' },
  { field: c.startDate, env: 'SALESFORCE_FIELD_START_DATE' },
  { field: c.endDate, env: 'SALESFORCE_FIELD_END_DATE' },
  { field: c.rateCard, env: 'SALESFORCE_FIELD_RATE_CARD' },
  { field: c.notToExceed, env: 'SALESFORCE_FIELD_NOT_TO_EXCEED' },
  { field: c.contractHoursPerDay, env: 'SALESFORCE_FIELD_HOURS_PER_DAY' },
  { field: c.purchaseOrder, env: 'SALESFORCE_FIELD_PO_NUMBER' },
  ...c.dealExtensions.map(field => ({ field, env: 'SALESFORCE_DEAL_EXTENSIONS' })),
];

const accountFields = (c: SalesforceConfig): NeededField[] => [
  ...['Name', 'ParentId', 'BillingStreet', 'BillingCity', 'BillingState', 'BillingPostalCode', 'SystemModstamp'].map(plain),
  { field: c.billingCountry, env: 'SALESFORCE_FIELD_BILLING_COUNTRY' },
  { field: c.legalName, env: 'SALESFORCE_FIELD_LEGAL_NAME' },
  { field: c.taxRegistration, env: 'SALESFORCE_FIELD_TAX_REGISTRATION' },
  { field: c.billingEmail, env: 'SALESFORCE_FIELD_BILLING_EMAIL' },
  { field: c.paymentTerms, env: 'SALESFORCE_FIELD_PAYMENT_TERMS' },
  { field: c.purchaseOrderRequired, env: 'SALESFORCE_FIELD_PO_REQUIRED' },
  { field: c.billTo, env: 'SALESFORCE_FIELD_BILL_TO' },
  { field: c.reverseCharge, env: 'SALESFORCE_FIELD_REVERSE_CHARGE' },
  ...c.customerExtensions.map(field => ({ field, env: 'SALESFORCE_CUSTOMER_EXTENSIONS' })),
];

async function milestoneFindings(c: SalesforceConfig, objects: Objects): Promise<CheckResult[]> {
  if (c.milestones === 'none') return [];
  const child = await objects.childOf('Opportunity', c.milestones, 'SALESFORCE_MILESTONES', 'milestones');
  if (typeof child !== 'string') return [child];
  const fields = [
    plain('Name'),
    { field: c.milestoneSequence, env: 'SALESFORCE_FIELD_MILESTONE_SEQUENCE' },
    { field: c.milestoneDueDate, env: 'SALESFORCE_FIELD_MILESTONE_DUE_DATE' },
    { field: c.milestoneAmount, env: 'SALESFORCE_FIELD_MILESTONE_AMOUNT' },
  ];
  return [await objects.check(child, 'milestone fields', fields)];
}

async function rateCardFindings(c: SalesforceConfig, objects: Objects): Promise<CheckResult[]> {
  if (c.rateCardObject === 'none') return [];
  const card = await objects.check(c.rateCardObject, 'rate card fields', [
    { field: c.rateCardCode, env: 'SALESFORCE_FIELD_RATE_CARD_CODE' },
    { field: c.rateCardEffectiveFrom, env: 'SALESFORCE_FIELD_RATE_CARD_EFFECTIVE_FROM' },
    { field: c.rateCardLegalEntity, env: 'SALESFORCE_FIELD_RATE_CARD_LEGAL_ENTITY' },
  ]);
  if (!card.ok) return [card];
  const child = await objects.childOf(c.rateCardObject, c.rates, 'SALESFORCE_RATES', 'rates of rate cards');
  if (typeof child !== 'string') return [card, child];
  const rate = await objects.check(child, 'rate fields', [
    { field: c.rateRole, env: 'SALESFORCE_FIELD_RATE_ROLE' },
    { field: c.ratePerHour, env: 'SALESFORCE_FIELD_RATE_PER_HOUR' },
    { field: c.rateUnit, env: 'SALESFORCE_FIELD_RATE_UNIT' },
  ]);
  return [card, rate];
}

/** Objects as the run-as user sees them. */
class Objects {
  readonly #known = new Map<string, Promise<Description>>();

  constructor(
    private readonly get: Get,
    private readonly data: string,
  ) {}

  check(object: string, what: string, needed: NeededField[]): Promise<CheckResult> {
    return attempt(what, async () => {
      const missing: string[] = [];
      for (const { field, env } of needed) {
        if (field !== 'none' && !(await this.#has(object, field.split('.'))))
          missing.push(env ? `${field} (set ${env} to its API name, or to none)` : field);
      }
      if (missing.length > 0) throw new Mismatch(`${object} has no field, or the run-as user may not see it: ${missing.join(', ')}`);
      return `${needed.filter(({ field }) => field !== 'none').length} there`;
    });
  }

  /** The object at the other end of a child relationship, or the fault. */
  async childOf(object: string, relationship: string, env: string, what: string): Promise<string | CheckResult> {
    let child = '';
    const finding = await attempt(what, async () => {
      const { childRelationships } = await this.#describe(object);
      const found = childRelationships.find(one => one.relationshipName?.toLowerCase() === relationship.toLowerCase());
      if (!found) throw new Mismatch(`${object} has no child relationship ${relationship}, or the run-as user may not see it (set ${env})`);
      child = found.childSObject;
      return child;
    });
    return finding.ok ? child : finding;
  }

  async #has(object: string, [head, ...rest]: string[]): Promise<boolean> {
    const { fields } = await this.#describe(object);
    if (rest.length === 0) return fields.some(({ name }) => name.toLowerCase() === head.toLowerCase());
    const way = fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === head.toLowerCase());
    return way !== undefined && way.referenceTo.length > 0 && this.#has(way.referenceTo[0], rest);
  }

  async #describe(object: string): Promise<Description> {
    const known = this.#known.get(object) ?? this.#read(object);
    this.#known.set(object, known);
    return known;
  }

  async #read(object: string): Promise<Description> {
    try {
      return (await this.get(`${this.data}/sobjects/${object}/describe`)) as Description;
    } catch (error) {
      if (error instanceof Problem && error.kind === 'not-found')
        throw new Mismatch(`there is no object ${object}, or the run-as user may not see it`);
      throw error;
    }
  }
}
