import type { MigrationInterface, QueryRunner } from '#persistence';

export class Mappings1763700010001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists mappings;
      create table mappings.mapping(
        kind text not null, source text not null, target text not null, version int not null default 1,
        changed_at timestamptz not null default now(), changed_by text not null, primary key(kind, source));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema mappings cascade');
  }
}

export const mappingsMigrations = [Mappings1763700010001];
