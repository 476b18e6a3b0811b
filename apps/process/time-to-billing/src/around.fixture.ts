import { Decimal } from 'decimal.js';
import {
  mintId,
  money,
  priceOf,
  Problem,
  recordedAmount,
  sameMoney,
  type BillableTransaction,
  type BillingBatch,
  type BillingBatchState,
  type BillingOutcome,
  type BillingRefusal,
  type ProblemKind,
} from '#canonical';
import { eventually, LostAnswer, standIn, testGateway, type TestServer } from '#testing';
import { erp, hcm, psa, type ErpAbility, type WorkerAsked, type WorkerMatch } from './calls.js';

/**
 * The ERP, HCM and PSA as this app calls them over HTTP. The ERP keeps what it gets under its
 * external id, gives the same answer for the same batch, and notes when two versions of a line were
 * in it at once.
 */
export class Around {
  readonly held = new Map<string, BillableTransaction>();
  readonly billed = new Set<string>();
  readonly credited = new Set<string>();
  readonly refusals = new Map<string, BillingRefusal>();
  readonly batches = new Map<string, { body: string; outcomes: BillingOutcome[] }>();
  /** Transactions for which the ERP app rejects the whole batch at once. */
  readonly unreadable = new Set<string>();
  /** Timesheets and invoices whose status the PSA app refuses, and how. */
  readonly refusesStatus = new Map<string, { kind: ProblemKind; code?: string }>();
  /** How often it refused a status. */
  statusRefused = 0;
  readonly told: { id: string; body: unknown }[] = [];
  readonly doubled: string[] = [];
  /** Every post and removal, in order. */
  readonly history: string[] = [];
  /** Abilities that the ERP lacks. */
  erpLacks: ErpAbility[] = [];
  /** Lines that the ERP takes in one submission; it turns more away at its door. */
  batchSize = 100;
  /** The number of lines of each batch that it received. */
  readonly sizes: number[] = [];
  away = false;
  loseAnswers = 0;
  /** How many answers say that a batch is done, and not how its lines ended. */
  lacksOutcomes = 0;
  /** Called when a batch has arrived, before it is processed: it may wait. */
  arrives: (id: string, batch: BillingBatch) => Promise<void> | void = () => undefined;
  takesReversals = false;
  /** How many decimals of a rate it keeps; all by default. */
  rateDecimals: number | undefined;
  unknownPeople = new Set<string>();
  /** The last day of employment of those who left. */
  readonly left = new Map<string, string>();
  /** For workers whose record was deleted: the last day that HCM knows of. */
  readonly gone = new Map<string, string>();
  /** Who is employed by another entity than the project's. */
  readonly employers = new Map<string, string>();
  #gateway!: TestServer;

  async listen(): Promise<string> {
    this.#gateway = await testGateway(
      standIn(erp, {
        putBillingBatch: ({ id, body }) => this.#take(id, body),
        getBillingMeans: () => this.#bills({ batchSize: this.batchSize }),
        getAbilities: () => ({ can: [], cannot: this.erpLacks }),
      }),
      standIn(hcm, { askWorkersAsOf: ({ body: { items } }) => ({ items: items.map((one, index) => this.#person(one, index)), deniedFields: [] }) }),
      standIn(psa, {
        putTimesheetBillingStatus: ({ id, body }) => this.#hear(id, body),
        putExpenseReportBillingStatus: ({ id, body }) => this.#hear(id, body),
        putInvoice: ({ id, body }) => ({ ...this.#hear(id, body), refs: [] }),
      }),
    );
    return this.#gateway.url;
  }

  /** The line in the ERP, once its version is there. */
  versionsOf(lineId: string, version: number): Promise<BillableTransaction[]> {
    const prefix = `tl-${lineId}-v${version}`;
    return eventually(async () => {
      const held = [...this.held.values()].filter(({ externalId }) => externalId.startsWith(prefix));
      return held.length > 0 ? held : undefined;
    });
  }

  close(): Promise<void> {
    return this.#gateway.close();
  }

  #hear<T>(id: string, body: T): T & { id: string } {
    const refused = this.refusesStatus.get(id);
    if (refused) {
      this.statusRefused++;
      throw new Problem(refused.kind, 'status must be one that we know', { code: refused.code });
    }
    this.told.push({ id, body });
    return { ...body, id };
  }

  #person({ email = '', date }: WorkerAsked, index: number): WorkerMatch {
    if (this.unknownPeople.has(email) || isAfter(date, this.gone.get(email))) return { index, matches: 0 };
    return {
      index,
      matches: 1,
      worker: {
        workerId: mintId('worker', email),
        employeeNumber: 'E-1',
        name: email.split('@')[0],
        status: isAfter(date, this.left.get(email)) ? 'terminated' : 'active',
        role: email.startsWith('analyst') ? 'ANALYST' : 'ARCHITECT',
        legalEntity: this.employers.get(email) ?? 'LF-UK',
        costRate: money('70', 'GBP'),
      },
    };
  }

  #bills<T>(answer: T): T {
    if (this.erpLacks.includes('billing')) throw new Problem('unsupported', 'This ERP takes no billable transactions.', { code: 'no-such-ability' });
    return answer;
  }

  async #take(id: string, batch: BillingBatch): Promise<BillingBatchState> {
    if (this.away) throw new Problem('vendor-unavailable', 'The ERP is down for maintenance.');
    this.#bills(batch);
    const size = batch.transactions.length + batch.externalIds.length;
    this.sizes.push(size);
    if (size > this.batchSize) throw new Problem('invalid', `transactions must not be more than ${this.batchSize}`);
    const body = JSON.stringify(batch);
    if ([...this.unreadable].some(one => body.includes(`"${one}"`))) throw new Problem('invalid', 'memo must be shorter');
    await this.arrives(id, batch);
    const known = this.batches.get(id);
    if (known && known.body !== body) throw new Error(`batch ${id} came with another content`);
    const outcomes = known?.outcomes ?? this.#apply(batch);
    this.batches.set(id, { body, outcomes });
    if (this.loseAnswers-- > 0) throw new LostAnswer();
    return { state: 'done', outcomes: this.lacksOutcomes-- > 0 ? [] : outcomes };
  }

  #apply({ operation, transactions, externalIds }: BillingBatch): BillingOutcome[] {
    if (operation === 'remove') return externalIds.map(externalId => this.#remove(externalId));
    return transactions.map(transaction => this.#post(transaction));
  }

  #remove(externalId: string): BillingOutcome {
    if (this.billed.has(externalId)) return { externalId, result: 'refused', code: 'already-billed', detail: 'It is on an invoice.' };
    this.held.delete(externalId);
    this.history.push(`remove ${externalId}`);
    return { externalId, result: 'removed' };
  }

  #post(transaction: BillableTransaction): BillingOutcome {
    const { externalId } = transaction;
    const code = externalId.endsWith('-r') && !this.takesReversals ? 'reversal-not-allowed' : this.refusals.get(externalId);
    if (code) return { externalId, result: 'refused', code, detail: `refused: ${code}` };
    const [, lineId, version] = /^tl-(.+)-v(\d+)/.exec(externalId)!;
    const older = [...this.held.keys()].filter(one => one.startsWith(`tl-${lineId}-v`) && !one.startsWith(`tl-${lineId}-v${version}`));
    const alive = older.filter(one => !one.endsWith('-r') && !this.held.has(`${one}-r`) && !this.credited.has(one));
    if (alive.length > 0) this.doubled.push(externalId);
    this.held.set(externalId, transaction);
    this.history.push(`post ${externalId}`);
    return { externalId, result: 'posted', amount: recordedAmount(transaction), ...this.#cut(transaction) };
  }

  #cut({ ratePerHour, minutes, amount }: BillableTransaction): Pick<BillingOutcome, 'amount' | 'ratePerHour'> {
    if (this.rateDecimals === undefined || !ratePerHour || minutes === undefined) return {};
    const kept = { ...ratePerHour, amount: new Decimal(ratePerHour.amount).toDecimalPlaces(this.rateDecimals, Decimal.ROUND_HALF_UP).toFixed() };
    const theirs = priceOf(kept, minutes);
    return sameMoney(theirs, amount) ? {} : { amount: theirs, ratePerHour: kept };
  }
}

const isAfter = (date: string, last: string | undefined): boolean => last !== undefined && last < date;
