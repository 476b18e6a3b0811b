import { Field, ID, InterfaceType, registerEnumType } from '@nestjs/graphql';
import { contains } from '#read-model';
import { ExternalRef } from './external-ref.model.js';

export enum SubjectKind {
  DEAL = 'deal',
  PROJECT = 'project',
  CUSTOMER = 'customer',
  WORKER = 'worker',
  STAFFING_REQUEST = 'staffing-request',
  TIME_ENTRY = 'time-entry',
  EXPENSE = 'expense',
  TIMESHEET = 'timesheet',
  EXPENSE_REPORT = 'expense-report',
  INVOICE = 'invoice',
  WORKER_WEEK = 'worker-week',
  PROJECT_MONTH = 'project-month',
}
registerEnumType(SubjectKind, { name: 'SubjectKind' });

const TYPE_NAMES: Record<SubjectKind, string> = {
  [SubjectKind.DEAL]: 'Deal',
  [SubjectKind.PROJECT]: 'Project',
  [SubjectKind.CUSTOMER]: 'Customer',
  [SubjectKind.WORKER]: 'Worker',
  [SubjectKind.STAFFING_REQUEST]: 'StaffingRequest',
  [SubjectKind.TIME_ENTRY]: 'BillingLine',
  [SubjectKind.EXPENSE]: 'BillingLine',
  [SubjectKind.TIMESHEET]: 'Submission',
  [SubjectKind.EXPENSE_REPORT]: 'Submission',
  [SubjectKind.INVOICE]: 'Invoice',
  [SubjectKind.WORKER_WEEK]: 'WorkerWeek',
  [SubjectKind.PROJECT_MONTH]: 'ProjectMonth',
};

@InterfaceType({ description: 'Anything a journey or an exception can be about.', resolveType: (subject: Subject) => TYPE_NAMES[subject.kind] })
export abstract class Subject {
  @Field(() => ID, { description: 'Canonical id.' }) id: string;
  @Field(() => SubjectKind) kind: SubjectKind;
  @Field(() => String, { description: 'Its name for people.' }) title: string;
  @Field(() => [ExternalRef], { description: 'Its records in every system that has it.' }) refs: ExternalRef[];
  @Field(() => [String], { description: 'The legal entities it concerns; none yet means that only those with the unassigned right see it.' })
  legalEntities: string[];
}

/** The columns of its subject row that every noun's row has. */
export interface SubjectRow {
  id: string;
  title: string;
  refs: ExternalRef[];
  legal_entities: string[];
}

/** Filters by a text anywhere in the title of the subject `s`. */
export const titled = contains('s.folded');

/** Columns of a noun `t` joined with its subject `s`, as SubjectRow. */
export const SUBJECT_COLUMNS = 't.id, s.title, s.refs, s.legal_entities';

export const subjectOf = (kind: SubjectKind, row: SubjectRow): Pick<Subject, 'id' | 'kind' | 'title' | 'refs' | 'legalEntities'> => ({
  id: row.id,
  kind,
  title: row.title,
  refs: row.refs,
  legalEntities: row.legal_entities,
});
