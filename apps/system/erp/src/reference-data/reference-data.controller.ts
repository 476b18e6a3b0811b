import { Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { referenceData, ReferenceDataPath } from '#apis/erp';
import { ReferenceValue } from '#canonical';
import { Capture } from '#capture';
import { Implements } from '#service';
import type { ListedReferenceValue } from '../capture/reference-data.feed.js';

@Controller({ version: '1' })
export class ReferenceDataController {
  constructor(private readonly capture: Capture) {}

  @Implements(referenceData.listReferenceData)
  async list(@Param() { kind }: ReferenceDataPath, @Query() page: PageQuery): Promise<Page<ReferenceValue>> {
    const { items, nextCursor } = await this.capture.shadow<ListedReferenceValue>('reference-value').page(page, { where: { kind } });
    return { items: items.map(({ id: _, ...value }) => value), nextCursor };
  }
}
