import { Field, ObjectType } from '@nestjs/graphql';
import { nounOf } from '#canonical';
import { BusinessDate } from '#read-model';
import { Subject, SubjectKind } from '../values/subject.model.js';
import type { ExternalRef } from '../values/external-ref.model.js';

@ObjectType({
  implements: () => [Subject],
  description: 'A timesheet or an expense report: what somebody submitted at once. It is derived from its lines.',
})
export class Submission extends Subject {
  @Field(() => String) workerName: string;
  @Field(() => BusinessDate, { description: 'Date of its first line.' }) from: string;
  @Field(() => BusinessDate, { description: 'Date of its last line.' }) to: string;
  /** For look-ups; not in the schema. */
  workerId: string | null;
}

export interface SubmissionRow {
  id: string;
  worker_id: string | null;
  worker_name: string;
  from_day: string;
  to_day: string;
  refs: ExternalRef[];
  legal_entities: string[];
}

/** One row per timesheet or report, from the lines that the viewer sees. */
export const submissionSource = {
  name: 'submissions',
  from: `(select l.submission_id id, min(l.worker_id) worker_id, min(l.worker_name) worker_name, min(l.work_date)::text from_day, max(l.work_date)::text to_day,
      array(select distinct e from portal.billing_line o, unnest(o.legal_entities) e where o.submission_id = l.submission_id order by e) legal_entities,
      coalesce((select jsonb_agg(distinct jsonb_build_object('system', a.system, 'account', a.account, 'type', a.type, 'nativeId', a.native_id))
        from portal.billing_line o join portal.billing_alias a on a.line_id = o.id and a.subject = o.submission_id where o.submission_id = l.submission_id), '[]') refs
    from portal.billing_line l where l.submission_id is not null group by l.submission_id) t`,
  columns: 't.*',
  id: 't.id',
};

export const submissionOf = (row: SubmissionRow): Submission => ({
  id: row.id,
  kind: nounOf(row.id) === 'expense-report' ? SubjectKind.EXPENSE_REPORT : SubjectKind.TIMESHEET,
  title: `${row.worker_name}, ${row.from_day === row.to_day ? row.from_day : `${row.from_day} to ${row.to_day}`}`,
  refs: row.refs,
  legalEntities: row.legal_entities,
  workerName: row.worker_name,
  from: row.from_day,
  to: row.to_day,
  workerId: row.worker_id,
});
