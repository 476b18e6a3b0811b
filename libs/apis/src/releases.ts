/** The newest release of each version of each API. Written by `npm run api -- release`. */
export const RELEASES = {
  crm: { 1: { version: '1.0.0', on: '2026-11-30' } },
  erp: { 1: { version: '1.0.0', on: '2026-11-30' } },
  events: { 1: { version: '1.0.0', on: '2026-12-01' } },
  governance: { 1: { version: '1.0.0', on: '2026-12-01' } },
  hcm: { 1: { version: '1.0.0', on: '2026-11-30' } },
  portal: { 1: { version: '1.0.0', on: '2026-11-30' } },
  'project-initiation': { 1: { version: '1.0.0', on: '2026-11-30' } },
  psa: { 1: { version: '1.1.0', on: '2026-12-01' } },
  'time-to-billing': { 1: { version: '1.0.0', on: '2026-12-01' }, 2: { version: '2.0.0', on: '2026-11-30' } },
};
