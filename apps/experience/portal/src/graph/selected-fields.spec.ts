import { afterAll, beforeAll, expect, it } from 'vitest';
import { UsageRecorder } from '#service';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
});
afterAll(() => portal?.close());

it('a query counts for each field and argument that it selects, by consumer', async () => {
  const query = '{ __typename viewer { ...who } deals(first: 1) { nodes { id } } } fragment who on Viewer { person { name } }';
  await portal.ask(query, { person: 'finance-uk' });
  await portal.ask(query, { person: 'finance-uk' });
  await portal.ask('{ viewer { legalEntities } }', { client: 'partner' });
  // an invalid query selects nothing, and is a call all the same
  await portal.answer('{ nothing }', { client: 'partner' });
  const recorder = portal.app.app.get(UsageRecorder);
  await recorder.flush();
  const rows = await portal.dataSource.query<Record<string, string>[]>('select consumer, field, calls from governance.usage');
  const used = rows.map(({ consumer, field, calls }) => `${consumer} ${field} ${calls}`);
  expect(used.filter(row => row.startsWith('person-finance-uk')).sort()).toEqual(
    ['', 'Deal.id', 'DealConnection.nodes', 'Person.name', 'Query.deals', 'Query.deals(first)', 'Query.viewer', 'Viewer.person']
      .map(field => `person-finance-uk ${field} 2`)
      .sort(),
  );
  expect(used.filter(row => row.startsWith('partner')).sort()).toEqual(['partner  2', 'partner Query.viewer 1', 'partner Viewer.legalEntities 1']);
});
