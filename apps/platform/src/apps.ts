import type { AppDefinition } from '#service';
import { partnerApp } from '../../experience/partner/src/partner.app.js';
import { portalApp } from '../../experience/portal/src/portal.app.js';
import { governanceApp } from '../../governance/src/governance.app.js';
import { projectInitiationApp } from '../../process/project-initiation/src/project-initiation.app.js';
import { timeToBillingApp } from '../../process/time-to-billing/src/time-to-billing.app.js';
import { crmApp } from '../../system/crm/src/crm.app.js';
import { erpApp } from '../../system/erp/src/erp.app.js';
import { hcmApp } from '../../system/hcm/src/hcm.app.js';
import { psaApp } from '../../system/psa/src/psa.app.js';

/** All apps. The platform hosts them all; `npm run app -- <name>` runs one alone. */
export const APPS: AppDefinition[] = [crmApp, psaApp, hcmApp, erpApp, projectInitiationApp, timeToBillingApp, portalApp, partnerApp, governanceApp];
