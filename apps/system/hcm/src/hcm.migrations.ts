import { folded } from '#canonical';
import type { MigrationInterface, QueryRunner } from '#persistence';
import { emailKey } from './workers/worker-record.rules.js';

/**
 * The replica that questions are answered from. Days are inclusive in `from_date` and exclusive in
 * `until_date`. A worker's first version extends back for ever and the last one forward, so that
 * each day has exactly one. `skill_keys` are the skills in the form for look-ups.
 */
export class Hcm1763700032001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists hcm;
      create table hcm.worker(id text primary key, employee_number text not null, refs jsonb not null);
      create table hcm.worker_version(
        worker_id text not null references hcm.worker on delete cascade, from_date date not null, until_date date not null,
        name text not null, work_email text, hired_on date not null, terminated_on date, role text not null, skills text[] not null,
        skill_keys text[] not null,
        manager_id text, location text, legal_entity text not null, cost_centre text, extensions jsonb,
        primary key(worker_id, from_date), check(from_date < until_date));
      create index worker_version_role on hcm.worker_version(role);
      create index worker_version_entity on hcm.worker_version(legal_entity);
      create index worker_version_name on hcm.worker_version(name, worker_id);
      create table hcm.worker_cost_rate(
        worker_id text not null references hcm.worker on delete cascade, from_date date not null, until_date date not null,
        amount numeric not null, currency char(3) not null, primary key(worker_id, from_date));
      create table hcm.worker_leave(
        worker_id text not null references hcm.worker on delete cascade, from_date date not null, to_date date, type text not null);
      create index worker_leave_worker on hcm.worker_leave(worker_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema hcm cascade');
  }
}

/**
 * Workers are looked up by the hundred with the keys of other systems: by work e-mail address in
 * any case, and by employee number.
 */
export class HcmLookups1763700032002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index worker_version_email on hcm.worker_version(lower(work_email));
      create index worker_number on hcm.worker(employee_number);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index hcm.worker_version_email, hcm.worker_number');
  }
}

/**
 * The app folds addresses and skills when it writes and when it looks up; Postgres compares bytes,
 * whatever its locale.
 */
export class HcmFoldedKeys1796020200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index hcm.worker_version_email; alter table hcm.worker_version add column email_key text');
    // Far fewer addresses and sets of skills than versions.
    const emails = (await runner.query('select distinct work_email email from hcm.worker_version where work_email is not null')) as {
      email: string;
    }[];
    await runner.query(
      `update hcm.worker_version v set email_key = r.key from jsonb_to_recordset($1::jsonb) as r(email text, key text) where v.work_email = r.email`,
      [JSON.stringify(emails.map(({ email }) => ({ email, key: emailKey(email) })))],
    );
    const sets = (await runner.query('select distinct skills from hcm.worker_version')) as { skills: string[] }[];
    await runner.query(
      `update hcm.worker_version v set skill_keys = array(select jsonb_array_elements_text(r.keys))
       from jsonb_to_recordset($1::jsonb) as r(skills jsonb, keys jsonb) where to_jsonb(v.skills) = r.skills`,
      [JSON.stringify(sets.map(({ skills }) => ({ skills, keys: skills.map(folded) })))],
    );
    await runner.query('create index worker_version_email_key on hcm.worker_version(email_key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table hcm.worker_version drop column email_key;
      update hcm.worker_version set skill_keys = array(select lower(unnest(skills)));
      create index worker_version_email on hcm.worker_version(lower(work_email))`);
  }
}

/** Where people work and how much; unknown for workers read earlier, until they are read again. */
export class HcmWorkplaces1796027040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hcm.worker_version add column country char(2), add column region text, add column full_time_share numeric');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hcm.worker_version drop column country, drop column region, drop column full_time_share');
  }
}

/** By which agency people are lent; unknown for workers read earlier, until they are read again. */
export class HcmAgencies1796300000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hcm.worker_version add column agency text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hcm.worker_version drop column agency');
  }
}

export const hcmMigrations = [
  Hcm1763700032001,
  HcmLookups1763700032002,
  HcmFoldedKeys1796020200000,
  HcmWorkplaces1796027040000,
  HcmAgencies1796300000200,
];
