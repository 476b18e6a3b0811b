import { uses } from '#apis';
import { hcmApi } from '#apis/hcm';
import { projectInitiationApi } from '#apis/project-initiation';
import { psaApi } from '#apis/psa';
import { timeToBillingApi } from '#apis/time-to-billing';

export type { PlanView } from '#apis/project-initiation';
export type { PsaAbility } from '#apis/psa';

// The operations of other apps' APIs that this app uses. Only this file imports them.

export const projectInitiation = uses(projectInitiationApi, 'plansCreate', 'plansGet', 'mappingsSet', 'exceptionsAct', 'exceptionsActOnGroup');
export const timeToBilling = uses(timeToBillingApi, 'queueQueue', 'exceptionsAct', 'exceptionsActOnGroup');
export const hcm = uses(hcmApi, 'listWorkers');
export const psa = uses(psaApi, 'getAbilities');
