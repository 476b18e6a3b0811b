import { uses } from '#apis';
import { erpApi } from '#apis/erp';
import { hcmApi } from '#apis/hcm';
import { psaApi } from '#apis/psa';

export type { ErpAbility } from '#apis/erp';
export type { WorkerAsked, WorkerMatch, WorkerOnDay } from '#apis/hcm';
export type { BillingStatusRequest } from '#apis/psa';

// What this app uses of other apps' APIs. Nothing else of it imports them.

export const erp = uses(erpApi, 'putBillingBatch', 'getBillingMeans', 'getAbilities');
export const hcm = uses(hcmApi, 'askWorkersAsOf');
export const psa = uses(psaApi, 'putTimesheetBillingStatus', 'putExpenseReportBillingStatus', 'putInvoice');
