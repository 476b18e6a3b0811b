import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import {
  money,
  type BillingLine,
  type ExternalRef,
  type Fault,
  type IntercompanyFacts,
  type LineState,
  type Money,
  type TimeEntry,
} from '#canonical';
import type { EventPublisher, NewEvent } from '#events';
import { signal, type Transaction } from '#persistence';
import type { ExceptionDesk, NewException } from '#exceptions';
import { TOPICS } from '../pumps/topics.js';
import { minutesOf, submissionOf, workDateOf, type Line, type Posting } from './line.js';
import type { PricedLine } from './line-facts.js';
import { alive, onItsWay, stateOf, waitsForRoom } from './line-state.rules.js';

interface LineRow {
  id: string;
  kind: Line['kind'];
  version: number;
  content_hash: string | null;
  sequence: number;
  approved: boolean;
  entry: Line['entry'];
  assessment: Line['assessment'];
  priced: PricedLine | null;
  faults: Fault[] | null;
  overage_minutes: number | null;
  overage_amount: string | null;
  exception_id: string | null;
  worker_id: string | null;
  stopped: boolean;
  state: LineState;
  since: Date;
  revision: number;
  amount: string | null;
  currency: string | null;
  posted_at: Date | null;
  approved_at: Date | null;
  legal_entities: string[];
  correlation_id: string;
}

interface PostingRow {
  external_id: string;
  line_id: string;
  version: number;
  kind: Posting['kind'];
  operation: Posting['operation'];
  state: Posting['state'];
  reverses: string | null;
  transaction: Posting['transaction'];
  amount: string;
  currency: string;
  minutes: number | null;
  capped: boolean;
  billing: Posting['billing'];
  invoice: Posting['invoice'];
  ref: ExternalRef | null;
  refusal: Posting['refusal'];
  posted_at: Date | null;
}

// Line by line, so that it is the index that is used whatever Postgres knows of the table yet.
const POSTINGS = `
  select p.* from unnest($1::text[]) l(id), lateral (select * from billing.posting p where p.line_id = l.id offset 0) p
  order by p.line_id, p.version, p.external_id`;

// A claim locks no line: what it could take is kept from it, or is seen to have been taken, before anything is decided about it.
const LOCK_CLAIMABLE = `select 1 from billing.posting where line_id = any($1) and state = 'ready' order by external_id for update`;

const INSERT_LINES = `
  insert into billing.line(id, kind, version, content_hash, sequence, approved, entry, assessment, priced, faults, overage_minutes, overage_amount, exception_id,
    stopped, told, state, since, revision, project_id, email, work_date, minutes, timesheet_id, amount, currency, worker_id, posted_at, approved_at, legal_entities,
    correlation_id)
  select id, kind, version, "contentHash", sequence, approved, entry, assessment, nullif(priced, 'null'), nullif(faults, 'null'), "overageMinutes",
    "overageAmount", "exceptionId", stopped, told, state, since, revision, "projectId", email, "workDate", minutes, "timesheetId", amount, currency, "workerId",
    "postedAt", "approvedAt", array(select jsonb_array_elements_text("legalEntities")), "correlationId"
  from jsonb_to_recordset($1::jsonb) as l(id text, kind text, version int, "contentHash" text, sequence int, approved boolean, entry jsonb, assessment text,
    priced jsonb, faults jsonb, "overageMinutes" int, "overageAmount" numeric, "exceptionId" text, stopped boolean, told boolean, state text, since timestamptz, revision int,
    "projectId" text, email text, "workDate" date, minutes int, "timesheetId" text, amount numeric, currency text, "workerId" text,
    "postedAt" timestamptz, "approvedAt" timestamptz, "legalEntities" jsonb, "correlationId" text)
  on conflict (id) do update set version = excluded.version, content_hash = excluded.content_hash, sequence = excluded.sequence, approved = excluded.approved,
    entry = excluded.entry, assessment = excluded.assessment, priced = excluded.priced, faults = excluded.faults,
    overage_minutes = excluded.overage_minutes, overage_amount = excluded.overage_amount, exception_id = excluded.exception_id, stopped = excluded.stopped, told = excluded.told,
    state = excluded.state, since = excluded.since, revision = excluded.revision, project_id = excluded.project_id, email = excluded.email,
    work_date = excluded.work_date, minutes = excluded.minutes, timesheet_id = excluded.timesheet_id, amount = excluded.amount,
    currency = excluded.currency, worker_id = excluded.worker_id, posted_at = excluded.posted_at, approved_at = excluded.approved_at,
    legal_entities = excluded.legal_entities, correlation_id = excluded.correlation_id`;

const MOVE_LINES = `
  update billing.line l set state = m.state, told = m.told, since = m.since, revision = m.revision, assessment = m.assessment, exception_id = m."exceptionId",
    overage_minutes = m."overageMinutes", overage_amount = m."overageAmount", posted_at = m."postedAt"
  from jsonb_to_recordset($1::jsonb) as m(id text, state text, told boolean, since timestamptz, revision int, assessment text, "exceptionId" text,
    "overageMinutes" int, "overageAmount" numeric, "postedAt" timestamptz)
  where l.id = m.id`;

const PUT_POSTINGS = `
  insert into billing.posting(external_id, line_id, version, kind, operation, state, reverses, transaction, amount, currency, minutes, capped, billing,
    invoice, ref, refusal, posted_at)
  select "externalId", "lineId", version, kind, operation, state, reverses, transaction, (amount ->> 'amount')::numeric, amount ->> 'currency', minutes,
    capped, billing, nullif(invoice, 'null'), nullif(ref, 'null'), nullif(refusal, 'null'), "postedAt"
  from jsonb_to_recordset($1::jsonb) as p("externalId" text, "lineId" text, version int, kind text, operation text, state text, reverses text,
    transaction jsonb, amount jsonb, minutes int, capped boolean, billing text, invoice jsonb, ref jsonb, refusal jsonb, "postedAt" timestamptz)
  order by "externalId"
  on conflict (external_id) do update set version = excluded.version, operation = excluded.operation, state = excluded.state, transaction = excluded.transaction,
    amount = excluded.amount, currency = excluded.currency, minutes = excluded.minutes, capped = excluded.capped, billing = excluded.billing,
    invoice = excluded.invoice, ref = excluded.ref, refusal = excluded.refusal, posted_at = excluded.posted_at,
    batch = case when excluded.state = 'claimed' then posting.batch end,
    seq = case when excluded.state = 'ready' then nextval(pg_get_serial_sequence('billing.posting', 'seq')) else posting.seq end`;

const DROP_POSTINGS = 'delete from billing.posting where external_id = any($1)';

const MOVE_POSTINGS = `
  update billing.posting p set operation = m.operation, state = m.state, billing = m.billing, invoice = nullif(m.invoice, 'null'),
    ref = nullif(m.ref, 'null'), refusal = nullif(m.refusal, 'null'), posted_at = m."postedAt", batch = case when m.state = 'claimed' then p.batch end
  from jsonb_to_recordset($1::jsonb) as m("externalId" text, operation text, state text, billing text, invoice jsonb, ref jsonb, refusal jsonb,
    "postedAt" timestamptz)
  where p.external_id = m."externalId"`;

/** States that a line is in for a moment when nothing holds it up: told only when it stays (lines/teller.ts). */
export const PASSING: ReadonlySet<LineState> = new Set(['received', 'ready', 'correcting']);

/** How much of a row has to be written: all of it, or only where it has got to. */
type Depth = 'whole' | 'progress';

/**
 * Some lines with their postings, locked together in the order of their ids, changed in memory, and written and told in a handful of
 * statements, however many they are.
 */
export class LineBook {
  readonly #lines: Map<string, Line>;
  readonly #touched = new Map<string, Depth>();
  readonly #postings = new Map<string, Depth>();
  readonly #dropped: string[] = [];
  readonly #raised: NewException[] = [];
  readonly #cappedBefore: Map<string, Decimal>;
  /** Lines that had overage when the book was opened: of which project, whether it waited for room, and whether something of them was on its way. */
  readonly #overBefore: Map<string, { projectId: string; waits: boolean; busy: boolean }>;

  private constructor(
    private readonly em: Transaction,
    lines: Line[],
  ) {
    this.#lines = new Map(lines.map(line => [line.id, line]));
    this.#cappedBefore = cappedByProject(lines);
    this.#overBefore = new Map(
      lines
        .filter(({ overage }) => overage !== null)
        .map(line => [line.id, { projectId: line.entry.projectId, waits: waitsForRoom(line), busy: isBusy(line) }]),
    );
  }

  /** Locks those of the given lines that there are. `free`: only those that nobody else has locked. */
  static async open(em: Transaction, ids: string[], { free = false }: { free?: boolean } = {}): Promise<LineBook> {
    return new LineBook(em, await read(em, ids, `for update${free ? ' skip locked' : ''}`));
  }

  get lines(): Line[] {
    return [...this.#lines.values()];
  }

  get(id: string): Line | undefined {
    return this.#lines.get(id);
  }

  /** By how much what the lines take of their projects' caps has changed since the book was opened. */
  cappedChange(): Map<string, Decimal> {
    const now = cappedByProject(this.lines);
    const projects = new Set([...this.#cappedBefore.keys(), ...now.keys()]);
    const changes = [...projects].map(id => [id, (now.get(id) ?? new Decimal(0)).minus(this.#cappedBefore.get(id) ?? 0)] as const);
    return new Map(changes.filter(([, change]) => !change.isZero()));
  }

  /** Projects of lines that waited for room and do so no more, or again, or of which what was on its way has settled: there is somebody to give it to now. */
  queueMoved(): string[] {
    const moved = [...this.#overBefore].filter(([id, { waits, busy }]) => {
      const line = this.#lines.get(id)!;
      return waitsForRoom(line) !== waits || (busy && !isBusy(line));
    });
    return [...new Set(moved.map(([, { projectId }]) => projectId))].sort();
  }

  /** A line that is new. */
  add(line: Line): void {
    this.#lines.set(line.id, line);
    this.changed(line, 'whole');
  }

  changed(line: Line, depth: Depth = 'progress'): void {
    if (this.#touched.get(line.id) !== 'whole') this.#touched.set(line.id, depth);
  }

  /** A posting of the line is new (`whole`) or moved on. */
  moved(line: Line, posting: Posting, depth: Depth = 'progress'): void {
    // A posting that the ERP refused is tried again under the same external id.
    if (!line.postings.includes(posting)) line.postings = [...line.postings.filter(({ externalId }) => externalId !== posting.externalId), posting];
    if (this.#postings.get(posting.externalId) !== 'whole') this.#postings.set(posting.externalId, depth);
    this.changed(line);
  }

  /** A posting that was never sent is wanted no more. */
  drop(line: Line, posting: Posting): void {
    line.postings = line.postings.filter(one => one !== posting);
    this.#postings.delete(posting.externalId);
    this.#dropped.push(posting.externalId);
    this.changed(line);
  }

  /** People have to decide about a line. */
  raise(exception: NewException): void {
    this.#raised.push(exception);
  }

  /** Writes what changed and tells it, in the book's transaction. */
  async close(events: EventPublisher, desk: ExceptionDesk): Promise<void> {
    if (this.#touched.size === 0) return;
    const now = new Date().toISOString();
    const touched = [...this.#touched.keys()].sort().map(id => this.#lines.get(id)!);
    for (const line of touched) {
      const state = stateOf(line);
      if (state !== line.state || line.revision === 0) line.since = now;
      line.state = state;
      line.revision++;
    }
    const whole = touched.filter(({ id }) => this.#touched.get(id) === 'whole');
    const moved = touched.filter(({ id }) => this.#touched.get(id) === 'progress');
    if (whole.length > 0) await this.em.query(INSERT_LINES, [JSON.stringify(whole.map(wholeRow))]);
    if (moved.length > 0) await this.em.query(MOVE_LINES, [JSON.stringify(moved.map(progressRow))]);
    if (this.#dropped.length > 0) await this.em.query(DROP_POSTINGS, [this.#dropped]);
    await this.#writePostings(touched);
    await desk.raise(this.em, this.#raised);
    await this.#signal(touched);
    const resting = touched.filter(({ state }) => !PASSING.has(state));
    if (resting.length > 0) await events.publish(this.em, [linesChanged(resting)]);
  }

  /** Wakes whoever has to do with the lines next. */
  async #signal(touched: Line[]): Promise<void> {
    const topics = [
      ...(touched.some(({ approved, assessment }) => approved && assessment === 'none') ? [TOPICS.assess] : []),
      ...(touched.some(({ postings }) => postings.some(({ state }) => state === 'ready')) ? [TOPICS.post] : []),
      ...(touched.some(({ state }) => PASSING.has(state)) ? [TOPICS.tell] : []),
    ];
    if (topics.length > 0) await signal(this.em, ...topics);
  }

  async #writePostings(touched: Line[]): Promise<void> {
    const changed = touched.flatMap(line => line.postings).filter(posting => this.#postings.has(posting.externalId));
    const moved = changed.filter(({ externalId }) => this.#postings.get(externalId) === 'progress');
    const whole = changed.filter(({ externalId }) => this.#postings.get(externalId) === 'whole');
    // What stops being on its way goes first, in a statement of its own: of a line at most one is, which Postgres checks with each row.
    for (const some of [moved.filter(posting => !onItsWay(posting)), moved.filter(onItsWay)])
      if (some.length > 0) await this.em.query(MOVE_POSTINGS, [JSON.stringify(some.map(({ transaction: _, ...posting }) => posting))]);
    if (whole.length > 0) await this.em.query(PUT_POSTINGS, [JSON.stringify(whole)]);
  }
}

const isBusy = ({ postings }: Line): boolean => postings.some(onItsWay);

/** Lines as they are now, to look at. */
export const readLines = (em: Transaction, ids: string[]): Promise<Line[]> => read(em, ids, '');

async function read(em: Transaction, ids: string[], lock: string): Promise<Line[]> {
  const rows = await em.query<LineRow[]>(
    `select id, kind, version, content_hash, sequence, approved, entry, assessment, priced, faults, overage_minutes, overage_amount, exception_id, worker_id, stopped, state,
       since, revision, amount, currency, posted_at, approved_at, legal_entities, correlation_id
     from billing.line where id = any($1) order by id ${lock}`,
    [ids],
  );
  const found = rows.map(({ id }) => id);
  if (lock !== '' && found.length > 0) await em.query(LOCK_CLAIMABLE, [found]);
  const postings = found.length === 0 ? [] : await em.query<PostingRow[]>(POSTINGS, [found]);
  const byLine = Map.groupBy(postings, ({ line_id }) => line_id);
  return rows.map(row => lineOf(row, byLine.get(row.id) ?? []));
}

function lineOf(row: LineRow, postings: PostingRow[]): Line {
  const money = row.amount !== null && row.currency !== null ? { amount: row.amount, currency: row.currency } : null;
  return {
    id: row.id,
    kind: row.kind,
    version: row.version,
    contentHash: row.content_hash,
    sequence: row.sequence,
    approved: row.approved,
    entry: row.entry,
    assessment: row.assessment,
    priced: row.priced,
    faults: row.faults,
    overage: row.overage_amount === null ? null : { minutes: row.overage_minutes, amount: row.overage_amount },
    exceptionId: row.exception_id,
    workerId: row.worker_id,
    stopped: row.stopped,
    state: row.state,
    since: row.since.toISOString(),
    revision: row.revision,
    estimate: row.priced === null ? money : null,
    postedAt: row.posted_at?.toISOString() ?? null,
    approvedAt: row.approved_at?.toISOString() ?? null,
    legalEntities: row.legal_entities,
    correlationId: row.correlation_id,
    postings: postings.map(postingOf),
  };
}

const postingOf = (row: PostingRow): Posting => ({
  externalId: row.external_id,
  lineId: row.line_id,
  version: row.version,
  kind: row.kind,
  operation: row.operation,
  state: row.state,
  reverses: row.reverses,
  transaction: row.transaction,
  amount: { amount: row.amount, currency: row.currency },
  minutes: row.minutes,
  capped: row.capped,
  billing: row.billing,
  invoice: row.invoice,
  ref: row.ref,
  refusal: row.refusal,
  postedAt: row.posted_at?.toISOString() ?? null,
});

const moneyOf = (line: Line) => line.priced?.transaction.amount ?? line.estimate;

/** Without what is over the cap. */
function billedMoneyOf(line: Line): Money | null {
  const whole = moneyOf(line);
  return whole && line.overage ? money(new Decimal(whole.amount).minus(line.overage.amount), whole.currency) : whole;
}

/** The owner's sale is what is billed; what is over the cap is its risk, so the transfer price and both costs stay those of all that was done. */
function intercompanyOf(line: Line): IntercompanyFacts | null {
  const facts = line.priced?.intercompany ?? null;
  return facts && line.overage ? { ...facts, owningUnbilledSale: billedMoneyOf(line)! } : facts;
}

function progressRow(line: Line): object {
  return {
    id: line.id,
    state: line.state,
    told: !PASSING.has(line.state),
    since: line.since,
    revision: line.revision,
    assessment: line.assessment,
    exceptionId: line.exceptionId,
    stopped: line.stopped,
    overageMinutes: line.overage?.minutes ?? null,
    overageAmount: line.overage?.amount ?? null,
    postedAt: line.postedAt,
  };
}

function wholeRow(line: Line): object {
  const money = moneyOf(line);
  const { entry } = line;
  return {
    ...progressRow(line),
    kind: line.kind,
    version: line.version,
    contentHash: line.contentHash,
    sequence: line.sequence,
    approved: line.approved,
    entry,
    priced: line.priced,
    faults: line.faults,
    projectId: entry.projectId,
    email: entry.person.email,
    workDate: workDateOf(line),
    minutes: minutesOf(line),
    timesheetId: submissionOf(line),
    amount: money?.amount ?? null,
    currency: money?.currency ?? null,
    workerId: line.workerId,
    approvedAt: line.approvedAt,
    legalEntities: line.legalEntities,
    correlationId: line.correlationId,
  };
}

export function linesChanged(lines: Line[]): NewEvent<'billing-lines.changed.v1'> {
  const id = randomUUID();
  return {
    id,
    type: 'billing-lines.changed.v1',
    key: `billing-lines:${id}`,
    data: { lines: lines.map(told) },
    legalEntities: [...new Set(lines.flatMap(line => line.legalEntities))].sort(),
  };
}

/** A line as readers are told of it. */
export function told(line: Line): BillingLine {
  const current = line.postings.filter(({ version, reverses }) => version === line.version && reverses === null);
  const { entry } = line;
  const currency = line.priced?.transaction.amount.currency ?? '';
  return {
    id: line.id,
    kind: line.kind,
    version: line.version,
    revision: line.revision,
    state: line.state,
    since: line.since,
    projectId: entry.projectId,
    timesheetId: submissionOf(line),
    workerId: line.workerId,
    workerName: line.priced?.workerName ?? entry.person.name ?? entry.person.email,
    workDate: workDateOf(line),
    minutes: line.kind === 'time' ? (entry as TimeEntry).workedMinutes : null,
    billable: entry.billable,
    money: billedMoneyOf(line),
    overage: line.overage ? { minutes: line.overage.minutes, money: { amount: line.overage.amount, currency } } : null,
    postingDate: line.priced?.transaction.postingDate ?? null,
    invoice: current.find(({ invoice }) => invoice !== null)?.invoice ?? null,
    explanation: line.priced?.explanation ?? [],
    intercompany: intercompanyOf(line),
    block:
      line.faults && line.exceptionId
        ? {
            exceptionId: line.exceptionId,
            desk: line.faults[0].desk,
            reasons: line.faults.map(({ reason: { code, params } }) => ({ code, params })),
          }
        : null,
    legalEntities: line.legalEntities,
    refs: [...entry.refs, ...current.flatMap(({ ref }) => (ref ? [ref] : []))],
    approvedAt: line.approvedAt,
    postedAt: line.postedAt,
  };
}

function cappedByProject(lines: Line[]): Map<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const posting of lines.flatMap(line => line.postings)) {
    if (!posting.capped || !alive(posting)) continue;
    const { projectId } = posting.transaction;
    sums.set(projectId, (sums.get(projectId) ?? new Decimal(0)).plus(posting.amount.amount));
  }
  return sums;
}
