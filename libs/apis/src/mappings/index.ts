import { Instant, OneOf, Text, Whole } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';

export const MAPPING_KINDS = [
  'legal-entity',
  'cost-centre',
  'tax-code',
  'role',
  'billing-method',
  'expense-category',
  'rate-card',
  // The meaning of a deal's not-to-exceed of 0, by the deal's id.
  'zero-not-to-exceed',
  // Which rate work has on days for which a deal sells a role twice, by the deal's id.
  'sold-twice',
  // That a tax registration which fails the checks of its country is right, by country and number.
  'tax-registration',
] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

export class MappingPath {
  @OneOf(MAPPING_KINDS) kind: MappingKind;
  @Text({ min: 1, max: 200, description: "The system's word, e.g. Larkfield Ltd." }) source: string;
}

export class MappingBody {
  @Text({ min: 1, max: 200, description: 'What it means canonically, e.g. LF-UK.' }) target: string;
  @Text({ min: 3, max: 500, description: 'Why it is set; kept in the audit.' }) reason: string;
}

export class MappingRemoval {
  @Text({ min: 3, max: 500 }) reason: string;
}

export class MappingQuery extends PageQuery {
  @OneOf(MAPPING_KINDS, { optional: true }) kind?: MappingKind;
}

export class MappingView {
  @OneOf(MAPPING_KINDS) kind: MappingKind;
  @Text() source: string;
  @Text() target: string;
  @Whole({ min: 1 }) version: number;
  @Instant() changedAt: string;
  @Text() changedBy: string;
}

export const mappings = operations('mappings', {
  mappingsList: get('mappings', { scope: 'mappings.read', summary: 'The mappings, by kind and source', query: MappingQuery, pageOf: MappingView }),
  mappingsSet: put('mappings/:kind/:source', {
    scope: 'mappings.write',
    summary: 'Set what a word means; exceptions that waited for it are released, one first',
    params: MappingPath,
    body: MappingBody,
    answer: MappingView,
  }),
  mappingsRemove: del('mappings/:kind/:source', {
    scope: 'mappings.write',
    summary: 'Remove what a word means',
    params: MappingPath,
    query: MappingRemoval,
  }),
});
