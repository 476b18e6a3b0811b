import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { INVOICE_STATUSES, money, type Invoice as CanonicalInvoice } from '#canonical';
import { BusinessDate, BusinessDateRange, enumOf, IdsField, Money } from '#read-model';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

export const Statuses = enumOf(INVOICE_STATUSES);
registerEnumType(Statuses, { name: 'InvoiceStatus' });

type Status = CanonicalInvoice['status'];

@ObjectType({ implements: () => [Subject], description: 'An invoice. Source of record: the ERP.' })
export class Invoice extends Subject {
  @Field(() => String) number: string;
  @Field(() => Statuses) status: Status;
  @Field(() => ID, { nullable: true }) projectId: string | null;
  @Field(() => String, { nullable: true, description: 'Canonical legal entity.' }) legalEntity: string | null;
  @Field(() => BusinessDate) date: string;
  @Field(() => BusinessDate, { nullable: true }) dueDate: string | null;
  @Field(() => Money, { description: 'With tax, as the ERP computed it.' }) total: Money;
  @Field(() => Money, { description: 'The unpaid amount.' }) amountDue: Money;
}

@InputType()
export class InvoiceFilter {
  @IdsField() ids?: string[];
  @Field(() => [Statuses], { nullable: true }) status?: Status[];
  @Field(() => [ID], { nullable: true }) project?: string[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => BusinessDateRange, { nullable: true }) date?: BusinessDateRange;
  @Field(() => String, { nullable: true, description: 'Anywhere in the number.' }) text?: string;
}

export interface InvoiceRow extends SubjectRow {
  number: string;
  status: Status;
  project_id: string | null;
  legal_entity: string | null;
  date: string;
  due_date: string | null;
  amount: string;
  due_amount: string;
  currency: string;
}

export const invoiceOf = (row: InvoiceRow): Invoice => ({
  ...subjectOf(SubjectKind.INVOICE, row),
  number: row.number,
  status: row.status,
  projectId: row.project_id,
  legalEntity: row.legal_entity,
  date: row.date,
  dueDate: row.due_date,
  total: money(row.amount, row.currency),
  amountDue: money(row.due_amount, row.currency),
});
