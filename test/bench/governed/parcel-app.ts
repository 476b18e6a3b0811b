import { Controller, Module, Param, Query } from '@nestjs/common';
import { defineApi, get, operations, TEAMS } from '#apis';
import { BusinessDate, Flag, Id, Money, Nested, Problem, Text, Whole } from '#canonical';
import { APPS, column, Database, DatabaseModule, type MigrationInterface, type QueryRunner, type ReadRow, Roles, ROWS, table } from '#persistence';
import { type AppDefinition, Implements, serviceMigrations } from '#service';
import { TEST_ROLES } from '../../../libs/testing/src/test-roles.js';

// The least app that all governance applies to: one operation, one indexed read of a row that
// belongs to a legal entity.

const parcel = table(
  'bench.parcel',
  {
    id: column.text(),
    label: column.text(),
    grams: column.integer(),
    amount: column.numeric(12, 2),
    currency: column.text(),
    sentOn: column.date(),
    legalEntities: column.texts(),
  },
  ['id'],
);

class Parcels1796090000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema bench;
      create table bench.parcel(id text primary key, label text not null, grams int not null, amount numeric(12, 2) not null, currency text not null,
        sent_on date not null, legal_entities text[] not null)`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema bench cascade');
  }
}
export const migrations = [...serviceMigrations, Parcels1796090000000];

/** Their lines in the lists of libs/persistence/src/access. */
export const rows = { ...ROWS, 'bench.parcel': { entities: 'legal_entities' } };
export const roles = new Roles(TEST_ROLES.prefix, { ...APPS, fixture: { full: { ...TEST_ROLES.apps.fixture.full, bench: 'rows' } } });

export const ENTITIES = ['LF-UK', 'LF-US', 'LF-DE', 'LF-IN'] as const;
export const parcelId = (n: number): string => `prc_${String(n).padStart(8, '0')}`;

/** So many parcels (`$1`), of one entity after the other. */
export const INSERT_PARCELS = `insert into bench.parcel
  select 'prc_' || lpad(n::text, 8, '0'), 'Parcel ' || n, 1 + n % 20000, n % 900 + 0.5, 'GBP', date '2026-01-01' + n % 300,
    array[('{${ENTITIES.join(',')}}'::text[])[1 + n % ${ENTITIES.length}]]
  from generate_series(0, $1::int - 1) n`;

/** What both sides ask Postgres. */
export const READ_PARCEL = `select ${parcel.selected('p')} from bench.parcel p where p.id = $1`;
export type ParcelRow = ReadRow<typeof parcel.columns>;

class Parcel {
  @Id() id: string;
  @Text() label: string;
  @Whole({ min: 1 }) grams: number;
  @BusinessDate() sentOn: string;
  @Text({ list: true }) legalEntities: string[];
  @Nested(() => Money, { optional: true }) price?: Money;
}
class ParcelPath {
  @Id({ description: 'Id of a parcel.' }) id: string;
}
class ParcelQuery {
  @Flag({ optional: true, description: 'False leaves the price out.' }) prices?: boolean;
}

/** What both sides answer. */
export function viewOf({ id, label, grams, sentOn, legalEntities, amount, currency }: ParcelRow, prices = true): Parcel {
  return { id, label, grams, sentOn, legalEntities, ...(prices ? { price: { amount, currency } } : {}) };
}

const api = defineApi(
  {
    app: 'parcels',
    layer: 'system',
    version: '1',
    owner: TEAMS.integration,
    audience: 'partner',
    lifecycle: { state: 'beta' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
  },
  operations('parcels', {
    getParcel: get('parcels/:id', { scope: 'crm.read', summary: 'One parcel', params: ParcelPath, query: ParcelQuery, answer: Parcel }),
  }),
);

@Controller()
export class ParcelsController {
  constructor(private readonly database: Database) {}

  @Implements(api.operations.getParcel)
  async one(@Param() { id }: ParcelPath, @Query() { prices }: ParcelQuery): Promise<Parcel> {
    const [row] = await this.database.query<ParcelRow[]>(READ_PARCEL, [id]);
    // oxlint-disable-next-line typescript/no-unnecessary-condition -- there may be no such row
    if (!row) throw new Problem('not-found', `There is no parcel ${id}.`);
    return viewOf(row, prices);
  }
}

@Module({ imports: [DatabaseModule.forApp({ name: 'parcels', migrations })], controllers: [ParcelsController] })
class ParcelsModule {}

export const parcelApp: AppDefinition = {
  name: 'parcels',
  prefix: '/system/parcels',
  module: ParcelsModule,
  title: 'Parcels',
  description: 'Parcels, for a measurement.',
  apis: [api],
};
