import type { MappingKind } from '#apis/mappings';
import { column, table } from '#persistence';

/** Words of systems and what they mean canonically. */
export const mapping = table(
  'mappings.mapping',
  {
    kind: column.text<MappingKind>(),
    source: column.text(),
    target: column.text(),
    version: column.integer(),
    changedAt: column.instant(),
    changedBy: column.text(),
  },
  ['kind', 'source'],
);
