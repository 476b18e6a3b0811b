import { Money, Nested, Text, Whole } from '#canonical';
import { operations, put } from '../operation.js';

/** How far the lines of a timesheet or expense report are on their way to the bank. */
export class BillingStatusRequest {
  @Whole({ min: 0, description: "Lines in the ERP's billing." }) posted: number;
  @Whole({ min: 0, description: 'Lines on an invoice.' }) billed: number;
  @Whole({ min: 0, description: 'Lines that are paid.' }) paid: number;
  @Whole({ min: 0, description: 'Lines in all.' }) total: number;
  @Nested(() => Money, { list: true, description: 'What is posted, per currency.' }) money: Money[];
  @Text({ max: 1000, description: 'For people: what holds the rest up.' }) message: string;
}

/** It stands in the PSA. */
export class BillingStatusResponse extends BillingStatusRequest {
  @Text({ description: 'Canonical id of the timesheet or expense report.' }) id: string;
}

export const billingStatus = operations('billing-status', {
  putTimesheetBillingStatus: put('timesheets/:id/billing-status', {
    scope: 'psa.write',
    summary: 'Tell the PSA how far the lines of a timesheet are; repeating it changes nothing',
    body: BillingStatusRequest,
    answer: BillingStatusResponse,
  }),
  putExpenseReportBillingStatus: put('expense-reports/:id/billing-status', {
    scope: 'psa.write',
    summary: 'Tell the PSA how far the lines of an expense report are; repeating it changes nothing',
    body: BillingStatusRequest,
    answer: BillingStatusResponse,
  }),
});
