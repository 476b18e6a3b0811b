import { Controller, Get, Injectable, Module, type OnModuleInit, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Scopes } from '#auth';
import { defineApi, type RecordedEvent } from '#apis';
import { folded } from '#canonical';
import { captureMigrations } from '#capture';
import { EventsModule, eventsMigrations, Subscriptions } from '#events';
import {
  APPS,
  column,
  Database,
  DatabaseModule,
  type MigrationInterface,
  type QueryRunner,
  type ReadRow,
  recordset,
  Roles,
  ROWS,
  table,
  type Transaction,
  type WrittenRow,
} from '#persistence';
import { type AppDefinition, Metrics, serviceMigrations } from '#service';
import { aDeclaration, TEST_ROLES } from '#testing';
import {
  Batch,
  buildFromLog,
  contains,
  entitiesOf,
  type ListSource,
  Lists,
  oneOf,
  overlaps,
  Reader,
  readFreshness,
  type ReadModel,
} from './index.js';

// What another experience app would add: here a staffing bureau that sees the openings for which it
// may offer people. It does not use the portal.

const opening = table(
  'bureau.opening',
  {
    id: column.text(),
    seq: column.bigint(),
    role: column.text(),
    folded: column.text(),
    startsOn: column.date(),
    minutes: column.integer(),
    legalEntities: column.texts(),
  },
  ['id'],
);

class Openings1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema bureau;
      create table bureau.opening(id text primary key, seq bigint not null, role text not null, folded text not null, starts_on date not null,
        minutes integer not null, legal_entities text[] not null);
      create table bureau.progress(name text primary key, read_to timestamptz not null, applied_at timestamptz not null)`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema bureau cascade');
  }
}
export const migrations = [...serviceMigrations, ...eventsMigrations, ...captureMigrations, Openings1900000000000];

async function projectOpenings(em: Transaction, events: RecordedEvent[]): Promise<void> {
  const rows = new Batch(em, events).latest('staffing-request.raised.v1').map((event): WrittenRow<typeof opening.columns> => {
    const { id, role, startDate, minutes, legalEntity } = event.data.state;
    return { id, seq: event.pos, role, folded: folded(role), startsOn: startDate, minutes, legalEntities: entitiesOf(event, legalEntity) };
  });
  const from = recordset('r', opening.columns);
  await em.query(opening.upsert({ from, as: 'o', where: 'excluded.seq >= o.seq' }), [JSON.stringify(rows)]);
}

const bureauReadModel: ReadModel = {
  schema: 'bureau',
  parts: [{ name: 'bureau.openings', types: ['staffing-request.raised.v1'], apply: projectOpenings }],
};

interface OpeningFilter {
  role?: string[];
  legalEntity?: string[];
  text?: string;
}

const openings: ListSource<OpeningFilter> = {
  name: 'openings',
  from: 'bureau.opening t',
  columns: opening.without('seq', 'folded').selected('t'),
  id: 't.id',
  orders: { startsOn: { sql: 't.starts_on', type: 'date' }, minutes: { sql: 't.minutes', type: 'bigint' } },
  filters: { role: oneOf('t.role'), legalEntity: overlaps('t.legal_entities'), text: contains('t.folded') },
  facets: { role: { sql: 't.role', filter: 'role' } },
};

@Injectable()
class OpeningsSubscription implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
  ) {}
  onModuleInit(): void {
    buildFromLog(bureauReadModel, this.subscriptions, this.metrics);
  }
}

@Controller({ path: 'openings', version: '1' })
class OpeningsController {
  constructor(private readonly database: Database) {}

  @Get()
  @Scopes('portal.read')
  @ApiOkResponse({ type: Object })
  async list(@Query() { after, by = 'startsOn', text, role }: Record<string, string>, @CurrentPrincipal() viewer: Principal): Promise<object> {
    const reader = new Reader(this.database, viewer);
    const lists = new Lists(reader);
    const args = { first: 2, after: after ?? null, filter: { text, role: role?.split(',') }, order: { by, descending: false } };
    const ask = { source: openings, scope: null, parent: null, args };
    try {
      const { rows, hasNextPage } = await lists.page<ReadRow<typeof opening.columns>, OpeningFilter>(ask);
      return {
        items: rows.map(({ row }) => ({ id: row.id, startsOn: row.startsOn, minutes: row.minutes })),
        next: hasNextPage ? rows.at(-1)!.cursor : null,
        count: await lists.count(ask),
        roles: await lists.facet(ask, 'role'),
        freshness: await readFreshness(bureauReadModel, reader, viewer),
        statements: reader.statements,
      };
    } finally {
      await reader.close();
    }
  }
}

@Module({
  imports: [DatabaseModule.forApp({ name: 'bureau', migrations }), EventsModule],
  controllers: [OpeningsController],
  providers: [OpeningsSubscription],
})
class BureauModule {}

export const bureau: AppDefinition = {
  name: 'bureau',
  prefix: '/experience/bureau',
  module: BureauModule,
  title: 'Bureau',
  description: 'Openings, for who may offer people for them.',
  apis: [defineApi(aDeclaration({ app: 'bureau', layer: 'experience' }), {})],
};

/** Its lines in the lists of libs/persistence/src/access. */
export const rows = {
  ...ROWS,
  'bureau.opening': { entities: 'legal_entities' },
  'bureau.progress': { hidden: 'how far the log was read; told with each answer' },
};
export const roles = new Roles(TEST_ROLES.prefix, { ...APPS, fixture: { full: { ...TEST_ROLES.apps.fixture.full, bureau: 'rows' } } });
