import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { mintId, money } from '#canonical';
import { RELEASE } from '#persistence';
import { aDeal, eventually, type TokenRequest } from '#testing';
import { anEvent, aStep, mapped, stepped, testPortal, type TestPortal } from '../portal.fixture.js';
import { READ_MODEL } from './read-model.subscriber.js';
let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(mapped('Larkfield Ltd', 'LF-UK'), mapped('Larkfield GmbH', 'LF-DE'));
});
afterAll(() => portal?.close());

describe('the reading of the log', () => {
  it('sets aside an event that it cannot read, and reads on', async () => {
    const good = aDeal({ id: mintId('deal', 'good'), name: 'After the bad one', refs: [] });
    const bad = anEvent('deal.changed.v1', 'dea_bad', { state: { ...aDeal({ id: 'dea_bad', refs: [] }), closeDate: 'the day after' }, changed: [] });
    const shapeless = anEvent('deal.changed.v1', 'dea_shapeless', {} as never);
    await portal.publish(
      anEvent('deal.changed.v1', good.id, { state: { ...good, name: 'Before' }, changed: [] }),
      bad,
      shapeless,
      anEvent('deal.changed.v1', good.id, { state: good, changed: [] }),
    );
    expect((await portal.ask(`{ deal(id: "${good.id}") { name } }`)).deal).toEqual({ name: 'After the bad one' });
    const rejected = await portal.dataSource.query<{ id: string }[]>(
      `select e.id from events.set_aside a join events.event e on e.pos::text = a.item where a.place = 'reader portal.read-model' order by a.n`,
    );
    expect(rejected.map(({ id }) => id)).toEqual([bad.id, shapeless.id]);
    const metrics = await fetch(`${portal.app.url}/metrics`, { headers: await portal.issuer.bearer({ client: 'operations' }) });
    expect(await metrics.text()).toContain('throughline_portal_events_rejected_total{type="deal.changed.v1"} 2');
  });

  it('reports in freshness, readiness and a metric how many records of which noun are set aside, to each viewer of those they may see', async () => {
    const refused = (id: string, legalEntities: string[]) =>
      anEvent('deal.changed.v1', id, { state: { ...aDeal({ id, refs: [] }), closeDate: 'someday' }, changed: [] }, { legalEntities });
    const seen = async (who?: TokenRequest): Promise<{ setAside: number; setAsideNouns: { noun: string; records: number }[] }> => {
      const { freshness } = await portal.ask('{ freshness { system feed setAside setAsideNouns { noun records } } }', who);
      return freshness.find(({ feed }: { feed: string }) => feed === READ_MODEL);
    };
    const before = await seen();
    await portal.publish(refused('dea_uk', ['LF-UK']), refused('dea_de', ['LF-DE']));
    const records = before.setAside + 2;
    expect(await seen()).toMatchObject({ setAside: records, setAsideNouns: [{ noun: 'deal', records }] });
    expect(await seen({ person: 'sales-de' })).toMatchObject({ setAside: 1, setAsideNouns: [{ noun: 'deal', records: 1 }] });
    const ready = await fetch(`${portal.app.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ok', details: { records: { degraded: `set aside: deal ${records}` } } },
    ]);
    const metrics = await fetch(`${portal.app.url}/metrics`, { headers: await portal.issuer.bearer({ client: 'operations' }) });
    expect(await metrics.text()).toContain(`throughline_set_aside_open{place="reader portal.read-model",noun="deal"} ${records}`);
  });

  it('reports that a reader fails when it is stopped', async () => {
    const stop = `insert into events.stopped(place, id, what, release) values ('reader ${READ_MODEL}', 'x', 'too much', $1)`;
    await portal.dataSource.query(stop, [RELEASE]);
    onTestFinished(async () => void (await portal.dataSource.query('delete from events.stopped')));
    const { freshness } = await portal.ask('{ freshness { feed state } }');
    expect(freshness).toContainEqual({ feed: READ_MODEL, state: 'FAILING' });
    const ready = await fetch(`${portal.app.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('1 place is stopped')]);
  });

  it('reports how far it has read, and is rebuilt from the log when the cursor is set back', async () => {
    const deal = aDeal({ id: mintId('deal', 'replayed'), name: 'Told twice', refs: [] });
    await portal.publish(
      anEvent('deal.changed.v1', deal.id, { state: { ...deal, name: 'Told once', amount: money('1', 'GBP') }, changed: [] }),
      anEvent('deal.changed.v1', deal.id, { state: deal, changed: ['name'] }),
      stepped(aStep({ subject: deal.id })),
    );
    const everything =
      '{ deals(first: 200, order: { by: NAME }) { nodes { id name legalEntities refs { nativeId } journey { steps(first: 1) { nodes { kind } } } } } customers { nodes { id name refs { nativeId } legalEntities } } workers { nodes { id name } } }';
    const before = await portal.ask(everything);
    const tables = await portal.dataSource.query<{ name: string }[]>(
      `select table_name as name from information_schema.tables where table_schema = 'portal'`,
    );
    await portal.dataSource.transaction(async em => {
      await em.query(`truncate ${tables.map(({ name }) => `portal.${name}`).join(', ')}`);
      await em.query(`update events.subscription set last_xid = '0', last_pos = 0 where name = $1`, [READ_MODEL]);
    });
    await eventually(
      async () =>
        (await portal.dataSource.query<unknown[]>('select 1 from portal.progress')).length > 0 &&
        JSON.stringify(await portal.ask(everything)) === JSON.stringify(before),
    );
    const { freshness } = await portal.ask('{ freshness { system feed readTo polledAt state } }');
    const own = freshness.find((source: { system: string }) => source.system === 'throughline');
    expect(own).toMatchObject({ feed: READ_MODEL, state: 'LIVE' });
    expect(Date.parse(own.readTo)).toBeGreaterThan(Date.now() - 60_000);
  });
});
