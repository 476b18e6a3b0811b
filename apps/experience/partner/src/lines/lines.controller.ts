import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { lines, type PartnerLine, PartnerLineQuery } from '#apis/partner';
import { CurrentPrincipal, type Principal } from '#auth';
import { Implements } from '#service';
import { PartnerLists, refuseOthers } from '../partner-lists.js';
import { lineList } from './line.list.js';

/** What became of the time and expenses of an agency's people. */
@Controller({ version: '1' })
export class LinesController {
  constructor(private readonly lists: PartnerLists) {}

  @Implements(lines.listLines)
  list(@Query() query: PartnerLineQuery, @CurrentPrincipal() principal: Principal): Promise<Page<PartnerLine>> {
    refuseOthers(principal, 'agency');
    const { state, from, to, changedSince, ...page } = query;
    return this.lists.page(principal, lineList, page, { state, from, to, changedSince });
  }

  @Implements(lines.getLine)
  get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<PartnerLine> {
    refuseOthers(principal, 'agency');
    return this.lists.one(principal, lineList, 'line', id);
  }
}
