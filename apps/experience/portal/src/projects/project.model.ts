import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { BILLING_METHODS, PROJECT_STATUSES, type BillingMethod, type ProjectStatus } from '#canonical';
import type { ReadRow } from '#persistence';
import { BusinessDate, BusinessDateRange, enumOf, IdsField, Instant, Money } from '#read-model';
import { project } from '../read-model/project.table.js';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

export const Statuses = enumOf(PROJECT_STATUSES);
registerEnumType(Statuses, { name: 'ProjectStatus' });
export const Methods = enumOf(BILLING_METHODS);
registerEnumType(Methods, { name: 'BillingMethod' });

@ObjectType({ description: 'A piece of work that people book time on.' })
export class Task {
  @Field(() => ID) id: string;
  @Field(() => String) title: string;
  @Field(() => String, { nullable: true, description: 'Canonical role code.' }) role?: string;
  @Field(() => BusinessDate, { nullable: true }) startDate?: string;
  @Field(() => BusinessDate, { nullable: true }) endDate?: string;
  @Field(() => Int, { nullable: true }) estimatedMinutes?: number;
  @Field(() => Boolean, { nullable: true }) billable?: boolean;
}

@ObjectType({ description: 'A dated point with money on it.' })
export class Milestone {
  @Field(() => ID) id: string;
  @Field(() => String) title: string;
  @Field(() => Int, { nullable: true }) sequence?: number;
  @Field(() => BusinessDate, { nullable: true }) dueDate?: string;
  @Field(() => Money, { nullable: true }) amount?: Money;
}

@ObjectType()
export class BillingSchedule {
  @Field(() => String, { nullable: true, description: 'time-and-materials, fixed-interval or fixed-milestone.' }) type?: string;
  @Field(() => String, { nullable: true, description: 'monthly or milestones.' }) frequency?: string;
  @Field(() => BusinessDate, { nullable: true }) startDate?: string;
  @Field(() => [Milestone], { nullable: true }) milestones?: Milestone[];
}

@ObjectType({ description: 'Where the money of a project is booked.' })
export class FinancialDimensions {
  @Field(() => String, { nullable: true }) legalEntity?: string;
  @Field(() => String, { nullable: true }) costCentre?: string;
  @Field(() => String, { nullable: true }) taxCode?: string;
}

@ObjectType({ description: "Finance's view of a project, complete or not. Source of record: the ERP." })
export class ProjectFinance {
  @Field(() => Statuses, { nullable: true }) status?: ProjectStatus;
  @Field(() => Methods, { nullable: true }) billingMethod?: BillingMethod;
  @Field(() => String, { nullable: true }) currency?: string;
  @Field(() => Money, { nullable: true, description: 'The fixed price; null on time and materials.' }) price?: Money;
  @Field(() => Money, { nullable: true }) notToExceed?: Money;
  @Field(() => FinancialDimensions, { nullable: true }) dimensions?: FinancialDimensions;
  @Field(() => BillingSchedule, { nullable: true }) billingSchedule?: BillingSchedule;
  @Field(() => Boolean, { nullable: true }) timeAllowed?: boolean;
  @Field(() => Boolean, { nullable: true }) expensesAllowed?: boolean;
}

@ObjectType({ implements: () => [Subject], description: "A project: delivery's view, with finance's in `finance`." })
export class Project extends Subject {
  @Field(() => Statuses) status: ProjectStatus;
  @Field(() => String, { nullable: true, description: 'Canonical legal entity.' }) legalEntity?: string;
  @Field(() => String, { nullable: true }) costCentre?: string;
  @Field(() => Methods, { nullable: true }) billingMethod?: BillingMethod;
  @Field(() => Money, { nullable: true }) budget?: Money;
  @Field(() => String, { nullable: true }) rateCard?: string;
  @Field(() => BusinessDate, { nullable: true }) startDate?: string;
  @Field(() => BusinessDate, { nullable: true }) endDate?: string;
  @Field(() => [Task]) tasks: Task[];
  @Field(() => [Milestone]) milestones: Milestone[];
  @Field(() => Boolean, { nullable: true, description: 'Whether anybody booked time on it; null while the PSA has not stated it.' })
  timeBooked?: boolean;
  @Field(() => Instant, { nullable: true, description: 'When the flow found it correct in both systems and reported it as active.' })
  activatedAt: Date | null;
  @Field(() => ProjectFinance, { nullable: true, description: 'Null until the ERP has published it.' }) finance: ProjectFinance | null;
  /** For look-ups; not in the schema. */
  dealId: string | null;
  customerId: string | null;
}

@InputType()
export class ProjectFilter {
  @IdsField() ids?: string[];
  @Field(() => [Statuses], { nullable: true }) status?: ProjectStatus[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => [String], { nullable: true }) costCentre?: string[];
  @Field(() => [Methods], { nullable: true }) billingMethod?: BillingMethod[];
  @Field(() => [ID], { nullable: true }) customer?: string[];
  @Field(() => [ID], { nullable: true }) deal?: string[];
  @Field(() => BusinessDateRange, { nullable: true }) startDate?: BusinessDateRange;
  @Field(() => Boolean, { nullable: true, description: 'Whether Throughline has activated it.' }) activated?: boolean;
  @Field(() => String, { nullable: true, description: 'Anywhere in the title.' }) text?: string;
}

/** The columns of a project's row that its model needs. */
export const shownProject = project.only('dealId', 'customerId', 'status', 'legalEntity', 'costCentre', 'billingMethod', 'activatedAt', 'psa', 'erp');

export type ProjectRow = SubjectRow & ReadRow<typeof shownProject.columns>;

export function projectOf(row: ProjectRow): Project {
  const { psa, erp } = row;
  return {
    ...subjectOf(SubjectKind.PROJECT, row),
    status: row.status,
    legalEntity: row.legalEntity,
    costCentre: row.costCentre,
    billingMethod: row.billingMethod,
    budget: psa?.budget ?? null,
    rateCard: psa?.rateCard ?? null,
    startDate: psa?.startDate ?? erp?.startDate ?? null,
    endDate: psa?.endDate ?? erp?.endDate ?? null,
    tasks: psa?.tasks ?? erp?.tasks ?? [],
    milestones: psa?.milestones ?? erp?.billingSchedule?.milestones ?? [],
    timeBooked: psa?.timeBooked ?? null,
    activatedAt: row.activatedAt,
    finance: erp,
    dealId: row.dealId,
    customerId: row.customerId,
  } as unknown as Project;
}
