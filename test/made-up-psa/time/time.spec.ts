import { billingConformance } from '../../../apps/system/psa/src/vendors/port/billing.conformance.js';
import { linesConformance } from '../../../apps/system/psa/src/vendors/port/lines.conformance.js';
import { madeUpWorld } from '../made-up.fixture.js';

linesConformance('the made-up PSA', madeUpWorld);
billingConformance('the made-up PSA', madeUpWorld);
