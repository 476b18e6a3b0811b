import { describe, expect, it } from 'vitest';
import { check, publishedId, type Evidence, type LedgerEntry, type Overage, type ProjectKnown } from './checker.js';

const PROJECT: ProjectKnown = { id: publishedId('prj', 'firm', 'P-0001'), number: 'P-0001', currency: 'GBP', billed: true, notToExceed: null };
const OTHER: ProjectKnown = { ...PROJECT, id: publishedId('prj', 'firm', 'P-9001'), number: 'P-9001' };
const CAPPED: ProjectKnown = { ...PROJECT, id: publishedId('prj', 'firm', 'P-0002'), number: 'P-0002', notToExceed: 150_000n };

/** What a deal became that was won in the CRM. */
const SOLD = publishedId('prj', publishedId('dea', 'salesforce', '00D1', '006A'));
const account = (id: string) => publishedId('cus', 'salesforce', '00D1', id);

/** Ledgers as the sandboxes tell them, written by hand: approved time at 208.00 an hour, and what became of it in the ERP. */
class Ledgers {
  readonly crm: LedgerEntry[] = [];
  readonly psa: LedgerEntry[] = [];
  readonly erp: LedgerEntry[] = [];
  readonly openExceptions = new Map<string, string>();
  readonly planted = new Set<string>();
  readonly overages = new Map<string, Overage>();
  negativeLines = true;
  #seq = 0;

  entry(id: string, o: { minutes?: number; approved?: boolean; workspace?: string; date?: string } = {}): string {
    const after = {
      id,
      workspace_id: o.workspace ?? '41',
      user_id: '1002',
      role_id: '1',
      date_performed: o.date ?? '2026-11-02',
      time_in_minutes: o.minutes ?? 450,
      billable: true,
      approved: o.approved ?? true,
      notes: `line ${id}`,
    };
    this.psa.push({ seq: ++this.#seq, type: 'time_entries', id, externalId: null, before: this.#last(this.psa, 'time_entries', id), after });
    return publishedId('tim', 'kantata', '7001', id);
  }

  expense(id: string, o: { cents: number; in?: string; approved?: boolean; workspace?: string }): string {
    const after = {
      id,
      workspace_id: o.workspace ?? '41',
      user_id: '1002',
      date: '2026-11-02',
      amount_in_cents: o.in ? 1 : o.cents,
      foreign_exchange_amount: o.in ? { source_value: o.cents, source_currency: o.in } : null,
      is_billable: true,
      approved: o.approved ?? true,
      notes: `expense ${id}`,
    };
    this.psa.push({ seq: ++this.#seq, type: 'expenses', id, externalId: null, before: this.#last(this.psa, 'expenses', id), after });
    return publishedId('exp', 'kantata', '7001', id);
  }

  deleted(id: string): void {
    this.psa.push({ seq: ++this.#seq, type: 'time_entries', id, externalId: null, before: this.#last(this.psa, 'time_entries', id), after: null });
  }

  charged(externalId: string, amount: number, currency = '2', invoice?: string): void {
    this.#written('charge', externalId, {
      externalId,
      billTo: { id: '7', externalId: PROJECT.id },
      chargeEmployee: { id: '9', externalId: '1002' },
      chargeDate: '2026-11-02',
      currency: { id: currency },
      amount,
      ...(invoice ? { invoice: { id: invoice } } : {}),
    });
  }

  reported(externalId: string, amount: number, currency = '2', project = PROJECT.id): void {
    const line = { customer: { id: '7', externalId: project }, expensedate: '2026-11-02', isBillable: true, amount };
    const [entity, expensereportcurrency] = [{ id: '9', externalId: '1002' }, { id: currency }];
    this.#written('expenseReport', externalId, { externalId, entity, expensereportcurrency, expense: { items: [line] } });
  }

  /** What was spent, of which nothing is billed. */
  booked(externalId: string, amount: number, currency = '2'): void {
    const line = { customer: { id: '7', externalId: PROJECT.id }, expensedate: '2026-11-02', isBillable: false, amount };
    const [entity, expensereportcurrency] = [{ id: '9', externalId: '1002' }, { id: currency }];
    this.#written('expenseReport', externalId, { externalId, entity, expensereportcurrency, expense: { items: [line] } });
  }

  posted(externalId: string, o: { hours?: string; rate?: number; project?: string; date?: string } = {}): void {
    const after = {
      externalId,
      employee: { id: '9', externalId: '1002' },
      customer: { id: '7', externalId: o.project ?? PROJECT.id },
      tranDate: o.date ?? '2026-11-02',
      hours: o.hours ?? '7:30',
      rate: o.rate ?? 208,
      isBillable: true,
    };
    this.#written('timeBill', externalId, after);
  }

  #written(type: string, externalId: string, after: object): void {
    const id = `n-${externalId}`;
    this.erp.push({ seq: ++this.#seq, type, id, externalId, before: this.#last(this.erp, type, id), after });
  }

  removed(externalId: string): void {
    const id = `n-${externalId}`;
    this.erp.push({ seq: ++this.#seq, type: 'timeBill', id, externalId, before: this.#last(this.erp, 'timeBill', id), after: null });
  }

  capped(at: number | undefined): void {
    const { id } = CAPPED;
    this.erp.push({ seq: ++this.#seq, type: 'job', id: '7', externalId: id, before: {}, after: { custentity_not_to_exceed: at } });
  }

  /** Finance merges the customer of the project into another. */
  merged(): void {
    const [before, after] = ['11', '12'].map(id => ({ parent: { id } }));
    this.erp.push({ seq: ++this.#seq, type: 'job', id: '8', externalId: PROJECT.id, before, after });
  }

  /** What an invoice has of one transaction: time, or what is charged. */
  billed(invoice: string, externalId: string, amount: number, o: { type?: 'timeBill' | 'charge'; void?: boolean } = {}): void {
    const id = `n-${externalId}`;
    const sublist =
      o.type === 'charge' ? { item: { items: [{ charge: { id }, amount }] } } : { time: { items: [{ apply: true, doc: { id }, amount }] } };
    const after = { status: { id: o.void ? 'V' : 'A' }, ...sublist };
    this.erp.push({ seq: ++this.#seq, type: 'invoice', id: invoice, externalId: null, before: null, after });
  }

  /** Eight hours of two days, 1,664.00 each, on the project that is capped at 1,500.00: 7 h 12 min fit, which are 1,497.60. */
  overCap(): [string, string] {
    const lines = [
      this.entry('1', { minutes: 480, workspace: '43' }),
      this.entry('2', { minutes: 480, workspace: '43', date: '2026-11-03' }),
    ] as const;
    this.posted(`tl-${lines[0]}-v1`, { hours: '7:12', project: CAPPED.id });
    this.overages.set(lines[0], { minutes: 48, cents: 16_640n });
    this.overages.set(lines[1], { minutes: 480, cents: 166_400n });
    return [...lines];
  }

  #last(rows: LedgerEntry[], type: string, id: string): unknown {
    return rows.findLast(row => row.type === type && row.id === id)?.after ?? null;
  }

  verdict() {
    const evidence: Evidence = {
      crm: this.crm,
      psa: this.psa,
      erp: this.erp,
      openExceptions: this.openExceptions,
      planted: this.planted,
      overages: this.overages,
      known: {
        psaAccount: '7001',
        crmAccount: '00D1',
        sold: new Map([[SOLD, '44']]),
        negativeLines: this.negativeLines,
        projects: new Map([
          ['41', PROJECT],
          ['42', OTHER],
          ['43', CAPPED],
        ]),
        workers: new Map([['1002', { employeeNumber: '1002', role: 'ARCHITECT' }]]),
        roles: new Map([['1', 'ARCHITECT']]),
        currencies: new Map([
          ['1', 'EUR'],
          ['2', 'GBP'],
        ]),
        rateOf: () => 20_800n,
        exchangeRateOf: from => (from === 'EUR' ? '0.8615' : undefined),
      },
    };
    return check(evidence);
  }

  rules(): string[] {
    return [...new Set(this.verdict().findings.map(({ rule }) => rule))];
  }
}

describe('the judge of a run', () => {
  it('makes the ids that are published', () => {
    // Worked out by hand from sha-256 of kantata:7001:1, 980406ca4bbde0e32159d6ac8…, and a table of Crockford's letters.
    expect(publishedId('tim', 'kantata', '7001', '1')).toBe('tim_k020djjbqqge68asttp8');
  });

  it('finds nothing wrong with a line that is posted as approved', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.verdict()).toMatchObject({ findings: [], lines: 1, approved: 1, posted: 1, clean: 1, cleanPosted: 1, versions: 1 });
  });

  it('finds nothing wrong with a correction whose older version went first', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.entry('1', { approved: false });
    ledgers.removed(`tl-${line}-v1`);
    ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v3`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a lost line, and takes an open exception for it', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.planted.add('line 1');
    expect(ledgers.rules()).toEqual(['lost', 'sum']);
    ledgers.openExceptions.set(line, 'no rate');
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees that a line with nothing wrong waits for people', () => {
    const ledgers = new Ledgers();
    ledgers.openExceptions.set(ledgers.entry('1'), 'no rate');
    expect(ledgers.rules()).toEqual(['straight-through']);
  });

  it('sees a line under two external ids', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['two-alive', 'not-newest', 'sum']));
  });

  it('sees one version posted in parts that are too much', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1-o1`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['twice', 'sum']));
  });

  it('sees an older version in force', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.entry('1', { minutes: 60 });
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['content', 'amount', 'sum']));
  });

  it('sees an older version that came back after the newer one', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.removed(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['versions-fall', 'two-alive', 'id-used-again', 'not-newest']));
  });

  it('sees two versions alive at once, also when the older one goes in the end', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    ledgers.removed(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(['two-alive']);
  });

  it('sees a transaction rewritten in place', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['rewritten']);
  });

  it('sees a transaction sent again though it is there', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(['written-again']);
  });

  it('sees a cent too much', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 1 });
    ledgers.posted(`tl-${line}-v1`, { hours: '0:01', rate: 208.5 });
    // 208.00 an hour is 3.47 a minute (3.4666…), 208.50 is 3.48 (3.475, half up).
    expect(ledgers.verdict().findings.slice(0, 2)).toMatchObject([
      { rule: 'amount' },
      { rule: 'sum', detail: "the PSA's lines are worth 347, the ERP's 348 cents" },
    ]);
  });

  it('finds nothing wrong with an expense in another currency, a refund and a refund in another currency, and counts them', () => {
    const ledgers = new Ledgers();
    // 13.10 EUR at 0.8615 is 11.28565 GBP; 10.00 is 8.615, half up away from zero.
    const [spent, back] = [ledgers.expense('1', { cents: 1310, in: 'EUR' }), ledgers.expense('3', { cents: -1000, in: 'EUR' })];
    ledgers.charged(`tl-${spent}-v1`, 11.29);
    ledgers.booked(`tl-${spent}-v1-c`, 13.1, '1');
    ledgers.reported(`tl-${ledgers.expense('2', { cents: -1310 })}-v1`, -13.1);
    ledgers.charged(`tl-${back}-v1`, -8.62);
    ledgers.booked(`tl-${back}-v1-c`, -10, '1');
    expect(ledgers.verdict()).toMatchObject({ findings: [], posted: 3, money: { 'foreign-expense': 1, refund: 2, 'foreign-refund': 1 } });
  });

  it.each([
    ['what the PSA made of it', { cents: 1310, in: 'EUR' }, 0.01],
    ['what was spent, not converted', { cents: 1310, in: 'EUR' }, 13.1],
    ['a cut cent', { cents: 1310, in: 'EUR' }, 11.28],
    ['half a cent towards zero', { cents: -1000, in: 'EUR' }, -8.61],
    ['what is to be paid back', { cents: -1310 }, 13.1],
  ])('sees an expense that is billed at %s', (_, spent, amount) => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', spent);
    ledgers.charged(`tl-${line}-v1`, amount);
    ledgers.booked(`tl-${line}-v1-c`, spent.cents / 100, 'in' in spent ? '1' : '2');
    expect(ledgers.rules()).toEqual(['amount', 'sum', 'straight-through']);
  });

  it.each<[string, [amount: number, currency: string][]]>([
    ['is not booked', []],
    ['is booked at what is billed', [[11.29, '1']]],
    ['is booked in the currency of the contract', [[13.1, '2']]],
  ])('sees that what was spent %s', (_, costs) => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'EUR' });
    ledgers.charged(`tl-${line}-v1`, 11.29);
    for (const [amount, currency] of costs) ledgers.booked(`tl-${line}-v1-c`, amount, currency);
    expect(ledgers.rules()).toEqual(['cost', 'straight-through']);
  });

  it('sees that what was spent is booked twice, or stays when the line is taken back', () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310 });
    ledgers.reported(`tl-${line}-v1`, 13.1);
    ledgers.booked(`tl-${line}-v1-c`, 13.1);
    expect(ledgers.rules()).toEqual(['cost', 'straight-through']);
    ledgers.expense('1', { cents: 1310, approved: false });
    expect(ledgers.rules()).toEqual(['not-withdrawn']);
  });

  it("sees an expense that is charged or reported in a currency that is not the contract's", () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'EUR' });
    ledgers.charged(`tl-${line}-v1`, 11.29, '1');
    ledgers.booked(`tl-${line}-v1-c`, 13.1, '1');
    ledgers.reported(`tl-${ledgers.expense('2', { cents: 1310 })}-v1`, 13.1, '1');
    expect(ledgers.rules()).toEqual(['content', 'cost', 'straight-through']);
  });

  it('sees an expense billed though the books have no exchange rate of its day', () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'JPY' });
    ledgers.planted.add('expense 1');
    ledgers.openExceptions.set(line, 'no exchange rate');
    expect(ledgers.rules()).toEqual([]);
    ledgers.openExceptions.clear();
    ledgers.charged(`tl-${line}-v1`, 0.07);
    expect(ledgers.rules()).toEqual(['amount', 'cost', 'sum']);
  });

  it.each([
    ['project', { project: OTHER.id }],
    ['day', { date: '2026-11-03' }],
  ])('sees another %s', (_, said) => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`, said);
    expect(ledgers.rules()).toEqual(['content', 'straight-through']);
  });

  it('sees what stayed of a line that was taken back or deleted', () => {
    const ledgers = new Ledgers();
    const [taken, deleted] = [ledgers.entry('1'), ledgers.entry('2')];
    ledgers.posted(`tl-${taken}-v1`);
    ledgers.posted(`tl-${deleted}-v1`);
    ledgers.entry('1', { approved: false });
    ledgers.deleted('2');
    expect(ledgers.verdict().findings.map(({ rule }) => rule)).toEqual(['not-withdrawn', 'not-withdrawn']);
    ledgers.removed(`tl-${taken}-v1`);
    ledgers.removed(`tl-${deleted}-v1`);
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { deleted: 1 } });
  });

  it('sees transactions that no approved line explains', () => {
    const ledgers = new Ledgers();
    ledgers.entry('1', { approved: false });
    ledgers.posted(`tl-${publishedId('tim', 'kantata', '7001', '1')}-v1`);
    ledgers.posted('4711');
    expect(ledgers.rules()).toEqual(['unknown-transaction']);
  });

  it('finds nothing wrong with what waits for room under a cap and is named, and with what is released of it', () => {
    const ledgers = new Ledgers();
    const [line] = ledgers.overCap();
    expect(ledgers.verdict()).toMatchObject({ findings: [], posted: 1, clean: 0, money: { 'over-cap': 2 } });
    ledgers.capped(1664);
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:48', project: CAPPED.id });
    ledgers.overages.delete(line);
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { 'over-cap': 1, 'released-overage': 1 } });
  });

  it('finds nothing wrong with the parts of a line whose cap was taken away', () => {
    const ledgers = new Ledgers();
    const [line, other] = ledgers.overCap();
    ledgers.capped(undefined);
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:48', project: CAPPED.id });
    ledgers.posted(`tl-${other}-v1`, { hours: '8:00', project: CAPPED.id, date: '2026-11-03' });
    ledgers.overages.clear();
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a cap that is passed, at rest and while lines come', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 480, workspace: '43' });
    ledgers.posted(`tl-${line}-v1`, { hours: '8:00', project: CAPPED.id });
    expect(ledgers.verdict().findings.map(({ rule, line: on }) => `${rule} ${on}`)).toEqual([`cap-passed ${line}`, `cap-passed ${CAPPED.id}`]);
    ledgers.capped(2000);
    expect(ledgers.verdict().findings.map(({ rule, line: on }) => `${rule} ${on}`)).toEqual([`cap-passed ${line}`]);
  });

  it('gives the room of a line that was taken back by a reversing one to the next', () => {
    const ledgers = new Ledgers();
    const [line, next] = ['1', '2'].map(id => ledgers.entry(id, { minutes: 432, workspace: '43' }));
    ledgers.posted(`tl-${line}-v1`, { hours: '7:12', project: CAPPED.id });
    ledgers.entry('1', { minutes: 432, workspace: '43', approved: false });
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:12', project: CAPPED.id });
    ledgers.posted(`tl-${next}-v1`, { hours: '7:12', project: CAPPED.id });
    expect(ledgers.rules()).toEqual([]);
  });

  it('takes a refund for room, also before the ERP has it', () => {
    const ledgers = new Ledgers();
    const [line, refund] = [ledgers.entry('1', { minutes: 480, workspace: '43' }), ledgers.expense('2', { cents: -16_400, workspace: '43' })];
    ledgers.posted(`tl-${line}-v1`, { hours: '8:00', project: CAPPED.id });
    ledgers.reported(`tl-${refund}-v1`, -164, '2', CAPPED.id);
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a line over the cap that is not named, and a part of one', () => {
    const ledgers = new Ledgers();
    const [first, second] = ledgers.overCap();
    ledgers.overages.delete(second);
    expect(ledgers.rules()).toEqual(['lost', 'sum', 'straight-through']);
    ledgers.overages.delete(first);
    expect(ledgers.rules()).toEqual(['content', 'amount', 'lost', 'sum', 'straight-through']);
  });

  it('sees less and more named than is over the cap', () => {
    const ledgers = new Ledgers();
    const [first, second] = ledgers.overCap();
    ledgers.overages.set(first, { minutes: 47, cents: 16_640n });
    expect(ledgers.rules()).toEqual(['content']);
    ledgers.overages.set(first, { minutes: 48, cents: 16_639n });
    expect(ledgers.rules()).toEqual(['amount', 'sum']);
    ledgers.overages.set(first, { minutes: 48, cents: 16_640n });
    ledgers.overages.set(second, { minutes: 480, cents: 166_401n });
    expect(ledgers.rules()).toEqual(['overage', 'sum']);
  });

  it('counts a line of a project whose customer was merged, before and after it was, and sees one that went with it', () => {
    const ledgers = new Ledgers();
    const [before, after, lost] = ['1', '2', '3'].map(id => ledgers.entry(id));
    ledgers.posted(`tl-${before}-v1`);
    ledgers.posted(`tl-${lost}-v1`);
    ledgers.merged();
    ledgers.posted(`tl-${after}-v1`);
    expect(ledgers.verdict().money['after-merge']).toBe(3);
    ledgers.removed(`tl-${lost}-v1`);
    const { findings, money } = ledgers.verdict();
    expect(findings.map(({ rule, line }) => `${rule} ${line}`)).toContain(`lost ${lost}`);
    expect(money['after-merge']).toBe(2);
  });

  it('sees overage of a project without a cap', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 480 });
    ledgers.overages.set(line, { minutes: 480, cents: 166_400n });
    expect(ledgers.rules()).toEqual(['overage', 'room-left']);
  });

  it('sees room left while the oldest overage waits', () => {
    const ledgers = new Ledgers();
    ledgers.overCap();
    // A minute more is 3.47, and the 47 minutes after it are 162.93.
    ledgers.capped(1501.06);
    expect(ledgers.rules()).toEqual([]);
    ledgers.capped(1501.07);
    expect(ledgers.rules()).toEqual(['room-left']);
    ledgers.capped(undefined);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['room-left']));
  });

  it('sees a line in parts that are no parts of one version, or of a project without a cap', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`, { hours: '0:30' });
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:30' });
    expect(ledgers.rules()).toEqual(['twice', 'straight-through']);
  });

  it('finds nothing wrong with what is billed, and with a billed line that is taken back when it is corrected', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:30' });
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    const spent = ledgers.expense('2', { cents: 1310, in: 'EUR' });
    ledgers.booked(`tl-${spent}-v1-c`, 13.1, '1');
    ledgers.charged(`tl-${spent}-v1`, 11.29);
    ledgers.billed('82', `tl-${spent}-v1`, 11.29, { type: 'charge' });
    // Finance's mark, which is no writing again of ours.
    ledgers.charged(`tl-${spent}-v1`, 11.29, '2', '82');
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { invoiced: 2, 'taken-back': 1 } });
  });

  it('sees that what is on an invoice was removed, unless the invoice was voided before', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.removed(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['billed-removed']);
    const voided = new Ledgers();
    voided.entry('1', { minutes: 60 });
    voided.posted(`tl-${line}-v1`);
    voided.billed('81', `tl-${line}-v1`, 1560);
    voided.billed('81', `tl-${line}-v1`, 1560, { void: true });
    voided.removed(`tl-${line}-v1`);
    voided.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(voided.verdict()).toMatchObject({ findings: [], money: { invoiced: 0 } });
  });

  it('sees a line on two invoices, and one on an invoice at another amount', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.billed('82', `tl-${line}-v1`, 1560.01);
    expect(ledgers.rules()).toEqual(['billed-twice', 'billed-amount']);
  });

  it('sees an older version that is billed and not taken back', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['two-alive', 'not-newest', 'sum', 'straight-through']);
  });

  it('counts a version and its reversal as nothing, and sees a reversal of another amount', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:30' });
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual([]);
    const wrong = new Ledgers();
    wrong.entry('1', { minutes: 60 });
    wrong.posted(`tl-${line}-v1`);
    wrong.posted(`tl-${line}-v1-r`, { hours: '-7:00' });
    wrong.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(wrong.rules()).toEqual(['amount', 'sum']);
  });

  describe('of what sales does', () => {
    const deal = { Id: '006A', Name: 'Affair', AccountId: '001L' };
    const over = (ledgers: Ledgers, o: { job?: boolean; workspace?: boolean }) => {
      ledgers.crm.push({ seq: 1, type: 'Opportunity', id: '006A', externalId: null, before: deal, after: null });
      if (o.job) ledgers.erp.push({ seq: 90, type: 'job', id: '70', externalId: SOLD, before: {}, after: { isInactive: true } });
      if (o.workspace) ledgers.psa.push({ seq: 91, type: 'workspaces', id: '44', externalId: null, before: {}, after: { archived: true } });
      return ledgers;
    };

    it('sees a deal that was deleted and goes on in one of the systems', () => {
      expect(over(new Ledgers(), { job: true, workspace: true }).verdict()).toMatchObject({ findings: [], money: { 'deal-deleted': 1 } });
      expect(over(new Ledgers(), { job: true }).rules()).toEqual(['deal-goes-on']);
      expect(over(new Ledgers(), { workspace: true }).rules()).toEqual(['deal-goes-on']);
    });

    it('sees a merged account that the ERP does not follow, or has twice', () => {
      const merged = (...customers: [string, string, boolean?][]) => {
        const ledgers = new Ledgers();
        ledgers.crm.push({ seq: 1, type: 'Opportunity', id: '006A', externalId: null, before: deal, after: { ...deal, AccountId: '001W' } });
        for (const [id, of, isInactive = false] of customers)
          ledgers.erp.push({ seq: 90, type: 'customer', id, externalId: account(of), before: {}, after: { isInactive } });
        return ledgers;
      };
      expect(merged(['5', '001W']).verdict()).toMatchObject({ findings: [], money: { 'account-merged': 1 } });
      expect(merged().rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001W']).rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001L']).rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001L', true]).rules()).toEqual([]);
    });
  });

  it('lets what a refund made room for stay billed when less is refunded, and no more', () => {
    const refunded = (cents: number) => {
      const ledgers = new Ledgers();
      ledgers.expense('9', { cents: -cents, workspace: '43' });
      ledgers.expense('9', { cents: -1, workspace: '43', approved: false });
      const line = ledgers.entry('1', { workspace: '43' });
      ledgers.posted(`tl-${line}-v1`, { project: CAPPED.id });
      return ledgers;
    };
    // 1,560.00 of at most 1,500.00.
    expect(refunded(6_000).verdict()).toMatchObject({ findings: [], money: { 'corrected-refund': 1 } });
    expect(refunded(5_999).rules()).toEqual(['cap-passed']);
  });

  it('takes it for no mistake of the platform that a credit is awaited where the ERP takes nothing below zero', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('77', `tl-${line}-v1`, 1_560);
    ledgers.entry('1', { minutes: 60 });
    ledgers.openExceptions.set(line, 'to be credited');
    expect(ledgers.rules()).toEqual(['straight-through']);
    ledgers.negativeLines = false;
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { 'credit-awaited': 1 } });
    ledgers.openExceptions.clear();
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['amount', 'content']));
  });
});
