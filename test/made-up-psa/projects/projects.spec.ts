import { onceConformance } from '../../../apps/system/psa/src/vendors/port/once.conformance.js';
import { projectsConformance } from '../../../apps/system/psa/src/vendors/port/projects.conformance.js';
import { staffingConformance } from '../../../apps/system/psa/src/vendors/port/staffing.conformance.js';
import { madeUpWorld } from '../made-up.fixture.js';

projectsConformance('the made-up PSA', madeUpWorld);
staffingConformance('the made-up PSA', madeUpWorld);
onceConformance('the made-up PSA', madeUpWorld, 'unique-key');
