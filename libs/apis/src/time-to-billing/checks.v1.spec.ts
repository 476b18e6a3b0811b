import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedDays, CheckedEntry, DaysToCheck } from './checks.js';
import { CheckBody, down, fieldOf, up, type CheckedLine, type CheckView, type ExpenseToCheck, type TimeToCheck } from './checks.v1.js';

const text = fc.string({ maxLength: 12 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** As JSON carries it: what is absent has no name either. */
const record = <T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(fields as never).map(made => JSON.parse(JSON.stringify(made)) as T);

const amount = fc.integer({ min: -9_999_999, max: 9_999_999 }).map(cents => (cents / 100).toFixed(2));
const money = record({ amount, currency: fc.constantFrom('GBP', 'EUR', 'JPY') });
// few people and dates, so that neighbours often share a day, and a day often comes again later
const person = record({ email: fc.constantFrom('ada@x.example', 'bob@x.example', ''), name: maybe(fc.constantFrom('Ada', 'Bob')) });
const date = fc.constantFrom('2026-11-02', '2026-11-03');
const id = fc.constantFrom('a', 'b', 'c', 'd');

const time = record<TimeToCheck>({
  id,
  projectId: id,
  taskId: maybe(id),
  person,
  workDate: date,
  workedMinutes: fc.nat(1440),
  role: maybe(text),
  billable: fc.boolean(),
  overtime: fc.boolean(),
  psaRate: maybe(money),
  note: maybe(text),
});
const expense = record<ExpenseToCheck>({
  id,
  projectId: id,
  taskId: maybe(id),
  person,
  expenseDate: date,
  category: text,
  amount: money,
  tax: maybe(record({ amount, recoverable: maybe(fc.boolean()) })),
  billable: fc.boolean(),
  reimbursable: fc.boolean(),
  receiptAttached: fc.boolean(),
  note: maybe(text),
});
const body = record<CheckBody>({ time: fc.array(time), expenses: fc.array(expense) });

const reason = record({ code: text, text });
const line = record<CheckedLine>({
  id,
  ready: fc.boolean(),
  money: maybe(money),
  faults: fc.array(record({ code: text, text, field: maybe(text), desk: fc.constantFrom('finance', 'pmo'), need: text })),
  explanation: fc.array(reason),
});

/** What version 2 has, said in the words of version 1. */
const back = ({ days }: DaysToCheck): CheckBody => ({
  time: days.flatMap(({ person, date, time = [] }) => time.map(entry => ({ ...entry, person, workDate: date }))),
  expenses: days.flatMap(({ person, date, expenses = [] }) =>
    expenses.map(({ tax, ...entry }) => ({ ...entry, person, expenseDate: date, ...(tax ? { tax: { ...tax, amount: tax.amount.amount } } : {}) })),
  ),
});

/** Version 2, where each entry is answered as `say` has it. */
const answered = ({ days }: DaysToCheck, say: (entry: { id: string }) => CheckedEntry): CheckedDays => {
  const said = days.map(({ time = [], expenses = [] }) => ({ time: time.map(say), expenses: expenses.map(say) }));
  return { ready: said.flatMap(day => [...day.time, ...day.expenses]).filter(({ ready }) => ready).length, days: said };
};

describe('a request of version 1', () => {
  it('comes back from version 2 with all that it had, in its order', () => {
    fc.assert(
      fc.property(body, asked => {
        expect(back(up({ body: asked }).body)).toEqual(asked);
      }),
    );
  });

  it('gives the tax of an expense the currency of what was spent', () => {
    const spent = { ...fc.sample(expense, 1)[0], amount: { amount: '120.00', currency: 'GBP' }, tax: { amount: '20.00', recoverable: true } };
    expect(up({ body: { expenses: [spent] } }).body.days[0].expenses![0].tax).toEqual({
      amount: { amount: '20.00', currency: 'GBP' },
      recoverable: true,
    });
  });

  it('may leave a list out, or have null in its place', () => {
    expect(up({ body: {} })).toEqual({ body: { days: [] } });
    expect(up({ body: { time: null, expenses: null } as never })).toEqual({ body: { days: [] } });
  });
});

describe('an answer of version 1', () => {
  it('has what version 2 says of each line, in the order of the request', () => {
    fc.assert(
      fc.property(body, fc.array(line, { minLength: 4, maxLength: 4 }), (asked, lines) => {
        const say = ({ id }: { id: string }): CheckedLine => lines['abcd'.indexOf(id)];
        const said = [...asked.time!, ...asked.expenses!].map(say);
        const expected: CheckView = { ready: said.filter(({ ready }) => ready).length, lines: said };
        expect(down(answered(up({ body: asked }).body, say))).toEqual(expected);
      }),
    );
  });

  it('is a refusal where version 2 has a problem of one entry or day', () => {
    const problem = { type: 'urn:throughline:problem:invalid', title: '', status: 400, detail: 'No.', code: 'c', fields: [] };
    const entry: CheckedEntry = { id: 'a', ready: false, faults: [], explanation: [], problem };
    expect(() => down({ ready: 0, days: [{ time: [entry], expenses: [] }] })).toThrow('No.');
    expect(() => down({ ready: 0, days: [{ time: [], expenses: [], problem }] })).toThrow('No.');
  });
});

describe('a field of version 2', () => {
  const valueAt = (held: unknown, path: string): unknown =>
    path
      .split(/[.[\]]+/)
      .filter(Boolean)
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], held);

  function* paths(value: unknown, at = ''): Generator<string> {
    if (typeof value !== 'object' || value === null) return yield at;
    for (const [name, part] of Object.entries(value))
      yield* paths(part, Array.isArray(value) ? `${at}[${name}]` : at === '' ? name : `${at}.${name}`);
  }

  it('has in version 1 the name under which its value was sent', () => {
    fc.assert(
      fc.property(body, asked => {
        const { body: now } = up({ body: asked });
        for (const path of paths(now)) {
          if (path.endsWith('tax.amount.currency')) continue;
          const older = fieldOf(path, { body: asked });
          expect([path, older, valueAt(asked, older)]).toEqual([path, older, valueAt(now, path)]);
        }
      }),
    );
  });

  it('is the list itself where it is all of them', () => {
    expect(fieldOf('days', { body: {} })).toBe('time');
    expect(fieldOf('If-Match', { body: {} })).toBe('If-Match');
  });
});
