import { abilitiesOf } from '../abilities/index.js';

/** The optional abilities of PSAs. Every PSA has projects with their tasks, and time. */
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
  'submissions',
] as const;
export type PsaAbility = (typeof PSA_ABILITIES)[number];

export const abilities = abilitiesOf('psa.read', PSA_ABILITIES);
