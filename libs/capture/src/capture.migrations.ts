import type { MigrationInterface, QueryRunner } from '#persistence';

export class Capture1763700009001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists capture;
      create sequence capture.version;
      create table capture.feed(
        system text, name text, noun text not null, cursor text, loaded boolean not null default false, paused boolean not null default false,
        every_ms int not null, sweep_every_ms bigint not null,
        read_to timestamptz, polled_at timestamptz, swept_at timestamptz, sweep bigint not null default 0,
        failures int not null default 0, last_error text, next_poll_at timestamptz not null default clock_timestamp(),
        next_sweep_at timestamptz not null default clock_timestamp(),
        reader uuid, reader_until timestamptz not null default '-infinity', fence bigint not null default 0,
        primary key(system, name));
      create table capture.shadow(
        system text, noun text, id text, state jsonb not null, last_written jsonb, version bigint not null, legal_entities text[] not null default '{}',
        seen_at timestamptz not null, written_at timestamptz,
        primary key(system, noun, id)) with (fillfactor = 85);
      create table capture.swept(system text, noun text, sweep bigint, id text, primary key(system, noun, sweep, id));
      create table capture.writing(system text, noun text, id text, until timestamptz not null, primary key(system, noun, id));
      create index shadow_entities on capture.shadow using gin (legal_entities);
      create index shadow_state on capture.shadow using gin (state jsonb_path_ops);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema capture cascade');
  }
}

/**
 * Shadows are searched by a few attributes that say where they belong. An index over the whole
 * state cost a third of writing a line of time, and served no other query.
 */
export class CaptureLookUps1763700009002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index capture.shadow_state;
      create index shadow_project on capture.shadow((state ->> 'projectId'), id) where state ->> 'projectId' is not null;
      create index shadow_timesheet on capture.shadow((state ->> 'timesheetId')) where state ->> 'timesheetId' is not null;
      create index shadow_expense_report on capture.shadow((state ->> 'expenseReportId')) where state ->> 'expenseReportId' is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index capture.shadow_project, capture.shadow_timesheet, capture.shadow_expense_report;
      create index shadow_state on capture.shadow using gin (state jsonb_path_ops);
    `);
  }
}

/**
 * Indexes that contain everything such a query filters by, in the order of its pages. Postgres has
 * no statistics of a young table yet: it would scan all ids of a noun, because it does not assume
 * that few of them belong to one project or timesheet.
 */
export class CaptureLookUpsInOrder1763700009003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index capture.shadow_project, capture.shadow_timesheet, capture.shadow_expense_report;
      create index shadow_project on capture.shadow(system, noun, (state ->> 'projectId'), id) where state ->> 'projectId' is not null;
      create index shadow_timesheet on capture.shadow(system, noun, (state ->> 'timesheetId'), id) where state ->> 'timesheetId' is not null;
      create index shadow_expense_report on capture.shadow(system, noun, (state ->> 'expenseReportId'), id) where state ->> 'expenseReportId' is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index capture.shadow_project, capture.shadow_timesheet, capture.shadow_expense_report;
      create index shadow_project on capture.shadow((state ->> 'projectId'), id) where state ->> 'projectId' is not null;
      create index shadow_timesheet on capture.shadow((state ->> 'timesheetId')) where state ->> 'timesheetId' is not null;
      create index shadow_expense_report on capture.shadow((state ->> 'expenseReportId')) where state ->> 'expenseReportId' is not null;
    `);
  }
}

export const captureMigrations = [Capture1763700009001, CaptureLookUps1763700009002, CaptureLookUpsInOrder1763700009003];
