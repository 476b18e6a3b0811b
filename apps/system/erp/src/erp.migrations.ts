import type { MigrationInterface, QueryRunner } from '#persistence';

/** Stores which invoice our lines are on: for time, the ERP states it only on the invoice. */
export class Erp1763700033001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists erp;
      create table erp.invoiced_line(external_id text primary key, invoice_id text not null);
      create index invoiced_line_invoice on erp.invoiced_line(invoice_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema erp cascade');
  }
}

export const erpMigrations = [Erp1763700033001];
