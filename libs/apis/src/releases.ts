/** The newest release of each version of each API. Written by `npm run api -- release`. */
export const RELEASES = {
  crm: { 1: { version: '1.0.0', on: '2026-12-01' } },
  erp: { 1: { version: '1.0.0', on: '2026-12-01' } },
  events: { 1: { version: '1.0.0', on: '2026-12-01' } },
  governance: { 1: { version: '1.0.0', on: '2026-12-01' } },
  hcm: { 1: { version: '1.0.0', on: '2026-12-01' } },
  partner: { 1: { version: '1.0.0', on: '2026-12-01' } },
  portal: { 1: { version: '1.0.0', on: '2026-12-01' } },
  'project-initiation': { 1: { version: '1.0.0', on: '2026-12-01' } },
  psa: { 1: { version: '1.0.0', on: '2026-12-01' } },
  'time-to-billing': { 1: { version: '1.0.0', on: '2026-12-01' }, 2: { version: '2.0.0', on: '2026-12-01' } },
};
