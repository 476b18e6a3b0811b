import { afterAll, beforeAll, expect, it } from 'vitest';
import { declaredTables } from '#persistence';
import { differencesOf, testDatabase, TEST_ROLES, type TestDatabase, urlAs } from '#testing';
import { prepareInstallation } from './installation.js';

/** Specs share a worker, so tables that specs of the libs declare for themselves may be there too. */
const OF_SPECS = /^(bureau|shop)\./;
const productTables = () => declaredTables().filter(({ name }) => !OF_SPECS.test(name));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await prepareInstallation(urlAs(TEST_ROLES.owner, database.url), TEST_ROLES);
});
afterAll(() => database?.close());

it('has every table as any app declares it', async () => {
  const tables = productTables();
  const some = [
    'billing.expense_term',
    'billing.line',
    'billing.posting',
    'billing.rate',
    'mappings.mapping',
    'ownership.decision',
    'partner.line',
    'portal.billing_line',
    'portal.project',
  ];
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(some));
  expect(new Set(tables.map(({ name }) => name)).size).toBe(tables.length);
  const differences = await Promise.all(tables.map(table => differencesOf(database.dataSource, table)));
  expect(differences.flat()).toEqual([]);
});

it('reads and writes every declared table by repositories', async () => {
  const found = productTables().map(({ entity }) => database.dataSource.getRepository(entity).find({ take: 1 }));
  expect(await Promise.all(found)).toEqual(found.map(() => []));
});
