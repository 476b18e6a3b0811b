import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, type BillableTransaction, type TimeEntry } from '#canonical';
import { amountOfCents, centsOf, divideRounded } from '../pricing/integers.fixture.js';
import { assessTime } from '../assessment/assess.rules.js';
import { externalIdOf, reversalOf } from './billable-transaction.rules.js';
import { aRate, aTimeEntry, PROJECT, theFacts, theProject } from '../facts/line-facts.fixture.js';
import { nextOperation, type Desired, type PartInForce } from './next-operation.rules.js';
import { versionAfter, type KnownVersion, type LineNotice } from './versions.rules.js';

/**
 * An ERP that holds transactions and sometimes invoices them; it refuses an external id that it has
 * seen before.
 */
class Erp {
  readonly held = new Map<string, { transaction: BillableTransaction; billed: boolean }>();
  readonly used = new Set<string>();

  constructor(readonly reversalsAllowed: boolean) {}

  post(transaction: BillableTransaction): void {
    if (this.used.has(transaction.externalId)) throw new Error(`${transaction.externalId} is used up`);
    this.used.add(transaction.externalId);
    this.held.set(transaction.externalId, { transaction, billed: false });
  }

  remove(externalId: string): void {
    if (this.held.get(externalId)?.billed !== false) throw new Error(`${externalId} is billed or not there`);
    this.held.delete(externalId);
  }

  invoiceAll(): void {
    for (const one of this.held.values()) one.billed = true;
  }

  /** What customers are charged, per project and day, in cents. */
  billing(): Record<string, bigint> {
    const sums: Record<string, bigint> = {};
    for (const { transaction } of this.held.values()) {
      const key = `${transaction.projectId} ${transaction.workDate}`;
      sums[key] = (sums[key] ?? 0n) + centsOf(transaction.amount.amount);
    }
    return Object.fromEntries(Object.entries(sums).filter(([, cents]) => cents !== 0n));
  }

  parts(): PartInForce[] {
    return [...this.held.values()].map(({ transaction: { externalId, kind, amount }, billed }) => ({
      externalId,
      kind,
      amount,
      state: billed ? 'billed' : 'unbilled',
    }));
  }
}

const facts = (entry: TimeEntry) =>
  theFacts({
    project: theProject(),
    assignments: [],
    projectStaffed: false,
    rates: [aRate({ amount: '99.99' }), aRate({ id: 'new', amount: '107.77', from: '2026-11-18' })],
    otherMinutesThatDay: 0,
    ...(entry.projectId === PROJECT ? {} : { project: theProject({ id: entry.projectId }) }),
  });

const RULES = { versionAfter, nextOperation };

/** One line as the process drives it: versions from notices, a price, and one operation at a time. */
class DrivenLine {
  known: KnownVersion | null = null;
  newest: LineNotice | undefined;

  constructor(
    readonly lineId: string,
    readonly erp: Erp,
    readonly rules: typeof RULES,
  ) {}

  hear(notice: LineNotice): void {
    const next = this.rules.versionAfter(this.known, notice);
    if (next !== this.known) this.newest = notice;
    this.known = next;
  }

  /** One step; false when there is nothing to do. */
  step(): boolean {
    if (!this.known) return false;
    const { version, hash } = this.known;
    const externalId = externalIdOf({ lineId: this.lineId, version });
    const desired: Desired = hash === null ? { state: 'withdrawn' } : { state: 'priced', parts: [{ externalId }] };
    const operation = this.rules.nextOperation(this.erp.parts().filter(this.#own), desired, this.erp);
    switch (operation.operation) {
      case 'post':
        this.erp.post({ externalId, ...this.#priced() });
        return true;
      case 'remove':
        this.erp.remove(operation.externalId);
        return true;
      case 'reverse':
        this.erp.post(reversalOf(this.erp.held.get(operation.externalId)!.transaction, '2026-12-01'));
        return true;
      case 'need-credit':
        // Finance credits what it was asked to credit.
        for (const credited of operation.externalIds) this.erp.held.delete(credited);
        return true;
      case 'nothing':
        return false;
    }
  }

  readonly #own = ({ externalId }: PartInForce): boolean => externalId.startsWith(`tl-${this.lineId}-`);

  #priced(): Omit<BillableTransaction, 'externalId'> {
    const entry = this.newest!.entry as TimeEntry;
    const assessment = assessTime(entry, facts(entry));
    if ('faults' in assessment) throw new Error(JSON.stringify(assessment.faults));
    return assessment.priced.transaction;
  }
}

const correction = fc.record({
  workedMinutes: fc.constantFrom(0, 7, 60, 451),
  workDate: fc.constantFrom('2026-11-17', '2026-11-18'),
  projectId: fc.constantFrom(PROJECT, 'prj_00000000000000000002'),
  approval: fc.constantFrom('approved' as const, 'approved' as const, 'approved' as const, 'rejected' as const),
  deleted: fc.constantFrom(false, false, false, true),
});

/** A line is first published when it is approved. */
const approval = fc.record({
  workedMinutes: fc.constantFrom(7, 60, 451),
  workDate: fc.constantFrom('2026-11-17', '2026-11-18'),
  projectId: fc.constant(PROJECT),
  approval: fc.constant('approved' as const),
  deleted: fc.constant(false),
});

type Correction = typeof correction extends fc.Arbitrary<infer T> ? T : never;

const LINES = ['tim_00000000000000000001', 'tim_00000000000000000002'];

const noticesOf = (lineId: string, corrections: Correction[]): { lineId: string; notice: LineNotice }[] =>
  corrections.map(({ deleted, ...over }, index) => ({
    lineId,
    notice: { sequence: index + 1, entry: aTimeEntry({ id: lineId, ...over }), deleted },
  }));

/** The worth of the newest corrections, in whole numbers only. */
function expectedOf(histories: Correction[][]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const history of histories) {
    const { workedMinutes, workDate, projectId, approval, deleted } = history.at(-1)!;
    if (deleted || approval !== 'approved' || workedMinutes === 0) continue;
    const key = `${projectId} ${workDate}`;
    sums[key] = (sums[key] ?? 0n) + divideRounded((workDate < '2026-11-18' ? 9999n : 10_777n) * BigInt(workedMinutes), 60n);
  }
  return sums;
}

const histories = fc.tuple(
  ...LINES.map(() => fc.tuple(approval, fc.array(correction, { maxLength: 5 })).map(([first, rest]): Correction[] => [first, ...rest])),
);

/**
 * First approvals, then all corrections in any order, some of them twice, and between two notices
 * some steps and perhaps an invoice run.
 */
const arrivals = histories.chain(all => {
  const firsts = all.map((history, index) => noticesOf(LINES[index], history)[0]);
  const rest = all.flatMap((history, index) => noticesOf(LINES[index], history).slice(1));
  const shuffled = fc.tuple(fc.shuffledSubarray(rest, { minLength: rest.length }), fc.subarray([...firsts, ...rest]));
  return shuffled.chain(([corrections, again]) => {
    const arriving = [...firsts, ...corrections, ...again];
    const between = fc.record({ steps: fc.integer({ min: 0, max: 3 }), invoice: fc.boolean() });
    return fc.tuple(fc.constant(all), fc.constant(arriving), fc.array(between, { minLength: arriving.length, maxLength: arriving.length }));
  });
});

/** In whatever order notices come, in the end the ERP bills what the newest corrections say. */
const billsTheNewest = (reversalsAllowed: boolean, rules: typeof RULES) =>
  fc.property(arrivals, ([all, arriving, between]) => {
    const erp = new Erp(reversalsAllowed);
    const lines = new Map(LINES.map(lineId => [lineId, new DrivenLine(lineId, erp, rules)]));
    for (const [index, { lineId, notice }] of arriving.entries()) {
      lines.get(lineId)!.hear(notice);
      for (let step = 0; step < between[index].steps; step++) for (const line of lines.values()) line.step();
      if (between[index].invoice) erp.invoiceAll();
    }
    for (const line of lines.values()) while (line.step());
    return isDeepStrictEqual(erp.billing(), expectedOf(all));
  });

describe('the order in which corrections arrive', () => {
  it.each([true, false])('does not change what is billed (reversals allowed: %s)', reversalsAllowed => {
    expect(fc.check(billsTheNewest(reversalsAllowed, RULES), { numRuns: 300 })).toMatchObject({ failed: false, counterexample: null });
  });

  const broken: [string, Partial<typeof RULES>][] = [
    ['an older notice counted as a newer one', { versionAfter: (known, notice) => versionAfter(known && { ...known, sequence: 0 }, notice) }],
    [
      'nothing older were taken out',
      {
        nextOperation: (inForce, desired, erp) =>
          nextOperation(
            inForce.filter(({ externalId }) => desired.state === 'priced' && desired.parts.some(part => part.externalId === externalId)),
            desired,
            erp,
          ),
      },
    ],
    [
      'what is billed were left',
      {
        nextOperation: (inForce, desired, erp) =>
          nextOperation(
            inForce.filter(({ state }) => state === 'unbilled'),
            desired,
            erp,
          ),
      },
    ],
  ];

  it.each(broken)('would change it if %s', (_, rules) => {
    expect(fc.check(billsTheNewest(true, { ...RULES, ...rules }), { numRuns: 300 }).failed).toBe(true);
  });

  it('posts a line that was approved once exactly once, however often it is published', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), times => {
        const erp = new Erp(true);
        const line = new DrivenLine(LINES[0], erp, RULES);
        for (let time = 0; time < times; time++) {
          line.hear({ sequence: 1, entry: aTimeEntry({ id: LINES[0], workedMinutes: 60, workDate: '2026-11-17' }), deleted: false });
          line.step();
        }
        expect([...erp.held.values()].map(({ transaction }) => transaction.amount)).toEqual([money(amountOfCents(9999n), 'GBP')]);
      }),
    );
  });
});
