import { Bag, BusinessDate, Currency, Flag, Id, Minutes, Nested, OneOf, Ref, Text, Whole } from './decorators.js';
import { BILLING_METHODS, type BillingMethod } from './deal.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';

export const PROJECT_STATUSES = ['active', 'archived'] as const;
export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

/** A piece of work people book time on. */
export class Task {
  @Id() id: string;
  @Text({ max: 200 }) title: string;
  @Text({ optional: true, max: 80, description: 'Canonical role code of who does it.' }) role?: string;
  @BusinessDate({ optional: true }) startDate?: string;
  @BusinessDate({ optional: true }) endDate?: string;
  @Minutes() estimatedMinutes: number;
  @Flag() billable: boolean;
}

/** A dated point with money on it. */
export class Milestone {
  @Id() id: string;
  @Text({ max: 200 }) title: string;
  @Whole({ min: 1 }) sequence: number;
  @BusinessDate() dueDate: string;
  @Nested(() => Money) amount: Money;
}

/** Delivery's view of a project. Source of record: the PSA (tasks, milestones, status), the CRM for what was sold. */
export class Project {
  @Id() id: string;
  @Text({ max: 200 }) title: string;
  @Ref('Deal') dealId: string;
  @Ref('Customer') customerId: string;
  @Text() customerName: string;
  @OneOf(PROJECT_STATUSES) status: ProjectStatus;
  @Text({ max: 40, description: 'Canonical legal entity code.' }) legalEntity: string;
  @Text({ optional: true, max: 40, description: 'Canonical cost centre code.' }) costCentre?: string;
  @OneOf(BILLING_METHODS) billingMethod: BillingMethod;
  @Currency() currency: string;
  @Nested(() => Money) budget: Money;
  @Text({ optional: true, max: 80, description: 'Code of the rate card in force.' }) rateCard?: string;
  @BusinessDate() startDate: string;
  @BusinessDate() endDate: string;
  @Nested(() => Task, { list: true }) tasks: Task[];
  @Nested(() => Milestone, { list: true }) milestones: Milestone[];
  @Bag({ optional: true, description: "The firm's own fields, by their names in the back end." }) extensions?: Record<string, unknown>;
}

/** A project as the PSA holds it now: the project, where it is there, and whether time was booked on it. */
export class ProjectInPsa extends Project {
  @Ref('Deal', { empty: true, description: 'Canonical id of a Deal; empty where people made the project in the PSA.' }) declare dealId: string;
  @Ref('Customer', { empty: true, description: 'Canonical id of a Customer; empty where people made the project in the PSA.' })
  declare customerId: string;
  @Flag({ description: 'True once anybody booked time on it.' }) timeBooked: boolean;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export class BillingSchedule {
  @OneOf(['time-and-materials', 'fixed-interval', 'fixed-milestone']) type: 'time-and-materials' | 'fixed-interval' | 'fixed-milestone';
  @OneOf(['monthly', 'milestones']) frequency: 'monthly' | 'milestones';
  @BusinessDate() startDate: string;
  @Nested(() => Milestone, { list: true }) milestones: Milestone[];
}

/** Where the money of a project is booked. */
export class FinancialDimensions {
  @Text({ max: 40 }) legalEntity: string;
  @Text({ max: 40 }) costCentre: string;
  @Text({ max: 40 }) taxCode: string;
}

/** Finance's view of a project. Source of record: the ERP. Without billing attributes and dimensions it can't be invoiced. */
export class FinancialProject {
  @Id({ description: "The project's id; the same as in the PSA." }) id: string;
  @Text({ max: 83 }) title: string;
  @Ref('Deal') dealId: string;
  @Ref('Customer') customerId: string;
  @OneOf(PROJECT_STATUSES) status: ProjectStatus;
  @OneOf(BILLING_METHODS) billingMethod: BillingMethod;
  @Currency() currency: string;
  @Nested(() => Money, { optional: true, description: 'The fixed price; absent on time and materials.' }) price?: Money;
  @Nested(() => Money, { optional: true }) notToExceed?: Money;
  @BusinessDate() startDate: string;
  @BusinessDate() endDate: string;
  @Nested(() => FinancialDimensions) dimensions: FinancialDimensions;
  @Nested(() => BillingSchedule) billingSchedule: BillingSchedule;
  @Nested(() => Task, { list: true }) tasks: Task[];
  @Flag() timeAllowed: boolean;
  @Flag() expensesAllowed: boolean;
}
