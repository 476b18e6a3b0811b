import { Injectable } from '@nestjs/common';
import { Problem, type Invoice, type Money } from '#canonical';
import { asideTopic, isAside, isStopped, SetAsides, TooManyFailures, whatIs } from '#events';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { Database, inTransaction, isOwnFault, queueHead, RELEASE, signal, type Transaction } from '#persistence';
import { context, outage } from '#service';
import type { BillingStatusRequest } from '../calls.js';
import { SystemApis } from '../clients.js';
import { type Line, submissionOf } from '../lines/line.js';
import { dueIn, jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

type Kind = 'timesheet' | 'expense-report' | 'invoice';

interface Due {
  subject: string;
  kind: Kind;
  wanted: number;
  /** It has waited so long that it is sent even while the app is busy. */
  late: boolean;
  /** It was set aside. */
  aside: boolean;
}

interface CountRow {
  total: string;
  posted: string;
  billed: string;
  paid: string;
  money: Money[];
}

const AT_ONCE = 24;
const PART = 'time-to-billing: status back';
const LEAST_MS = 1_000;
const LATER_MS = 30_000;
const LATEST_MS = 120_000;

const COUNT = `
  select sum(n) total, sum(posted) posted, sum(billed) billed, sum(paid) paid,
    coalesce(jsonb_agg(jsonb_build_object('amount', amount::text, 'currency', currency)) filter (where currency is not null), '[]') money
  from (
    select currency, sum(amount - coalesce(overage_amount, 0)) amount, count(*) n, count(*) filter (where state in ('posted', 'billed', 'paid')) posted,
      count(*) filter (where state in ('billed', 'paid')) billed, count(*) filter (where state = 'paid') paid
    from billing.line where timesheet_id = $1 and approved group by currency) per_currency`;

const GATHER = `
  with moved as (delete from billing.status_moved returning subject, kind)
  insert into billing.status_back as s (subject, kind, wanted, due_at)
  select distinct on (subject) subject, kind, 1, clock_timestamp() + $1 * interval '1 ms' from moved order by subject
  on conflict (subject) do update set wanted = s.wanted + 1, due_at = excluded.due_at`;

export const STATUS_BACK_JOB = 'job time-to-billing.status-back';

const LASTING = new Set(['refused-by-vendor', 'unsupported', 'conflict', 'not-found']);

/** The PSA was reached and will never accept this. */
const isRefused = (error: unknown): boolean => isOwnFault(error) || (error instanceof Problem && !error.retryable && LASTING.has(error.kind));

/** A PSA that takes nothing back about billing is sent nothing. */
const isLacking = (error: unknown): boolean => error instanceof Problem && error.code === 'no-such-ability';

/**
 * The PSA has no lines on it any more, since it was resubmitted or deleted with its project, so
 * there is nothing to send. For an invoice only the PSA app knows this: one deleted line does not
 * mean that the others are deleted.
 */
const isGone = (error: unknown, kind: Kind): boolean =>
  error instanceof Problem && error.kind === 'not-found' && (kind !== 'invoice' || error.code === 'projects-deleted');

/**
 * Sends the PSA the billing status of its timesheets, expense reports and invoices: each as a
 * whole, once it has stopped changing, not line by line.
 */
@Injectable()
export class StatusBack extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly systems: SystemApis,
    private readonly setAsides: SetAsides,
    private readonly config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({
      dataSource,
      leaseMs: config.leaseMs,
      name: 'status back',
      work: () => this.#sendDue(),
      topics: [TOPICS.statusBack, asideTopic(STATUS_BACK_JOB)],
      pace: { leastMs: LEAST_MS },
    });
  }

  /** The status of these lines' timesheets and expense reports is to be sent. */
  statusChanged(em: Transaction, lines: Line[]): Promise<void> {
    return this.#markDue(em, submissionsOf(lines));
  }

  async wantInvoice(em: Transaction, invoice: Invoice): Promise<void> {
    await em.query('insert into billing.invoice(id, state) values ($1, $2) on conflict (id) do update set state = excluded.state', [
      invoice.id,
      invoice,
    ]);
    await this.#markDue(em, [{ subject: invoice.id, kind: 'invoice' }]);
  }

  async #markDue(em: Transaction, subjects: { subject: string; kind: Kind }[]): Promise<void> {
    if (subjects.length === 0) return;
    await em.query(
      `insert into billing.status_moved(subject, kind) select subject, kind from jsonb_to_recordset($1::jsonb) as w(subject text, kind text)`,
      [JSON.stringify(subjects)],
    );
    await signal(em, TOPICS.statusBack);
  }

  async #sendDue(): Promise<Next> {
    await this.dataSource.query(GATHER, [this.config.statusBackMs]);
    const due = await this.dataSource.query<Due[]>(
      `select subject, kind, wanted, due_at <= clock_timestamp() - $2 * interval '1 ms' late,
         ${isAside('$3', 'subject')} aside from billing.status_back
       where wanted > told and due_at <= clock_timestamp() and not ${isStopped('$3', '$4')} order by due_at limit $1`,
      [AT_ONCE, LATEST_MS, STATUS_BACK_JOB, RELEASE],
    );
    if (due.length === 0) return this.#nearest();
    // Money first: while more than a batch waits to be assessed or posted, send only what has
    // waited long.
    const now = (await this.#busy()) ? due.filter(({ late }) => late) : due;
    await Promise.all(now.map(one => this.#sendOne(one)));
    return now.length === AT_ONCE || { inMs: LEAST_MS };
  }

  async #nearest(): Promise<Next> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(
      `select extract(epoch from min(due_at) - clock_timestamp()) * 1000 ms from billing.status_back
       where wanted > told and due_at < 'infinity' and not ${isStopped('$1', '$2')}`,
      [STATUS_BACK_JOB, RELEASE],
    );
    return dueIn(ms);
  }

  async #sendOne({ subject, kind, wanted, aside }: Due): Promise<void> {
    try {
      await this.#send(subject, kind);
      outage.over(PART);
      await this.#markSent(subject, wanted, aside);
    } catch (error) {
      if (isGone(error, kind) || isLacking(error)) return this.#markSent(subject, wanted, aside);
      if (isRefused(error)) return this.#setAside(subject, kind, error);
      const detail = error instanceof Problem ? error.detail : String(error);
      // The PSA is away or accepts it later, so retry. The status it shows meanwhile is old, but
      // not wrong.
      outage.note(PART, error);
      await this.#later(subject, detail);
    }
  }

  async #markSent(subject: string, wanted: number, aside: boolean): Promise<void> {
    await this.#recordSent(subject, wanted);
    if (aside) await this.#closeAside(subject);
  }

  /** It waits until its status changes, a person asks for a retry or another release runs. */
  async #setAside(subject: string, kind: Kind, error: unknown): Promise<void> {
    const item = { key: subject, item: subject, system: 'psa', noun: kind, nativeId: subject, correlationId: context().correlationId };
    await inTransaction(this.dataSource, async em => {
      await em.query(`update billing.status_back set due_at = 'infinity', last_error = $2 where subject = $1`, [subject, whatIs(error)]);
      await this.setAsides.put(em, STATUS_BACK_JOB, { failed: [{ item, error }], read: 1 });
    }).catch(async (failed: unknown) => {
      if (!(failed instanceof TooManyFailures)) throw failed;
      // It stays due, and is sent when the job goes on.
      await inTransaction(this.dataSource, em => this.setAsides.stop(em, failed));
    });
  }

  async #closeAside(subject: string): Promise<void> {
    await inTransaction(this.dataSource, async em =>
      this.setAsides.close(em, STATUS_BACK_JOB, await this.setAsides.rows(em, STATUS_BACK_JOB, [subject])),
    );
  }

  /** Makes what was set aside and may be retried due again. */
  async retryDue(): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const due = await this.setAsides.due(em, STATUS_BACK_JOB);
      if (due.length === 0) return;
      await em.query('update billing.status_back set due_at = clock_timestamp() where subject = any($1)', [due.map(({ key }) => key)]);
      await this.setAsides.markTried(em, STATUS_BACK_JOB, due);
      await signal(em, TOPICS.statusBack);
    });
  }

  async #later(subject: string, detail: string): Promise<void> {
    await this.dataSource.query(
      `update billing.status_back set due_at = clock_timestamp() + $2 * interval '1 ms', last_error = $3 where subject = $1`,
      [subject, LATER_MS, detail],
    );
  }

  async #busy(): Promise<boolean> {
    const [{ n }] = await queueHead<{ n: string }>(
      this.dataSource,
      `select count(*) n from (select 1 from billing.line where state in ('received', 'ready') limit $1) waiting`,
      [this.config.batchSize],
    );
    return Number(n) >= this.config.batchSize;
  }

  async #recordSent(subject: string, wanted: number): Promise<void> {
    await this.dataSource.query('update billing.status_back set told = $2, last_error = null where subject = $1', [subject, wanted]);
  }

  async #send(subject: string, kind: Kind): Promise<void> {
    if (kind === 'invoice') return this.#sendInvoice(subject);
    const [row] = await this.dataSource.query<CountRow[]>(COUNT, [subject]);
    const status = statusOf(row);
    if (kind === 'timesheet') await this.systems.putTimesheetStatus(subject, status);
    else await this.systems.putExpenseReportStatus(subject, status);
  }

  async #sendInvoice(id: string): Promise<void> {
    const [{ state }] = await this.dataSource.query<{ state: Invoice }[]>('select state from billing.invoice where id = $1', [id]);
    const lines = await this.dataSource.query<{ id: string; kind: Line['kind'] }[]>(
      `select distinct l.id, l.kind from billing.posting p join billing.line l on l.id = p.line_id where p.external_id = any($1) order by l.id`,
      [state.transactions],
    );
    const idsOf = (kind: Line['kind']) => lines.filter(line => line.kind === kind).map(line => line.id);
    await this.systems.putInvoice(state, { timeEntryIds: idsOf('time'), expenseIds: idsOf('expense') });
  }
}

/** The timesheets and expense reports of these lines. */
function submissionsOf(lines: Line[]): { subject: string; kind: Kind }[] {
  const kinds = new Map(lines.map(line => [submissionOf(line), line.kind === 'time' ? 'timesheet' : 'expense-report'] as const));
  return [...kinds].flatMap(([subject, kind]) => (subject === null ? [] : [{ subject, kind }]));
}

function statusOf({ total, posted, billed, paid, money }: CountRow): BillingStatusRequest {
  const [all, inErp, onInvoice, settled] = [total, posted, billed, paid].map(Number);
  const message = settled === all && all > 0 ? 'Paid' : onInvoice > 0 ? `Billed ${onInvoice} of ${all}` : `In the ERP: ${inErp} of ${all}`;
  return { total: all, posted: inErp, billed: onInvoice, paid: settled, money, message };
}
