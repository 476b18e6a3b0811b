import { minutesOf } from './hours.js';
import type { Records } from './records.js';
import type { NetsuiteRow } from './row.js';
import type { Field } from './schema.js';
import type { Column, ColumnIndex, SuiteqlTable } from './suiteql-table.js';
import { transactionTables } from './suiteql-transactions.js';
import type { Value } from './suiteql-values.js';

/** Columns that differ from the lower-cased REST name. */
interface TableSpec {
  type: string;
  columns: string;
  renamed?: Record<string, string>;
  constant?: Record<string, string>;
}

// The columns the vendor exposes, which are fewer than the REST fields.
const TABLES: Record<string, TableSpec> = {
  customer: {
    type: 'customer',
    columns: 'id entityid externalid companyname isperson isinactive email phone parent currency terms entitystatus datecreated lastmodifieddate',
  },
  job: {
    type: 'job',
    columns:
      'id entityid externalid companyname altname customer parent subsidiary currency entitystatus jobbillingtype billingschedule jobprice allowtime allowexpenses allowallresourcesfortasks ' +
      'isutilizedtime isproductivetime isinactive startdate projectedenddate enddate projectmanager datecreated lastmodifieddate comments',
    renamed: { customer: 'parent', altname: 'companyName' },
  },
  projecttask: { type: 'projectTask', columns: 'id externalid project title status actualwork estimatedwork' },
  billingschedule: { type: 'billingSchedule', columns: 'id externalid name isinactive' },
  subsidiary: {
    type: 'subsidiary',
    columns: 'id externalid name fullname legalname parent isinactive iselimination currency country',
    renamed: { fullname: 'name' },
  },
  department: { type: 'department', columns: 'id externalid name fullname parent isinactive', renamed: { fullname: 'name' } },
  classification: { type: 'classification', columns: 'id externalid name fullname parent isinactive', renamed: { fullname: 'name' } },
  location: { type: 'location', columns: 'id externalid name fullname parent isinactive', renamed: { fullname: 'name' } },
  employee: {
    type: 'employee',
    columns:
      'id entityid externalid email firstname lastname supervisor department location subsidiary isinactive laborcost hiredate releasedate lastmodifieddate',
  },
  item: {
    type: 'serviceSaleItem',
    columns: 'id itemid externalid displayname itemtype subtype isinactive lastmodifieddate',
    constant: { itemtype: 'Service', subtype: 'Sale' },
  },
  salestaxitem: { type: 'salesTaxItem', columns: 'id externalid itemid displayname rate nexuscountry isinactive', renamed: {} },
  term: { type: 'term', columns: 'id externalid name daysuntilnetdue isinactive' },
  currency: { type: 'currency', columns: 'id externalid name symbol isinactive' },
  timebill: {
    type: 'timeBill',
    columns:
      'id externalid employee customer casetaskevent item hours trandate isbillable rate overriderate timetype memo department class location isexempt isproductive ' +
      'approvalstatus posted subsidiary createddate lastmodifieddate',
  },
  charge: {
    type: 'charge',
    columns:
      'id externalid billto chargedate billdate chargetype stage use quantity rate amount currency description memo billingitem billingmode projecttask timerecord ' +
      'invoice invoiceline creditmemo creditmemoline subsidiary department class location servicestartdate serviceenddate createddate lastmodifieddate',
  },
  accountingperiod: {
    type: 'accountingPeriod',
    columns:
      'id periodname startdate enddate closed closedondate alllocked arlocked aplocked payrolllocked allownonglchanges isadjust isquarter isyear isposting isinactive parent',
  },
  currencyrate: { type: 'currencyRate', columns: 'id externalid basecurrency transactioncurrency effectivedate exchangerate' },
  expensecategory: { type: 'expenseCategory', columns: 'id externalid name description raterequired defaultrate isinactive' },
};

/** The account's records as SuiteQL sees them. `externalid` and custom fields are columns too. */
export function suiteqlTables(records: Records): Map<string, SuiteqlTable> {
  const tables = new Map(Object.entries(TABLES).map(([name, spec]) => [name, tableOf(records, spec)]));
  tables.set('customertaxregistration', taxRegistrations(records));
  tables.set('customersubsidiaryrelationship', customerSubsidiaries(records));
  for (const [name, table] of transactionTables(records)) tables.set(name, table);
  tables.set('dual', { columns: new Map(), rows: () => [{}] });
  return tables;
}

function tableOf(records: Records, spec: TableSpec): SuiteqlTable {
  const { fields } = records.schema.type(spec.type);
  const byColumn = new Map(Object.keys(fields).map(name => [name.toLowerCase(), name]));
  const custom = Object.keys(fields)
    .filter(name => name.startsWith('cust'))
    .map(name => name.toLowerCase());
  const columns = new Map<string, Column>();
  for (const name of [...spec.columns.split(' '), ...custom]) {
    const constant = spec.constant?.[name];
    const fieldName = spec.renamed?.[name] ?? byColumn.get(name);
    if (name === 'id') columns.set(name, { value: row => Number((row as NetsuiteRow).id) });
    else if (name === 'externalid') columns.set(name, { value: row => (row as NetsuiteRow).externalId ?? null });
    else if (constant !== undefined) columns.set(name, { value: () => constant });
    else if (fieldName !== undefined) columns.set(name, columnOf(records, fieldName, fields[fieldName]));
  }
  return { columns, rows: () => records.all(spec.type), indexes: indexesOf(records, spec.type) };
}

function indexesOf(records: Records, type: string): Map<string, ColumnIndex> {
  const one = (row: NetsuiteRow | undefined) => (row ? [row] : []);
  const indexes = new Map<string, ColumnIndex>([
    ['id', { equal: value => one(records.get(type, String(value))) }],
    ['externalid', { equal: value => one(records.byExternalId(type, String(value))) }],
    ...records.indexesOf(type).map((name): [string, ColumnIndex] => [name.toLowerCase(), { equal: value => records.by(type, name, String(value)) }]),
  ]);
  if (records.keepsChanges(type)) {
    indexes.set('lastmodifieddate', {
      from: value => (value instanceof Date ? records.changedSince(type, value.toISOString().slice(0, 19)) : records.all(type)),
    });
  }
  return indexes;
}

function columnOf(records: Records, name: string, field: Field): Column {
  const read = (row: unknown) => (row as NetsuiteRow).values[name];
  switch (field.kind) {
    case 'flag':
      return { value: row => (read(row) === true ? 'T' : 'F') };
    case 'hours':
      return { value: row => (read(row) === undefined ? null : minutesOf(read(row)) / 60) };
    case 'date':
    case 'dateTime':
      return { value: row => (read(row) === undefined ? null : new Date(read(row) as string)) };
    case 'reference':
      return {
        value: row => (read(row) === undefined ? null : Number(read(row))),
        display: row => (read(row) === undefined ? null : (records.label(field.to, read(row) as string) ?? null)),
      };
    case 'enum':
      return { value: row => (read(row) as string | undefined) ?? null, display: row => field.values[read(row) as string] ?? null };
    default:
      return { value: row => (read(row) as Value | undefined) ?? null };
  }
}

interface TaxRegistration {
  entity: string;
  line: Record<string, unknown>;
}

function taxRegistrations(records: Records): SuiteqlTable {
  const of = (name: string): Column => ({ value: row => ((row as TaxRegistration).line[name] as Value | undefined) ?? null });
  return {
    columns: new Map([
      ['id', of('id')],
      [
        'entity',
        { value: row => Number((row as TaxRegistration).entity), display: row => records.label('customer', (row as TaxRegistration).entity) ?? null },
      ],
      ['nexuscountry', of('nexusCountry')],
      ['taxregistrationnumber', of('taxRegistrationNumber')],
    ]),
    rows: () =>
      records
        .all('customer')
        .flatMap(({ id, values }) => ((values.taxRegistration as Record<string, unknown>[] | undefined) ?? []).map(line => ({ entity: id, line }))),
  };
}

/** A customer's own subsidiary, and those of its relationships. */
function customerSubsidiaries(records: Records): SuiteqlTable {
  const of = (name: string): Column => ({ value: row => Number((row as Record<string, unknown>)[name]) });
  return {
    columns: new Map([
      ['id', of('id')],
      ['entity', of('entity')],
      ['subsidiary', of('subsidiary')],
      ['isprimarysub', { value: row => ((row as { primary: boolean }).primary ? 'T' : 'F') }],
    ]),
    rows: () => [
      ...records.all('customer').map(({ id, values: { subsidiary } }) => ({ id, entity: id, subsidiary, primary: true })),
      ...records.all('customerSubsidiaryRelationship').map(({ id, values: { entity, subsidiary } }) => ({ id, entity, subsidiary, primary: false })),
    ],
  };
}
