import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { defineApi } from '#apis';
import { CurrentPrincipal, type Principal, Scopes } from '#auth';
import { Text, Whole } from '#canonical';
import { APPS, Database, DatabaseModule, inTransaction, Roles, ROWS, withFullView } from '#persistence';
import { type AppDefinition, serviceMigrations } from '#service';
import { aDeclaration, type ManualClock, TEST_ROLES } from '#testing';
import type { Resolve } from './guarded-post.js';
import { type Endpoint, Endpoints, publish, WebhooksConfig, webhooksMigrations, WebhooksModule } from './index.js';

// What another app would add that tells its callers what happened: here each client is told of its
// own news.

class EndpointBody {
  @Text({ max: 3_000 }) url: string;
  @Text({ list: true }) types: string[];
}

class RotationBody {
  @Whole({ min: 0, max: 168 }) overlapHours: number;
}

class ReplayBody {
  @Text({ optional: true }) since?: string;
  @Text({ optional: true }) messageId?: string;
}

class NewsBody {
  @Text() id: string;
  @Text() type: string;
  @Text() key: string;
  @Text({ max: 70_000 }) words: string;
}

const viewOf = ({ id, url, types, state, why }: Endpoint) => ({ id, url, types, state, why });

export const migrations = [...serviceMigrations, ...webhooksMigrations];

export function herald(clock: ManualClock, resolve?: Resolve): AppDefinition {
  @Controller({ version: '1' })
  class HeraldController {
    constructor(
      private readonly database: Database,
      private readonly endpoints: Endpoints,
    ) {}

    @Get('endpoints')
    @Scopes('crm.read')
    @ApiOkResponse({ type: Object })
    async list(@CurrentPrincipal() { clientId }: Principal): Promise<object> {
      return { items: (await this.endpoints.list(clientId)).map(viewOf) };
    }

    @Post('endpoints')
    @Scopes('crm.read')
    @ApiCreatedResponse({ type: Object })
    async create(@Body() body: EndpointBody, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      const { endpoint, secret } = await this.endpoints.create(clientId, body);
      return { ...viewOf(endpoint), secret };
    }

    @Put('endpoints/:id')
    @Scopes('crm.read')
    @ApiOkResponse({ type: Object })
    async change(@Param('id') id: string, @Body() body: EndpointBody, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      return viewOf(await this.endpoints.change(clientId, id, body));
    }

    @Delete('endpoints/:id')
    @Scopes('crm.read')
    @HttpCode(204)
    @ApiNoContentResponse()
    remove(@Param('id') id: string, @CurrentPrincipal() { clientId }: Principal): Promise<void> {
      return this.endpoints.remove(clientId, id);
    }

    @Post('endpoints/:id/rotations')
    @Scopes('crm.read')
    @ApiCreatedResponse({ type: Object })
    rotate(@Param('id') id: string, @Body() { overlapHours }: RotationBody, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      return this.endpoints.rotate(clientId, id, overlapHours);
    }

    @Post('endpoints/:id/replays')
    @Scopes('crm.read')
    @ApiCreatedResponse({ type: Object })
    async replay(@Param('id') id: string, @Body() { since, messageId }: ReplayBody, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      const from = messageId === undefined ? { since: new Date(since!) } : { messageId };
      return { messages: await this.endpoints.replay(clientId, id, from) };
    }

    @Get('endpoints/:id/deliveries')
    @Scopes('crm.read')
    @ApiOkResponse({ type: Object })
    async deliveries(@Param('id') id: string, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      const rows = await this.endpoints.deliveries(clientId, id, { limit: 200 });
      return { items: rows.map(({ messageId, state, attempts, status, why }) => ({ messageId, state, attempts, status, why })) };
    }

    @Post('news')
    @Scopes('crm.read')
    @ApiCreatedResponse({ type: Object })
    async tell(@Body() { words, ...news }: NewsBody, @CurrentPrincipal() { clientId }: Principal): Promise<object> {
      const now = new Date(clock.wall());
      await withFullView('a fixture', () =>
        inTransaction(this.database, em => publish(em, { ...news, owner: clientId, time: now, data: { words } }, now)),
      );
      return {};
    }
  }

  @Module({
    imports: [DatabaseModule.forApp({ name: 'herald', migrations }), WebhooksModule.forApp({ types: ['news.v1', 'gossip.v1'], clock, resolve })],
    controllers: [HeraldController],
  })
  class HeraldModule {}

  return {
    name: 'herald',
    prefix: '/experience/herald',
    module: HeraldModule,
    title: 'Herald',
    description: 'News, for who asked to be told.',
    config: [WebhooksConfig],
    apis: [defineApi(aDeclaration({ app: 'herald', layer: 'experience' }), {})],
  };
}

/** Its lines in the lists of libs/persistence/src/access. */
const HIDDEN = { hidden: 'whom we tell what, and with which secrets; each statement names the owner' };
export const rows = {
  ...ROWS,
  'webhooks.endpoint': HIDDEN,
  'webhooks.secret': HIDDEN,
  'webhooks.message': HIDDEN,
  'webhooks.delivery': HIDDEN,
};
export const roles = new Roles(TEST_ROLES.prefix, { ...APPS, fixture: { full: { ...TEST_ROLES.apps.fixture.full, webhooks: 'rows' } } });
