import { Decimal } from 'decimal.js';
import { Problem } from '#canonical';
import { checkResult, type CheckResult } from '#connector';
import type { NetsuiteApi, RecordTypeName } from './netsuite.api.js';
import type { NetsuiteConfig } from './netsuite.config.js';
import { leftOver, milestoneAmountsOf, MILESTONE_WORDS } from './projects/milestones.js';
import { billingTypeIds } from './projects/projects.mapper.js';
import { readBillingSchedule } from './projects/projects.wire.js';

/**
 * Checks step by step whether the account has what we need; says in plain words what is missing and
 * who can provide it.
 */
export async function checkNetsuite(api: NetsuiteApi, config: NetsuiteConfig): Promise<CheckResult[]> {
  const logIn = await finding('logs in and may query', async () => {
    const [row] = await api.rows('query-check', 'SELECT COUNT(*) AS n FROM subsidiary');
    return `account ${config.account} has ${row?.n ?? '0'} subsidiaries.`;
  });
  if (!logIn.ok) return [logIn];
  const findings = [logIn];
  for (const [what, query] of Object.entries(queriesOf(config))) {
    findings.push(
      await finding(`reads ${what}`, async () => {
        const rows = await api.rows('query-check', query);
        return rows.length === 0 ? 'readable; there are none yet.' : 'readable.';
      }),
    );
  }
  for (const type of [
    'customer',
    'customerSubsidiaryRelationship',
    'job',
    'projectTask',
    'billingSchedule',
    'timeBill',
    'expenseReport',
    'charge',
    'invoice',
  ] as const)
    findings.push(...(await fieldFindings(api, type, config)));
  findings.push(
    await billingTypes(api, config),
    await schedules(api, config),
    await statuses(api, config),
    await legalEntities(api),
    await lineEnums(api, config),
    await rateDecimals(api, config),
  );
  return findings;
}

const queriesOf = (config: NetsuiteConfig): Record<string, string> => ({
  customers: 'SELECT id, externalid, lastmodifieddate FROM customer WHERE ROWNUM <= 1',
  projects: 'SELECT id, externalid, lastmodifieddate FROM job WHERE ROWNUM <= 1',
  'project tasks': 'SELECT id, project FROM projecttask WHERE ROWNUM <= 1',
  departments: 'SELECT id, externalid, name FROM department WHERE ROWNUM <= 1',
  'tax codes': 'SELECT id, itemid FROM salestaxitem WHERE ROWNUM <= 1',
  'payment terms': 'SELECT id, name FROM term WHERE ROWNUM <= 1',
  currencies: 'SELECT id, symbol FROM currency WHERE ROWNUM <= 1',
  time: 'SELECT id, externalid, hours, rate, posted, customer FROM timebill WHERE ROWNUM <= 1',
  charges: 'SELECT id, externalid, amount, currency, subsidiary, invoice FROM charge WHERE ROWNUM <= 1',
  transactions: 'SELECT id, externalid, type, foreigntotal, currency, lastmodifieddate FROM transaction WHERE ROWNUM <= 1',
  'exchange rates': 'SELECT id, basecurrency, transactioncurrency, effectivedate, exchangerate FROM currencyrate WHERE ROWNUM <= 1',
  'accounting periods': 'SELECT id, periodname, startdate, enddate, closed, arlocked, alllocked FROM accountingperiod WHERE ROWNUM <= 1',
  'expense categories': 'SELECT id, externalid, name FROM expensecategory WHERE ROWNUM <= 1',
  'service items': "SELECT id, itemid FROM item WHERE itemtype = 'Service' AND ROWNUM <= 1",
  "customers' subsidiaries": 'SELECT entity, subsidiary FROM customersubsidiaryrelationship WHERE ROWNUM <= 1',
  "customers' tax registrations": `SELECT entity, taxregistrationnumber FROM ${config.taxRegistrationTable} WHERE ROWNUM <= 1`,
});

const NEEDED: Record<RecordTypeName, string[]> = {
  timeBill: [
    'employee',
    'customer',
    'caseTaskEvent',
    'item',
    'tranDate',
    'hours',
    'isBillable',
    'rate',
    'overrideRate',
    'approvalStatus',
    'department',
  ],
  expenseReport: ['entity', 'tranDate', 'expensereportcurrency', 'approvalStatus', 'department', 'expense'],
  invoice: ['tranId', 'status', 'subsidiary', 'currency', 'job', 'tranDate', 'total', 'amountRemaining', 'item', 'time', 'expCost'],
  charge: ['billTo', 'chargeDate', 'stage', 'chargeType', 'quantity', 'rate', 'amount', 'currency', 'department'],
  customer: ['companyName', 'subsidiary', 'currency', 'terms', 'parent', 'addressBook', 'taxRegistration'],
  customerSubsidiaryRelationship: ['entity', 'subsidiary'],
  job: [
    'companyName',
    'parent',
    'subsidiary',
    'currency',
    'jobBillingType',
    'billingSchedule',
    'jobPrice',
    'allowTime',
    'allowExpenses',
    'entityStatus',
  ],
  projectTask: ['title', 'project', 'startDateTime', 'finishByDate', 'estimatedWork', 'nonBillableTask'],
  billingSchedule: ['name', 'scheduleType', 'frequency', 'seriesStartDate', 'job', 'milestone'],
};

async function fieldFindings(api: NetsuiteApi, type: RecordTypeName, config: NetsuiteConfig): Promise<CheckResult[]> {
  const what = `fields of ${type}`;
  try {
    const present = await api.fieldsOf(type);
    const missing = NEEDED[type].filter(name => !(name in present));
    const say = missing.length === 0 ? 'all there.' : `${missing.join(', ')} missing: the feature or the role's permission for it is off.`;
    const own = customFieldsOf(type, config).map(({ env, name, holds }): CheckResult => {
      const there = name in present;
      return {
        what: `custom field ${name}`,
        ok: there,
        say: there ? `${type} holds ${holds} in it.` : `missing on ${type}: make the field that holds ${holds}, or set ${env} to the one that does.`,
      };
    });
    return [{ what, ok: missing.length === 0, say }, ...own];
  } catch (error) {
    return [{ what, ok: false, say: reasonOf(error) }];
  }
}

function customFieldsOf(type: RecordTypeName, config: NetsuiteConfig): { env: string; name: string; holds: string }[] {
  if (type === 'projectTask') return [{ env: 'NETSUITE_FIELD_TASK_ROLE', name: config.taskRoleField, holds: 'the role' }];
  if (type === 'timeBill' || type === 'charge') return lineFieldsOf(type, config);
  if (type === 'customer') return customerFieldsOf(config);
  if (type !== 'job') return [];
  return [
    { env: 'NETSUITE_FIELD_COST_CENTRE', name: config.costCentreField, holds: 'the cost centre' },
    { env: 'NETSUITE_FIELD_TAX_CODE', name: config.taxCodeField, holds: 'the tax code' },
    { env: 'NETSUITE_FIELD_DEAL_ID', name: config.dealIdField, holds: "the deal's id" },
    { env: 'NETSUITE_FIELD_BILLING_METHOD', name: config.billingMethodField, holds: 'the billing method' },
    { env: 'NETSUITE_FIELD_NOT_TO_EXCEED', name: config.notToExceedField, holds: 'the not-to-exceed amount' },
  ];
}

function customerFieldsOf(config: NetsuiteConfig): { env: string; name: string; holds: string }[] {
  return [
    { env: 'NETSUITE_FIELD_BILL_TO', name: config.billToField, holds: 'whom its invoices go to' },
    { env: 'NETSUITE_FIELD_REVERSE_CHARGE', name: config.reverseChargeField, holds: 'reverse charge' },
    { env: 'NETSUITE_FIELD_PO_REQUIRED', name: config.purchaseOrderRequiredField, holds: 'whether a purchase order is required' },
  ].filter(({ name }) => name !== 'none');
}

/** Expense reports carry theirs in their lines, which the catalogue doesn't show apart. */
function lineFieldsOf(type: RecordTypeName, config: NetsuiteConfig): { env: string; name: string; holds: string }[] {
  const fields = [{ env: 'NETSUITE_FIELD_LINE_TAX_CODE', name: config.lineTaxCodeField, holds: 'the tax code' }];
  if (type === 'timeBill') fields.push({ env: 'NETSUITE_FIELD_LINE_POSTING_DATE', name: config.linePostingDateField, holds: 'the posting date' });
  return fields.filter(({ name }) => name !== 'none');
}

/** Accounts differ in the ids of the billing types. */
async function billingTypes(api: NetsuiteApi, config: NetsuiteConfig): Promise<CheckResult> {
  return finding('billing types', async () => {
    const wanted = config.billingTypes.map(pair => pair.slice(pair.indexOf('=') + 1));
    const known = [await api.optionsOf('job', 'jobBillingType'), await api.optionsOf('billingSchedule', 'scheduleType')];
    const unknown = wanted.filter(id => known.some(ids => !ids.includes(id)));
    if (unknown.length > 0)
      throw new Problem('unprocessable', `${unknown.join(', ')} unknown; the account has ${known[0].join(', ')}. Set NETSUITE_BILLING_TYPES.`);
    return 'all known.';
  });
}

/**
 * Compares existing schedules by milestones with their projects' amounts, and names those that
 * don't fit the setting.
 */
async function schedules(api: NetsuiteApi, { billingTypes, milestoneAmounts }: NetsuiteConfig): Promise<CheckResult> {
  return finding('billing schedules by milestones', async () => {
    const type = billingTypeIds(billingTypes).idOf('fixed-milestone').replaceAll("'", "''");
    const projects = await api.rows(
      'query-check',
      `SELECT id, companyname, billingschedule, jobprice FROM job WHERE jobbillingtype = '${type}' AND isinactive = 'F' AND billingschedule IS NOT NULL ORDER BY id`,
    );
    const wrong: string[] = [];
    for (const { companyname, billingschedule, jobprice } of projects) {
      const json = await api.get('billingSchedule', billingschedule!);
      if (json === null) continue;
      const schedule = readBillingSchedule(json);
      const price = jobprice === undefined ? undefined : Number(jobprice);
      const holds = milestoneAmountsOf(schedule, price, milestoneAmounts);
      const left = leftOver(schedule, price, holds);
      const faults = [
        ...(holds === milestoneAmounts ? [] : [`holds ${MILESTONE_WORDS[holds]}`]),
        ...(left === 0 ? [] : [`leaves ${left} % to be billed first, at once`]),
      ];
      if (faults.length > 0) wrong.push(`${schedule.externalId ?? schedule.id} of ${companyname} ${faults.join(' and ')}`);
    }
    const set = `NETSUITE_MILESTONE_AMOUNTS is ${milestoneAmounts}`;
    if (wrong.length > 0)
      throw new Problem(
        'unprocessable',
        `${set}; of ${projects.length} schedules ${wrong.join('; ')}. They are left as they are: change the setting or correct them in NetSuite.`,
      );
    return `${set}; ${projects.length} schedules hold ${MILESTONE_WORDS[milestoneAmounts]} and leave nothing.`;
  });
}

async function statuses(api: NetsuiteApi, config: NetsuiteConfig): Promise<CheckResult> {
  return finding('project statuses', async () => {
    const known = await api.optionsOf('job', 'entityStatus');
    const unknown = [config.activeStatus, config.closedStatus].filter(id => !known.includes(id));
    if (unknown.length > 0)
      throw new Problem('unprocessable', `${unknown.join(', ')} unknown. Set NETSUITE_PROJECT_STATUS_ACTIVE and NETSUITE_PROJECT_STATUS_CLOSED.`);
    return 'both known.';
  });
}

/** Ids that accounts number in their own way. */
async function lineEnums(api: NetsuiteApi, config: NetsuiteConfig): Promise<CheckResult> {
  return finding('ids of lines', async () => {
    const wanted = [
      ['timeBill', 'approvalStatus', config.approvedTime, 'NETSUITE_TIME_APPROVED'],
      ['timeBill', 'price', config.customPrice, 'NETSUITE_PRICE_CUSTOM'],
      ['expenseReport', 'approvalStatus', config.approvedReport, 'NETSUITE_REPORT_APPROVED'],
      ['charge', 'chargeType', config.chargeType, 'NETSUITE_CHARGE_TYPE'],
    ] as const;
    const wrong: string[] = [];
    for (const [type, field, id, env] of wanted) {
      const known = await api.optionsOf(type, field);
      if (!known.includes(id)) wrong.push(`${type}.${field} has no ${id}, only ${known.join(', ')}: set ${env}`);
    }
    if (wrong.length > 0) throw new Problem('unprocessable', `${wrong.join('; ')}.`);
    return 'all known.';
  });
}

/** No catalogue states how many decimals rates have, so look at existing ones. */
async function rateDecimals(api: NetsuiteApi, { rateDecimals: set }: NetsuiteConfig): Promise<CheckResult> {
  return finding('decimals of rates of time', async () => {
    const rows = await api.rows('query-check', 'SELECT rate FROM timebill WHERE rate IS NOT NULL AND ROWNUM <= 1000');
    const kept = Math.max(0, ...rows.map(({ rate }) => new Decimal(rate ?? 0).decimalPlaces()));
    if (kept <= set) return `up to ${kept} in the time that is there; NETSUITE_RATE_DECIMALS is ${set}.`;
    throw new Problem('unprocessable', `the account keeps ${kept}, and rates are cut to ${set}: set NETSUITE_RATE_DECIMALS to ${kept} or more.`);
  });
}

/** Subsidiaries and departments are known to everybody else by their external ids. */
async function legalEntities(api: NetsuiteApi): Promise<CheckResult> {
  return finding('external ids of subsidiaries and departments', async () => {
    const nameless = [
      ...(await api.rows('query-check', 'SELECT name FROM subsidiary WHERE externalid IS NULL ORDER BY id')),
      ...(await api.rows('query-check', 'SELECT name FROM department WHERE externalid IS NULL ORDER BY id')),
    ];
    if (nameless.length > 0)
      throw new Problem(
        'unprocessable',
        `${nameless.map(({ name }) => name).join(', ')} have none and go by their names; give them external ids before anything refers to them.`,
      );
    return 'all have one.';
  });
}

const finding = (what: string, look: () => Promise<string>): Promise<CheckResult> => checkResult(what, look, reasonOf);

/** What a person can do about it. NetSuite hides a missing permission in several ways. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const message = error.vendor?.message || error.detail;
  if (error.code === 'login-refused')
    return `${error.detail}. Look at Setup > Users/Roles > User Management > View Login Audit Trail for the reason in words.`;
  if (error.code === 'permission-missing')
    return `${message} Give the role Reports > SuiteAnalytics Workbook (Edit), REST Web Services and the records.`;
  if (/Invalid search type|was not found/.test(message)) return `${message} The record is hidden from the role, or its feature is off.`;
  return message;
}
