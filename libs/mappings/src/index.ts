export { type Mapping, mappingNeed, Mappings, MappingTable, type Translation } from './mappings.js';
export { MappingsController } from './mappings.controller.js';
export { MappingsModule } from './mappings.module.js';
export { mappingsMigrations } from './mappings.migrations.js';
export { MappingTargets } from './mapping-targets.js';
export { sidesOf } from './mappings.rules.js';
export { wordKey } from './words.rules.js';
