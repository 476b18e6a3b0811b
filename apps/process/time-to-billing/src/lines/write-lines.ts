import type { Transaction } from '#persistence';
import { moneyOf, PASSING } from './line-announcement.js';
import { minutesOf, submissionOf, workDateOf, type Line, type Posting } from './line.js';
import { onItsWay } from './line-state.rules.js';

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

/** What of a book has to be written: rows that changed as a whole, and those that only got further. */
export interface Written {
  lines: Record<Depth, Line[]>;
  postings: Record<Depth, Posting[]>;
  /** External ids of postings that were never sent and are wanted no more. */
  dropped: string[];
}

/** How much of a row has to be written: all of it, or only where it has got to. */
export type Depth = 'whole' | 'progress';

/** Writes it in a handful of statements, however much it is. */
export async function writeLines(em: Transaction, { lines, postings, dropped }: Written): Promise<void> {
  const write = async (statement: string, rows: object[]) => {
    if (rows.length > 0) await em.query(statement, [JSON.stringify(rows)]);
  };
  await write(INSERT_LINES, lines.whole.map(wholeRow));
  await write(MOVE_LINES, lines.progress.map(progressRow));
  if (dropped.length > 0) await em.query(DROP_POSTINGS, [dropped]);
  // Postings that leave `claimed` go first, in a statement of their own: a line has at most one in flight (unique index).
  for (const some of [postings.progress.filter(posting => !onItsWay(posting)), postings.progress.filter(onItsWay)])
    await write(
      MOVE_POSTINGS,
      some.map(({ transaction: _, ...posting }) => posting),
    );
  await write(PUT_POSTINGS, postings.whole);
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
