import { accountOf } from '#apis';
import { crmApi } from '#apis/crm';
import { erpApi } from '#apis/erp';
import { hcmApi } from '#apis/hcm';
import { partnerApi } from '#apis/partner';
import { portalApi } from '#apis/portal';
import { projectInitiationApi } from '#apis/project-initiation';
import { psaApi } from '#apis/psa';
import { timeToBillingApi } from '#apis/time-to-billing';

// Each app is asked what it says of itself, and nothing else. An app that is not here is in no
// catalogue.

export const crm = accountOf(crmApi);
export const psa = accountOf(psaApi);
export const hcm = accountOf(hcmApi);
export const erp = accountOf(erpApi);
export const projectInitiation = accountOf(projectInitiationApi);
export const timeToBilling = accountOf(timeToBillingApi);
export const portal = accountOf(portalApi);
export const partner = accountOf(partnerApi);
