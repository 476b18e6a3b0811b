import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Instant, OneOf, Text, Whole } from '#canonical';
import { actorOf, CurrentPrincipal, Scopes, type Principal } from '#auth';
import { decodeCursor, DEFAULT_PAGE_SIZE, pageOf, PageOf, PageQuery, type Page } from '#service';
import { MAPPING_KINDS, Mappings, type MappingKind } from './mappings.js';

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

@ApiTags('mappings')
@Controller({ path: 'mappings', version: '1' })
export class MappingsController {
  constructor(@Inject(Mappings) private readonly mappings: Mappings) {}

  /** The mappings, by kind and source. */
  @Get()
  @ApiOperation({ summary: 'The mappings, by kind and source' })
  @Scopes('mappings.read')
  @PageOf(MappingView)
  async list(@Query() query: MappingQuery): Promise<Page<MappingView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [kind, source] = query.cursor ? (decodeCursor(query.cursor, 2) as [string, string]) : [];
    const after = kind !== undefined && source !== undefined ? { kind, source } : undefined;
    const rows = await this.mappings.list(query.kind, after, limit + 1);
    return pageOf(
      rows,
      limit,
      mapping => [mapping.kind, mapping.source],
      mapping => mapping,
    );
  }

  /** Sets what a word means. Exceptions that waited for it are released, one first. */
  @Put(':kind/:source')
  @ApiOperation({ summary: 'Set what a word means; exceptions that waited for it are released, one first' })
  @Scopes('mappings.write')
  @ApiOkResponse({ type: MappingView })
  set(@Param() path: MappingPath, @Body() body: MappingBody, @CurrentPrincipal() principal: Principal): Promise<MappingView> {
    return this.mappings.set(path.kind, path.source, body.target, actorOf(principal), body.reason);
  }

  @Delete(':kind/:source')
  @ApiOperation({ summary: 'Remove what a word means' })
  @HttpCode(204)
  @Scopes('mappings.write')
  async remove(@Param() path: MappingPath, @Query() query: MappingRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.mappings.remove(path.kind, path.source, actorOf(principal), query.reason);
  }
}
