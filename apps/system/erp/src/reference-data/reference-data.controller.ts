import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags, OmitType } from '@nestjs/swagger';
import { Scopes } from '#auth';
import { OneOf, REFERENCE_KINDS, ReferenceValue, type ReferenceKind } from '#canonical';
import { Capture } from '#capture';
import { PageOf, PageQuery, type Page } from '#service';
import type { ListedReferenceValue } from '../capture/reference-data.feed.js';

export class ReferenceDataPath {
  @OneOf(REFERENCE_KINDS) kind: ReferenceKind;
}

export class ReferenceValueResponse extends OmitType(ReferenceValue, []) {}

@ApiTags('reference-data')
@Controller({ path: 'reference-data', version: '1' })
export class ReferenceDataController {
  constructor(private readonly capture: Capture) {}

  @Get(':kind')
  @Scopes('erp.read')
  @ApiOperation({
    operationId: 'listReferenceData',
    summary: 'Legal entities, cost centres, tax codes, payment terms, service items or expense categories, as the ERP last showed them',
  })
  @PageOf(ReferenceValueResponse)
  async list(@Param() { kind }: ReferenceDataPath, @Query() page: PageQuery): Promise<Page<ReferenceValue>> {
    const { items, nextCursor } = await this.capture.shadow<ListedReferenceValue>('reference-value').page(page, { where: { kind } });
    return { items: items.map(({ id: _, ...value }) => value), nextCursor };
  }
}
