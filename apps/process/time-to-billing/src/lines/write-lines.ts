import { recordset, type Transaction, type WrittenRow } from '#persistence';
import { moneyOf, PASSING } from './line-announcement.js';
import { minutesOf, submissionOf, workDateOf, type Line, type Posting } from './line.js';
import { billingLine } from './line.table.js';
import { onItsWay } from './line-state.rules.js';
import { keptPosting } from './posting.table.js';

const wholeLine = billingLine.without('seq', 'checkAfter');
const PUT_LINES = wholeLine.upsert({ from: recordset('r', wholeLine.columns), as: 'l' });

const lineProgress = billingLine.only(
  'id',
  'state',
  'announced',
  'since',
  'revision',
  'assessment',
  'exceptionId',
  'overageMinutes',
  'overageAmount',
  'postedAt',
);
const MOVE_LINES = lineProgress.update({ as: 'l', given: 'm' });

const PUT_POSTINGS = keptPosting.upsert({
  from: `${recordset('r', keptPosting.columns)} order by r."externalId"`,
  as: 'p',
  instead: { lineId: 'p.line_id', kind: 'p.kind', reverses: 'p.reverses' },
  also: `batch = case when excluded.state = 'claimed' then p.batch end,
    seq = case when excluded.state = 'ready' then nextval(pg_get_serial_sequence('billing.posting', 'seq')) else p.seq end`,
});

const DROP_POSTINGS = 'delete from billing.posting where external_id = any($1)';

const postingProgress = keptPosting.only('externalId', 'operation', 'state', 'billing', 'invoice', 'ref', 'refusal', 'postedAt');
const MOVE_POSTINGS = postingProgress.update({ as: 'p', given: 'm', also: `batch = case when m.state = 'claimed' then p.batch end` });

/**
 * What has to be written of a book: rows that changed as a whole, and rows of which only the
 * progress changed.
 */
export interface Written {
  lines: Record<Depth, Line[]>;
  postings: Record<Depth, Posting[]>;
  /** External ids of postings that were never sent and are no longer wanted. */
  dropped: string[];
}

/** How much of a row is written: the whole, or only its progress. */
export type Depth = 'whole' | 'progress';

/** Writes the changes in a fixed number of statements, however many rows they are. */
export async function writeLines(em: Transaction, { lines, postings, dropped }: Written): Promise<void> {
  const write = async (statement: string, rows: object[]) => {
    if (rows.length > 0) await em.query(statement, [JSON.stringify(rows)]);
  };
  await write(PUT_LINES, lines.whole.map(lineRow));
  await write(
    MOVE_LINES,
    lines.progress.map(line => lineProgress.rowOf(lineRow(line))),
  );
  if (dropped.length > 0) await em.query(DROP_POSTINGS, [dropped]);
  // Postings that leave `claimed` go first, in a statement of their own: a line has at most one in flight (unique index).
  for (const some of [postings.progress.filter(posting => !onItsWay(posting)), postings.progress.filter(onItsWay)])
    await write(
      MOVE_POSTINGS,
      some.map(posting => postingProgress.rowOf(postingRow(posting))),
    );
  await write(PUT_POSTINGS, postings.whole.map(postingRow));
}

function lineRow(line: Line): WrittenRow<typeof wholeLine.columns> {
  const money = moneyOf(line);
  return wholeLine.rowOf({
    ...line,
    announced: !PASSING.has(line.state),
    overageMinutes: line.overage?.minutes,
    overageAmount: line.overage?.amount,
    amount: money?.amount,
    currency: money?.currency,
    projectId: line.entry.projectId,
    email: line.entry.person.email,
    workDate: workDateOf(line),
    minutes: minutesOf(line),
    timesheetId: submissionOf(line),
  });
}

const postingRow = ({ amount, ...posting }: Posting): WrittenRow<typeof keptPosting.columns> => ({ ...posting, ...amount });
