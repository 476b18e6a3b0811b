import { Body, Controller, Get, Headers, HttpCode, Injectable, Module, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { defineApi, get, operations, PageQuery, type Page } from '#apis';
import { CurrentPrincipal, hasFieldRight, maySee, Public, Scopes, type Principal } from '#auth';
import { Flag, Id, Money, Nested, OneOf, Problem, Text, Whole } from '#canonical';
import { Database, DatabaseModule } from '#persistence';
import { aDeclaration } from '#testing';
import type { AppDefinition } from './app-definition.js';
import { notePayRead } from './audit/access-audit.js';
import { WritesNothing } from './audit/audit.interceptor.js';
import { Audit } from './audit/audit.js';
import { ApiClient } from './client/api-client.js';
import { Setting } from './config/setting.js';
import { context, runInContext } from './context/context.js';
import { PageOf, pageOf } from './openapi/page.js';
import { serviceMigrations } from './service.migrations.js';

/**
 * The tiny app that the specs of this folder call over HTTP. Its parcels belong to legal entities
 * and have a secret cost.
 */
export class Parcel {
  @Id() id: string;
  @Text({ max: 20 }) label: string;
  @Whole({ min: 1, max: 100 }) weight: number;
  @Nested(() => Money, { optional: true }) price?: Money;
  @OneOf(['small', 'large'], { optional: true }) size?: string;
}

export class ParcelQuery extends PageQuery {
  @Flag({ optional: true }) heavy?: boolean;
  @Text({ list: true, optional: true }) tags?: string[];
}

export class ParcelsConfig {
  @Setting({ env: 'PARCELS_DEPOT', default: 'north', description: 'Where parcels are kept.' }) depot: string;
}

/**
 * Counts how often work was really done, and has a gate that holds it up, so that specs can see
 * that a replay does no work.
 */
@Injectable()
export class Workshop {
  done = 0;
  gate: Promise<void> = Promise.resolve();
}

@ApiTags('parcels')
@Controller('parcels')
export class ParcelsController {
  constructor(
    private readonly workshop: Workshop,
    private readonly audit: Audit,
    private readonly dataSource: Database,
    private readonly client: ApiClient,
    private readonly config: ParcelsConfig,
  ) {}

  @Get()
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Parcels, in order of id.' })
  @PageOf(Parcel)
  list(@Query() query: ParcelQuery): Page<object> {
    const rows = Array.from({ length: 3 }, (_, i) => ({
      id: `p${i}`,
      label: query.heavy === true ? 'heavy' : `tags ${(query.tags ?? []).join('+')}`,
      weight: 1,
    }));
    return pageOf(
      rows,
      query.limit ?? 50,
      row => [row.id],
      row => row,
    );
  }

  @Get('mine')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'What the caller may see, as this app understands it.' })
  @ApiOkResponse({ type: Object })
  mine(@CurrentPrincipal() principal: Principal): object {
    return { principal, seesUk: maySee(principal, ['LF-UK']), seesNone: maySee(principal, []), cost: hasFieldRight(principal, 'worker.cost-rate') };
  }

  @Get('context')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'The context of this request.' })
  @ApiOkResponse({ type: Object })
  async seen(): Promise<object> {
    await new Promise(resolve => setImmediate(resolve));
    const { correlationId, traceparent, app, deadlineAt, principal } = context();
    return { correlationId, traceparent, app, deadlineAt, client: principal?.clientId, depot: this.config.depot };
  }

  @Get('relayed')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'What another app sees when this one asks it on behalf of the caller.' })
  @ApiOkResponse({ type: Object })
  async relayed(@Query('path') path: string): Promise<object> {
    return this.client.send({ method: 'GET', path });
  }

  @Get('open')
  @Public('A spec asks for it.')
  @ApiOperation({ summary: 'Anybody may ask.' })
  @ApiOkResponse({ type: Object })
  open(): object {
    return { open: true };
  }

  @Get('broken')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Has a defect.' })
  @ApiOkResponse({ type: Object })
  broken(): object {
    throw new Error('the password=hunter2 was wrong');
  }

  @Get('unreachable')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Its back end is away.' })
  @ApiOkResponse({ type: Object })
  unreachable(): object {
    throw new Problem('vendor-unavailable', 'Kantata is away.', {
      retryAfterMs: 1_500,
      vendor: { system: 'kantata', operation: 'read', code: '503', message: 'Away' },
    });
  }

  @Get('heap')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'So much text.' })
  @ApiOkResponse({ type: Object })
  heap(@Query('size') size: string): object {
    return { text: 'x'.repeat(Number(size)) };
  }

  @Get('on')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Looks up a day that nothing checked.' })
  @ApiOkResponse({ type: Object })
  async on(@Query('day') day: string): Promise<object> {
    return { rows: await this.dataSource.query<unknown[]>('select $1::date', [day]) };
  }

  @Get('slow')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Takes a minute of the database.' })
  @ApiOkResponse({ type: Object })
  async slow(): Promise<object> {
    return { rows: await this.dataSource.query<unknown[]>('select pg_sleep(60)') };
  }

  @Post('slow-checks')
  @Scopes('crm.read')
  @HttpCode(200)
  @WritesNothing()
  @ApiOperation({ summary: 'The same, of something that is asked by POST and by way of another app.' })
  @ApiOkResponse({ type: Object })
  async slowCheck(): Promise<object> {
    return this.dataSource.transaction(async em => ({ rows: await em.query<unknown[]>('select pg_sleep(60)') }));
  }

  @Post('slow-writes')
  @Scopes('crm.write')
  @ApiOperation({ summary: 'Takes as long as it is told, and is done then.' })
  @ApiCreatedResponse({ type: Object })
  async slowWrite(@Query('seconds') seconds: string): Promise<object> {
    await this.dataSource.query('select pg_sleep($1)', [Number(seconds)]);
    this.workshop.done += 1;
    return { done: this.workshop.done };
  }

  @Get('forgets')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Starts work that fails and that it does not wait for.' })
  @ApiOkResponse({ type: Object })
  forgets(): object {
    void Promise.reject(new Error('forgotten'));
    return {};
  }

  @Get('pay')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'What carriers are paid.' })
  @ApiOkResponse({ type: Object })
  pay(): object {
    notePayRead(['w1', 'w2']);
    return {};
  }

  @Get(':id')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'One parcel.' })
  @ApiOkResponse({ type: Parcel })
  one(@Param('id') id: string): object {
    if (id !== 'p1') throw new Problem('not-found', `There is no parcel ${id}.`);
    return { id, label: 'one', weight: 1 };
  }

  @Post()
  @Scopes('crm.write')
  @ApiOperation({ summary: 'Sends a parcel.' })
  @ApiCreatedResponse({ type: Parcel })
  async send(@Body() parcel: Parcel): Promise<object> {
    this.workshop.done += 1;
    await this.workshop.gate;
    if (parcel.label === 'away') throw new Problem('vendor-unavailable', 'Kantata is away.');
    if (parcel.label === 'taken') throw new Problem('conflict', 'The label is taken.', { code: 'taken' });
    return { ...parcel, run: this.workshop.done, ...(parcel.label === 'heap' ? { heap: 'x'.repeat(300_000) } : {}) };
  }

  @Post('checks')
  @Scopes('crm.write')
  @HttpCode(200)
  @WritesNothing()
  @ApiOperation({ summary: 'Whether a parcel could be sent.' })
  @ApiOkResponse({ type: Object })
  check(@Body() parcel: Parcel): object {
    return { sendable: parcel.weight < 50 };
  }

  @Put(':id')
  @Scopes('crm.write')
  @ApiOperation({ summary: 'Changes a parcel.' })
  @ApiHeader({ name: 'If-Match', required: false })
  @ApiOkResponse({ type: Parcel })
  async change(@Param('id') id: string, @Body() parcel: Parcel, @Headers('if-match') expected?: string): Promise<object> {
    if (id === 'of-others') throw new Problem('not-found', `There is no parcel ${id}.`);
    if (expected !== undefined && expected !== '"1"') throw new Problem('precondition-failed', 'It changed.', { code: 'plan-drifted' });
    await runInContext({}, () =>
      this.dataSource.transaction(em =>
        this.audit.record(em, {
          what: 'parcel-changed',
          subject: id,
          before: { label: 'old' },
          after: { label: parcel.label, apiKey: 'k-1' },
          why: 'asked',
        }),
      ),
    );
    return parcel;
  }
}

@Module({
  imports: [DatabaseModule.forApp({ name: 'parcels', migrations: serviceMigrations })],
  controllers: [ParcelsController],
  providers: [Workshop],
})
export class ParcelsModule {}

export const parcels: AppDefinition = {
  name: 'parcels',
  prefix: '/system/parcels',
  module: ParcelsModule,
  title: 'Parcels',
  description: 'Parcels and what becomes of them.',
  apis: [defineApi(aDeclaration({ app: 'parcels', layer: 'system', systemOfRecord: 'The shed' }), {})],
  config: [ParcelsConfig],
  calls: [
    defineApi(
      aDeclaration({ app: 'crm', layer: 'system' }),
      operations('deals', { getDeal: get('deals/:id', { scope: 'crm.read', summary: 'One' }) }),
    ),
  ],
};
