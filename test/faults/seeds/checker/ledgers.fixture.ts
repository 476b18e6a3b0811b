import { check } from './check.js';
import { publishedId, type Evidence, type LedgerEntry, type Overage, type ProjectKnown } from './evidence.js';

export const PROJECT: ProjectKnown = { id: publishedId('prj', 'firm', 'P-0001'), number: 'P-0001', currency: 'GBP', billed: true, notToExceed: null };
export const OTHER: ProjectKnown = { ...PROJECT, id: publishedId('prj', 'firm', 'P-9001'), number: 'P-9001' };
export const CAPPED: ProjectKnown = { ...PROJECT, id: publishedId('prj', 'firm', 'P-0002'), number: 'P-0002', notToExceed: 150_000n };

/** What a deal became that was won in the CRM. */
export const SOLD = publishedId('prj', publishedId('dea', 'salesforce', '00D1', '006A'));
export const account = (id: string) => publishedId('cus', 'salesforce', '00D1', id);

/** Ledgers as the sandboxes tell them, written by hand: approved time at 208.00 an hour, and what became of it in the ERP. */
export class Ledgers {
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
