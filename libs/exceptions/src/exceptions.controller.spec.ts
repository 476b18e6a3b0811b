import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anException, needs, testDesk, type TestDesk, UK } from './exceptions.fixture.js';

let made: TestDesk;
beforeAll(async () => void (made = await testDesk()));
afterAll(() => made?.close());
beforeEach(() => made.clear());

describe('over the API', () => {
  it('the desk is listed oldest first, by state, desk and need, a page at a time', async () => {
    await made.raise(...['p1', 'p2', 'p3'].map(id => anException(id, [needs.rate('ARCHITECT')])), anException('p4', [needs.rate('ANALYST')]));
    await made.act('p2', 'skip');
    const page = await made.ask('GET', '/exceptions?limit=2', UK);
    expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual(['p1', 'p2']);
    const rest = await made.ask('GET', `/exceptions?limit=2&cursor=${page.body.nextCursor}`, UK);
    expect(rest.body.items.map(({ id }: { id: string }) => id)).toEqual(['p3', 'p4']);
    const open = await made.ask('GET', `/exceptions?state=open&desk=finance&need=${needs.rate('ARCHITECT')}`, UK);
    expect(open.body.items.map(({ id }: { id: string }) => id)).toEqual(['p1', 'p3']);
    expect(open.body.items[0].needs).toEqual([{ need: 'rate:ARCHITECT', desk: 'finance', met: false, cure: expect.stringContaining('ARCHITECT') }]);
  });

  it('those that were opened at one moment have a page each too', async () => {
    await made.within(em =>
      made.desk.raise(
        em,
        ['m1', 'm2', 'm3'].map(id => anException(id, [needs.rate('ARCHITECT')])),
      ),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await made.ask('GET', `/exceptions?limit=1${cursor ? `&cursor=${cursor}` : ''}`, UK);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor as string | null;
    } while (cursor && seen.length < 10);
    expect(seen).toEqual(['m1', 'm2', 'm3']);
  });

  it('an exception of another legal entity is answered like a missing one, and one on another desk is for that desk', async () => {
    await made.raise(
      anException('us', [needs.rate('ARCHITECT')], { legalEntities: ['LF-US'] }),
      anException('pmo', [needs.rate('ARCHITECT')], { desk: 'pmo' }),
    );
    const body = { action: 'retry', reason: 'because' };
    expect((await made.ask('GET', '/exceptions/us', UK)).status).toBe(404);
    expect((await made.ask('POST', '/exceptions/us/actions', UK, body)).status).toBe(404);
    const refused = await made.ask('POST', '/exceptions/pmo/actions', UK, body);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-your-desk']);
    expect(made.released).toEqual([]);
  });

  it('a group is retried by a person who sees all of it', async () => {
    await made.raise(anException('uk', [needs.rate('ARCHITECT')]), anException('de', [needs.rate('ARCHITECT')], { legalEntities: ['LF-DE'] }));
    const body = { need: needs.rate('ARCHITECT'), action: 'retry', reason: 'because' };
    expect((await made.ask('POST', '/exception-groups/actions', UK, body)).status).toBe(403);
    const retried = await made.ask('POST', '/exception-groups/actions', { person: 'finance' }, body);
    expect([retried.status, retried.body, made.released]).toEqual([200, { exceptions: 2 }, ['retry uk']]);
  });

  it('an action with fields that would be ignored is refused', async () => {
    await made.raise(anException('unheard', [needs.rate('ARCHITECT')]));
    const refused = await made.ask('POST', '/exceptions/unheard/actions', UK, { action: 'retry', reason: 'because', from: '2026-11-01' });
    expect([refused.status, refused.body.code, refused.body.fields.map(({ field }: { field: string }) => field)]).toEqual([
      422,
      'not-asked',
      ['from'],
    ]);
    expect(await made.states('unheard')).toEqual(['open']);
  });
});
