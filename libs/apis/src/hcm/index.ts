import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
import { abilities } from './abilities.js';
import { deprecations } from './deprecations.js';
import { eligibility } from './eligibility.js';
import { workers } from './workers.js';

export * from './abilities.js';
export * from './eligibility.js';
export * from './workers.js';

export const hcmApi = defineApi(
  { app: 'hcm', layer: 'system', version: '1', deprecations: deprecations[1] },
  { ...workers, ...eligibility, ...abilities, ...feeds },
);
