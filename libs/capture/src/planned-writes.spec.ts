import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '#auth';
import type { Effect } from '#canonical';
import { eventsMigrations, SetAsides } from '#events';
import { type App, Audit, configureLog, Metrics, runInContext, serviceMigrations } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { BackEnd, type Note, notesFeed, publisher } from './back-end.fixture.js';
import { Capture } from './capture.js';
import { captureMigrations } from './capture.migrations.js';
import { PlannedWrites, type ExclusiveWrites, type Plan, type DesiredWrite } from './planned-writes.js';

let database: TestDatabase;
let writes: PlannedWrites;
let capture: Capture;
/** What the back end holds, and its calls in order. */
let there: Note | null;
let asked: string[];

const uk: Principal = {
  kind: 'person',
  id: 'person-uk',
  name: 'UK',
  clientId: 'desk',
  scopes: [],
  roles: [],
  legalEntities: ['LF-UK'],
  seesUnassigned: false,
  fieldRights: [],
};
let notes = 0;
const note = (over: Partial<Note> = {}): Note => ({ id: `n${++notes}`, title: 'one', legalEntity: 'LF-UK', ...over });
const entitiesOf = ({ legalEntity }: Note) => (legalEntity ? [legalEntity] : []);
const bag = (record: Note | null) => record as unknown as Record<string, unknown> | null;

const vendor: ExclusiveWrites = {
  exclusively: async (key, hash, work) => {
    asked.push(`hold ${key}`);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    return work().finally(() => asked.push(`release ${key}`));
  },
};

function planOf(desired: Note): Plan<Note> {
  const before = there;
  const operation = before ? 'update' : 'create';
  const effect: Effect = {
    system: 'crm',
    account: 'a',
    operation,
    noun: 'note',
    externalId: desired.id,
    before: bag(before),
    after: bag(desired),
    money: null,
  };
  const effects = JSON.stringify(before) === JSON.stringify(desired) ? [] : [effect];
  asked.push('plan');
  return {
    effects,
    apply: async () => {
      asked.push('apply');
      there = desired;
      return { effects, refs: [{ system: 'back-end', account: 'a', type: 'note', nativeId: '7' }], state: desired };
    },
  };
}

const write = (desired: Note, over: Partial<DesiredWrite<Note>> = {}): DesiredWrite<Note> => ({
  noun: 'note',
  desired,
  faults: [],
  concerns: [entitiesOf(desired)],
  caller: uk,
  vendor,
  plan: async () => planOf(desired),
  ...over,
});
const apply = (desired: Note, ifMatch?: string, over?: Partial<DesiredWrite<Note>>) =>
  runInContext({ correlationId: 'c-1', principal: uk, deadlineAt: undefined, app: 'notes' }, () => writes.apply(write(desired, over), ifMatch));
const planOn = (desired: Note, over?: Partial<DesiredWrite<Note>>) => writes.plan(write(desired, over));
const audited = (id: string): Promise<unknown[]> =>
  database.dataSource.query('select what, before, after from service.audit where subject = $1 order by id', [id]);
const published = async (id: string): Promise<string[]> => {
  const rows = await database.dataSource.query<{ title: string }[]>(`select data->'state'->>'title' title from events.event where key = $1`, [id]);
  return rows.map(({ title }) => title);
};

describe('planned writes', () => {
  beforeAll(async () => {
    configureLog({ logLevel: 'fatal' });
    database = await testDatabase({ migrations: [...serviceMigrations, ...eventsMigrations, ...captureMigrations], poolSize: 5 });
    capture = new Capture(
      { system: 'crm', polls: false },
      database.dataSource,
      publisher,
      new Metrics(),
      new SetAsides(publisher, new Metrics(), database.dataSource),
    );
    capture.register(notesFeed(new BackEnd(), { legalEntities: entitiesOf }));
    await capture.pollNow('notes');
    writes = new PlannedWrites(capture, new Audit({ name: 'notes' } as App), database.dataSource);
  });
  beforeEach(() => void ([there, asked] = [null, []]));
  afterAll(() => database.close());

  it('applies the reviewed plan, with exclusive access to the record, and records it as ours: shadow, event and audit row', async () => {
    const desired = note();
    const { effects, hash } = await planOn(desired);
    expect([asked, await audited(desired.id)]).toEqual([['plan'], []]);
    const applied = await apply(desired, `W/"${hash}"`, { alsoExclusive: ['title:one'] });
    expect(applied).toEqual({ effects, refs: [expect.objectContaining({ nativeId: '7' })] });
    const held = `note:${desired.id}`;
    const within = ['hold title:one', `hold ${held}`, 'plan', 'apply', `release ${held}`, 'release title:one'];
    expect(asked.slice(1)).toEqual(within);
    expect(await capture.shadow<Note>('note').get(desired.id)).toEqual(desired);
    expect([await published(desired.id), await audited(desired.id)]).toEqual([['one'], [{ what: 'note-written', before: [null], after: [desired] }]]);
  });

  it.each([(hash: string) => hash, (hash: string) => `"${hash}"`, (hash: string) => ` W/"${hash}" `])(
    'takes the hash as If-Match sends it, and writes nothing once the plan has drifted',
    async sent => {
      const desired = note({ title: 'two' });
      const { hash } = await planOn(desired);
      there = { ...desired, title: 'as somebody changed it' };
      await expect(apply(desired, sent(hash))).rejects.toMatchObject({ kind: 'precondition-failed', code: 'plan-drifted' });
      expect([asked.includes('apply'), await audited(desired.id)]).toEqual([false, []]);
      there = null;
      expect((await apply(desired, sent(hash))).effects).toHaveLength(1);
    },
  );

  it('leaves no audit row when nothing is to change, and answers what it found', async () => {
    const desired = note();
    there = desired;
    expect(await apply(desired)).toMatchObject({ effects: [], refs: [{ nativeId: '7' }] });
    expect([await capture.shadow<Note>('note').get(desired.id), await audited(desired.id)]).toEqual([desired, []]);
  });

  it('keeps neither shadow nor event of a write whose audit row can’t be kept', async () => {
    const desired = note();
    await database.dataSource.query('alter table service.audit rename to audit_away');
    await expect(apply(desired)).rejects.toThrow(/audit/);
    await database.dataSource.query('alter table service.audit_away rename to audit');
    expect([await capture.shadow<Note>('note').get(desired.id), await published(desired.id)]).toEqual([undefined, []]);
  });

  it('reports all faults at once, and asks the back end nothing', async () => {
    const faults = ['title', 'owner'].map(field => ({ field, rule: 'r', message: `${field} is wrong` }));
    for (const work of [planOn(note(), { faults }), apply(note(), undefined, { faults })])
      await expect(work).rejects.toMatchObject({ kind: 'invalid', code: 'validation', fields: faults });
    expect(asked).toEqual([]);
  });

  it('refuses a record of a legal entity that isn’t the caller’s, as requested, as last seen or as planned', async () => {
    const refused = { kind: 'forbidden', code: 'legal-entity' };
    const mine = note();
    const german = { ...mine, legalEntity: 'LF-DE' };
    await expect(apply(german)).rejects.toMatchObject(refused);
    await expect(apply(mine, undefined, { concerns: [['LF-UK'], ['LF-DE']] })).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
    for (const owner of [german, { ...mine, legalEntity: '' }, { ...mine, legalEntity: undefined, dimensions: { legalEntity: 'LF-DE' } }]) {
      there = owner;
      await expect(planOn(mine)).rejects.toMatchObject(refused);
      await expect(apply(mine)).rejects.toMatchObject(refused);
    }
    expect([asked.includes('apply'), await audited(mine.id)]).toEqual([false, []]);
    there = { ...mine, title: 'before', legalEntity: undefined };
    // the control: a record without a legal entity is refused to nobody
    expect((await apply(mine)).effects).toHaveLength(1);
  });
});
