import { abilitiesOf } from '../abilities/index.js';

/** What PSAs differ in. Projects with their tasks, and time, every PSA has. */
export const PSA_ABILITIES = [
  'archive',
  'milestones',
  'staffing',
  'assignments',
  'expenses',
  'timesheets',
  'approval',
  'deletions',
  'billing-back',
] as const;
export type PsaAbility = (typeof PSA_ABILITIES)[number];

export const abilities = abilitiesOf('psa.read', PSA_ABILITIES);
