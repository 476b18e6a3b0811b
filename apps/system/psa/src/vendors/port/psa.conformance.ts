import type { PsaWorld } from './bench.fixture.js';
import { billingConformance } from './billing.conformance.js';
import { linesConformance } from './lines.conformance.js';
import { onceConformance } from './once.conformance.js';
import { projectsConformance } from './projects.conformance.js';
import { staffingConformance } from './staffing.conformance.js';
import { submissionsConformance } from './submissions.conformance.js';

/**
 * All suites, for a vendor with these write guarantees. Checks that a missing ability is answered
 * as unsupported.
 */
export function psaConformance(name: string, world: PsaWorld, means: 'look-up' | 'unique-key'): void {
  linesConformance(name, world);
  billingConformance(name, world);
  projectsConformance(name, world);
  staffingConformance(name, world);
  submissionsConformance(name, world);
  onceConformance(name, world, means);
}
