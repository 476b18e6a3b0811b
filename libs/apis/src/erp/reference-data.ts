import { OmitType } from '@nestjs/swagger';
import { OneOf, REFERENCE_KINDS, ReferenceValue, type ReferenceKind } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

export class ReferenceDataPath {
  @OneOf(REFERENCE_KINDS) kind: ReferenceKind;
}

export class ReferenceValueResponse extends OmitType(ReferenceValue, []) {}

export const referenceData = operations('reference-data', {
  listReferenceData: get('reference-data/:kind', {
    scope: 'erp.read',
    summary: 'Values that records refer to, of one kind, as the ERP last showed them',
    description: 'Kinds are legal entities, cost centres, tax codes, payment terms, service items and expense categories.',
    params: ReferenceDataPath,
    query: PageQuery,
    pageOf: ReferenceValueResponse,
  }),
});
