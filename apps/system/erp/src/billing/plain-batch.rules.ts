import { BATCH_OPERATIONS, BILLABLE_KINDS, type BillingBatch } from '#canonical';

type Check = (value: unknown) => boolean;

/** The expected form of each field; fields in `may` may be absent. */
interface Shape {
  must: Record<string, Check>;
  may: Record<string, Check>;
}

const DAY = /^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/;
const LATE_DAY = /^(?!0000)\d{4}-\d\d-\d\d$/;
const ID = /^[A-Za-z0-9_-]{1,80}$/;
const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;
const CURRENCY = /^[A-Z]{3}$/;
const MOST = 1000;

const like =
  (form: RegExp): Check =>
  value =>
    typeof value === 'string' && form.test(value);
const text =
  (max: number): Check =>
  value =>
    typeof value === 'string' && value.length <= max;
const oneOf =
  (values: readonly string[]): Check =>
  value =>
    values.includes(value as string);
const listOf =
  (item: Check): Check =>
  value =>
    Array.isArray(value) && value.length <= MOST && value.every(item);
const flag: Check = value => typeof value === 'boolean';
const day: Check = value => typeof value === 'string' && (DAY.test(value) || (LATE_DAY.test(value) && isDay(value)));

function isDay(value: string): boolean {
  const read = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(value);
}

function shaped({ must, may }: Shape): Check {
  const required = Object.keys(must).length;
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let met = 0;
    for (const [name, part] of Object.entries(value)) {
      const check = Object.hasOwn(must, name) ? must[name] : undefined;
      if (check) met++;
      if (!(check ?? (Object.hasOwn(may, name) ? may[name] : undefined))?.(part)) return false;
    }
    return met === required;
  };
}

const money = shaped({ must: { amount: like(DECIMAL), currency: like(CURRENCY) }, may: {} });

const line = shaped({
  must: {
    externalId: like(ID),
    kind: oneOf(BILLABLE_KINDS),
    projectId: like(ID),
    employeeNumber: text(40),
    legalEntity: text(40),
    costCentre: text(40),
    taxCode: text(40),
    workDate: day,
    postingDate: day,
    billable: flag,
    amount: money,
    memo: text(300),
  },
  may: {
    taskId: like(ID),
    minutes: Number.isInteger,
    role: text(80),
    ratePerHour: money,
    category: text(120),
    spent: money,
  },
});

const batch = shaped({
  must: { operation: oneOf(BATCH_OPERATIONS), kind: oneOf(BILLABLE_KINDS), transactions: listOf(line), externalIds: listOf(like(ID)) },
  may: {},
});

/**
 * Whether a request is certainly a valid batch. Validating the class takes longer for a hundred
 * lines than all the rest of the app's work on them, so that is done only where this check is not
 * certain, to find every fault. It must never accept what the class refuses.
 */
export const isPlainBatch = (value: unknown): value is BillingBatch => batch(value);
