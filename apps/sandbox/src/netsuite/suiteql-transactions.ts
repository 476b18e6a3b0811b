import { linesOf } from './billing.rules.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import type { Column, SuiteqlTable } from './suiteql-table.js';
import type { Value } from './suiteql-values.js';

interface Kind {
  /** Its name in SuiteQL. */
  code: string;
  /** The record type of `entity`, and the field that holds it. */
  entity: { type: string; field: string };
  total: string;
  /** Whether its lines are credits: their amounts then have the other sign. */
  linesAreCredits: boolean;
}

const KINDS: Record<string, Kind> = {
  invoice: { code: 'CustInvc', entity: { type: 'customer', field: 'entity' }, total: 'total', linesAreCredits: true },
  creditMemo: { code: 'CustCred', entity: { type: 'customer', field: 'entity' }, total: 'total', linesAreCredits: false },
  customerPayment: { code: 'CustPymt', entity: { type: 'customer', field: 'customer' }, total: 'payment', linesAreCredits: true },
  expenseReport: { code: 'ExpRept', entity: { type: 'employee', field: 'entity' }, total: 'total', linesAreCredits: false },
};
const TYPES = Object.keys(KINDS);

interface Transaction {
  type: string;
  row: NetsuiteRow;
}

interface Line extends Transaction {
  /** 0: the main line. */
  id: number;
  values: Values;
}

/**
 * Invoices, credit memos, payments and expense reports in one table, and their lines in another.
 */
export function transactionTables(records: Records): [string, SuiteqlTable][] {
  return [
    ['transaction', transactions(records)],
    ['transactionline', transactionLines(records)],
  ];
}

const of = (type: string) => (row: NetsuiteRow) => ({ type, row });
const every = (records: Records): Transaction[] => TYPES.flatMap(type => records.all(type).map(of(type)));

/** Transactions share one series of ids. */
const byId = (records: Records, id: Value): Transaction[] =>
  TYPES.flatMap(type => {
    const row = records.get(type, String(id));
    return row ? [{ type, row }] : [];
  });

function transactions(records: Records): SuiteqlTable {
  const text = (name: string): Column => ({ value: row => ((row as Transaction).row.values[name] as Value | undefined) ?? null });
  const day = (name: string): Column => ({ value: row => dateOf((row as Transaction).row.values[name]) });
  const to = (name: string, type: string): Column => ({
    value: row => idOf((row as Transaction).row.values[name]),
    display: row => records.label(type, String((row as Transaction).row.values[name])) ?? null,
  });
  const columns = new Map<string, Column>([
    ['id', { value: row => Number((row as Transaction).row.id) }],
    ['type', { value: row => KINDS[(row as Transaction).type].code }],
    ['tranid', text('tranId')],
    ['externalid', { value: row => (row as Transaction).row.externalId ?? null }],
    ['trandate', day('tranDate')],
    ['duedate', day('dueDate')],
    ['createddate', day('createdDate')],
    ['lastmodifieddate', day('lastModifiedDate')],
    ['entity', entityColumn(records)],
    ['currency', currencyColumn(records)],
    ['postingperiod', to('postingPeriod', 'accountingPeriod')],
    ['status', statusColumn(records)],
    ['memo', text('memo')],
    ['posting', { value: () => 'T' }],
    ['voided', { value: row => ((row as Transaction).row.values.status === 'V' ? 'T' : 'F') }],
    ['foreigntotal', { value: row => totalOf(row as Transaction) }],
    ['foreignamountpaid', text('amountPaid')],
    ['foreignamountunpaid', text('amountRemaining')],
  ]);
  return {
    columns,
    rows: () => every(records),
    indexes: new Map([
      ['id', { equal: value => byId(records, value) }],
      [
        'externalid',
        { equal: value => TYPES.flatMap(type => [records.byExternalId(type, String(value))].flatMap(row => (row ? [{ type, row }] : []))) },
      ],
      ['lastmodifieddate', { from: value => changedSince(records, value) }],
      ['type', { weak: true, equal: value => TYPES.filter(type => KINDS[type].code === value).flatMap(type => records.all(type).map(of(type))) }],
    ]),
  };
}

function transactionLines(records: Records): SuiteqlTable {
  const column = (read: (line: Line) => Value): Column => ({ value: row => read(row as Line) });
  const to = (name: string, type: string): Column => ({
    value: row => idOf((row as Line).values[name]),
    display: row => records.label(type, String((row as Line).values[name])) ?? null,
  });
  const amount = column(line => signedAmount(line));
  const columns = new Map<string, Column>([
    ['uniquekey', column(({ row, id }) => Number(row.id) * 1000 + id)],
    ['id', column(({ id }) => id)],
    ['transaction', column(({ row }) => Number(row.id))],
    ['mainline', column(({ id }) => (id === 0 ? 'T' : 'F'))],
    ['taxline', column(() => 'F')],
    ['item', to('item', 'serviceSaleItem')],
    ['quantity', column(({ values }) => (values.quantity as Value | undefined) ?? null)],
    ['rate', column(({ values }) => (values.rate as Value | undefined) ?? null)],
    ['foreignamount', amount],
    ['netamount', amount],
    ['entity', entityColumn(records)],
    ['subsidiary', column(({ row }) => idOf(row.values.subsidiary))],
    ['department', to('department', 'department')],
    ['class', to('class', 'classification')],
    ['location', to('location', 'location')],
    ['memo', column(({ values }) => ((values.memo ?? values.description) as Value | undefined) ?? null)],
  ]);
  return {
    columns,
    rows: () => every(records).flatMap(linesWithin),
    indexes: new Map([['transaction', { equal: value => byId(records, value).flatMap(linesWithin) }]]),
  };
}

/** The main line first, then those of every sublist. */
function linesWithin({ type, row }: Transaction): Line[] {
  const { memo, item, time, expCost, expense, apply } = row.values;
  const lines = [item, time, expCost, expense, type === 'customerPayment' ? apply : undefined].flatMap(linesOf);
  return [{ memo }, ...lines].map((values, id) => ({ type, row, id, values }));
}

/**
 * Amounts owed have the sign of the total; the amounts that compose them have the opposite sign on
 * earned ones.
 */
function signedAmount(line: Line): Value {
  const { linesAreCredits, total } = KINDS[line.type];
  const amount = line.id === 0 ? line.row.values[total] : line.values.amount;
  if (amount === undefined) return null;
  const negative = line.id === 0 ? !linesAreCredits : linesAreCredits;
  return negative ? -Number(amount) || 0 : Number(amount);
}

const totalOf = ({ type, row }: Transaction): Value => (row.values[KINDS[type].total] as Value | undefined) ?? null;
const idOf = (value: unknown): Value => (value === undefined ? null : Number(value));
const dateOf = (value: unknown): Value => (value === undefined ? null : new Date(value as string));

function changedSince(records: Records, since: Value): Transaction[] {
  if (!(since instanceof Date)) return every(records);
  return TYPES.flatMap(type => records.changedSince(type, since.toISOString().slice(0, 19)).map(of(type)));
}

function entityColumn(records: Records): Column {
  const entityOf = (row: unknown) => (row as Transaction).row.values[KINDS[(row as Transaction).type].entity.field];
  return {
    value: row => idOf(entityOf(row)),
    display: row => records.label(KINDS[(row as Transaction).type].entity.type, String(entityOf(row))) ?? null,
  };
}

/** A report's own is called otherwise in its record. */
function currencyColumn(records: Records): Column {
  const currencyOf = (row: unknown) => (row as Transaction).row.values.currency ?? (row as Transaction).row.values.expensereportcurrency;
  return { value: row => idOf(currencyOf(row)), display: row => records.label('currency', String(currencyOf(row))) ?? null };
}

function statusColumn(records: Records): Column {
  const statusOf = (row: unknown) => (row as Transaction).row.values.status as string | undefined;
  return {
    value: row => statusOf(row) ?? null,
    display: row => {
      const field = records.schema.type((row as Transaction).type).fields.status;
      return field?.kind === 'enum' ? (field.values[statusOf(row) ?? ''] ?? null) : null;
    },
  };
}
