import { uses } from '#apis';
import { crmApi } from '#apis/crm';
import { erpApi } from '#apis/erp';
import { hcmApi } from '#apis/hcm';
import { psaApi } from '#apis/psa';

export type { CrmAbility } from '#apis/crm';
export type { PsaAbility } from '#apis/psa';

// What this app uses of other apps' APIs. Nothing else of it imports them.

export const crm = uses(crmApi, 'getDeal', 'getCustomer', 'getSurvivor', 'getAbilities');
export const psa = uses(psaApi, 'getProject', 'putProject', 'planProject', 'putStaffingRequest', 'planStaffingRequest', 'getAbilities');
export const erp = uses(erpApi, 'getCustomer', 'putCustomer', 'planCustomer', 'getProject', 'putProject', 'planProject', 'listReferenceData');
export const hcm = uses(hcmApi, 'askEligibility');
