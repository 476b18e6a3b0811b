import { centsOf, contentOf } from './amounts.js';
import { Caps } from './caps.js';
import type { Fields, Finding, Held, LedgerEntry } from './evidence.js';
import { invoiceOf, Invoices } from './invoices.js';
import { names } from './line-rules.js';

const TRANSACTIONS = ['timeBill', 'charge', 'expenseReport'];
const EXTERNAL_ID = /^tl-((?:tim|exp)_[0-9a-hjkmnp-tv-z]{20})-v([1-9]\d*)(?:-o[1-9]\d*|(-c))?(-r)?$/;

/** What the ERP's ledger tells of our transactions, in the order in which they were committed. */
export class ErpHistory {
  readonly findings: Finding[] = [];
  /** Projects that came to another customer. */
  readonly merged = new Set<string>();
  readonly #alive = new Map<string, Held>();
  readonly #used = new Set<string>();
  readonly #newest = new Map<string, number>();
  readonly #unknown: Finding[] = [];
  readonly #invoices = new Invoices();
  versions = 0;

  constructor(
    rows: LedgerEntry[],
    private readonly caps: Caps,
  ) {
    for (const row of rows) {
      if (TRANSACTIONS.includes(row.type)) this.#take(row);
      if (row.type === 'job') {
        caps.stated(row);
        if (parentOf(row.before) !== parentOf(row.after)) this.merged.add(row.externalId!);
      }
      if (row.type === 'invoice') this.#invoices.take(row);
    }
  }

  newest(line: string): number | undefined {
    return this.#newest.get(line);
  }

  /** What counts of a line: what was neither deleted nor taken back by a reversing one. */
  inForce(line: string): Held[] {
    return this.#inForce(line).filter(({ cost }) => !cost);
  }

  /** What was spent, where that is apart from what is billed. */
  costsOf(line: string): Held[] {
    return this.#inForce(line).filter(({ cost }) => cost);
  }

  #inForce(line: string): Held[] {
    const own = [...this.#alive.values()].filter(held => held.line === line);
    return own.filter(({ externalId }) => !externalId.endsWith('-r') && !this.#alive.has(`${externalId}-r`));
  }

  /** Everything the ERP has of a line, added up. */
  sumOf(line: string): bigint {
    return [...this.#alive.values()].filter(held => held.line === line).reduce((sum, { cents }) => sum + cents, 0n);
  }

  isBilled(held: Held): boolean {
    return this.#invoices.on(held).length > 0;
  }

  /** Transactions that are on an invoice. */
  get billed(): number {
    return [...this.#alive.values()].filter(held => this.#invoices.on(held).length > 0).length;
  }

  /** Of these, those that a reversing one takes back. */
  get takenBack(): number {
    return [...this.#alive.values()].filter(held => this.#invoices.on(held).length > 0 && this.#alive.has(`${held.externalId}-r`)).length;
  }

  /** What customers are billed at is what the transaction says, once. */
  billedWrong(): Finding[] {
    return [...this.#alive.values()].flatMap(held => {
      const amounts = this.#invoices.on(held);
      const twice: Finding[] =
        amounts.length > 1 ? [{ rule: 'billed-twice', line: held.line, detail: `${held.externalId} is on ${amounts.length} invoices` }] : [];
      const wrong = amounts.filter(cents => cents !== held.cents);
      return [
        ...twice,
        ...wrong.map((cents): Finding => ({
          rule: 'billed-amount',
          line: held.line,
          detail: `${held.externalId}: ${cents} cents on the invoice, ${held.cents} in the books`,
        })),
      ];
    });
  }

  /** Transactions that no line of the PSA explains. */
  strangers(lines: Map<string, unknown>): Finding[] {
    const known = [...this.#alive.values()].filter(({ line }) => !lines.has(line));
    return [
      ...this.#unknown,
      ...known.map(({ line, externalId }): Finding => ({
        rule: 'unknown-transaction',
        line,
        detail: `${externalId} stands for no line that was approved`,
      })),
    ];
  }

  #take({ type, id, externalId, before, after }: LedgerEntry): void {
    const [, line, version, cost, reversal] = EXTERNAL_ID.exec(externalId ?? '') ?? [];
    if (!line) {
      this.#unknown.push({ rule: 'unknown-transaction', line: `${type} ${id}`, detail: `external id ${externalId ?? 'none'} is none of ours` });
      return;
    }
    if (after === null) {
      const gone = this.#alive.get(externalId!);
      if (gone && this.#invoices.on(gone).length > 0)
        this.findings.push({ rule: 'billed-removed', line, detail: `${externalId} was removed though it is on an invoice` });
      this.#alive.delete(externalId!);
      return;
    }
    const held: Held = {
      id,
      externalId: externalId!,
      line,
      version: Number(version),
      type,
      cost: cost !== undefined,
      record: after as Fields,
      cents: centsOf(type, after as Fields),
    };
    if (before === null) this.#created(held, reversal !== undefined);
    else if (invoiceOf(before as Fields) === invoiceOf(held.record)) this.#writtenAgain(held, before as Fields);
    this.#alive.set(externalId!, held);
    if (before === null && held.cents > 0n) this.findings.push(...this.caps.passedBy(held, [...this.#alive.values()]));
  }

  #created({ externalId, line, version, cents }: Held, reversal: boolean): void {
    if (this.#used.has(externalId)) this.findings.push({ rule: 'id-used-again', line, detail: externalId });
    this.#used.add(externalId);
    if (reversal) return this.#reversed(externalId, line, cents);
    this.versions++;
    const newest = this.#newest.get(line) ?? 0;
    if (version < newest) this.findings.push({ rule: 'versions-fall', line, detail: `${externalId} came after version ${newest}` });
    this.#newest.set(line, Math.max(newest, version));
    const others = this.#inForce(line).filter(held => held.version !== version);
    if (others.length > 0) this.findings.push({ rule: 'two-alive', line, detail: `${externalId} came while ${names(others)} was in force` });
  }

  /** A transaction that is there is never sent again: it is looked for first, and superseded when it is to say something else. */
  #writtenAgain({ externalId, line, type, record }: Held, before: Fields): void {
    const [was, is] = [contentOf(type, before), contentOf(type, record)];
    this.findings.push(
      was === is ? { rule: 'written-again', line, detail: externalId } : { rule: 'rewritten', line, detail: `${externalId}: ${was} became ${is}` },
    );
  }

  #reversed(externalId: string, line: string, cents: bigint): void {
    const original = this.#alive.get(externalId.slice(0, -2));
    if (original?.cents !== -cents)
      this.findings.push({ rule: 'amount', line, detail: `${externalId} takes back ${-cents} cents of ${original?.cents ?? 'nothing'}` });
  }
}

const parentOf = (job: unknown): string | undefined => ((job as Fields | null)?.parent as { id?: string } | undefined)?.id;
