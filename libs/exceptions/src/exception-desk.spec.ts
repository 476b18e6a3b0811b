import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anException, needs, ROBIN, testDesk, type TestDesk } from './exceptions.fixture.js';

let made: TestDesk;
beforeAll(async () => void (made = await testDesk()));
afterAll(() => made?.close());
beforeEach(() => made.clear());

const events = (type: string, key: string) =>
  made.database.dataSource.query<{ data: Record<string, any>; actor: { id: string } | null }[]>(
    'select data, actor from events.event where type = $1 and key = $2 order by key_seq',
    [type, key],
  );

describe('an exception', () => {
  it('is published with each of its changes, and reopened with the current faults when its retry failed', async () => {
    await made.raise(anException('again', [needs.rate('ARCHITECT')]));
    await made.act('again', 'retry');
    await made.raise(anException('again', [needs.dates('again')]));
    const { state, history, needs: now } = await made.find('again');
    expect([state, history.map(({ action }) => action), now.map(({ need }) => need)]).toEqual([
      'open',
      ['opened', 'retry', 'opened'],
      ['deal:again:dates'],
    ]);
    const told = await events('exception.changed.v1', 'again');
    expect(told.map(({ data }) => [data.state, data.needs.length])).toEqual([
      ['open', 1],
      ['retrying', 1],
      ['open', 1],
    ]);
  });

  it('lets its turn go on in the transaction of the decision, which is on the journey with who decided and why', async () => {
    await made.raise(anException('tried', [needs.rate('ARCHITECT')]), anException('skipped', [needs.rate('ARCHITECT')]));
    await made.act('tried', 'retry');
    await made.act('skipped', 'skip');
    expect(made.released).toEqual(['retry tried', 'skip skipped']);
    expect(await made.states('tried', 'skipped')).toEqual(['retrying', 'skipped']);
    const [step] = await events('journey.step.v1', 'journey:skipped');
    expect([step.data.kind, step.data.params, step.actor!.id]).toEqual([
      'journey.exception-skipped',
      { by: 'Robin', reason: 'because' },
      'person-robin',
    ]);
  });

  it('stays as it was where its turn could not go on', async () => {
    await made.raise(anException('stuck', [needs.rate('ARCHITECT')]));
    made.release = () => Promise.reject(new Error('the engine is away'));
    await expect(made.act('stuck', 'retry')).rejects.toThrow('the engine is away');
    expect(await made.states('stuck')).toEqual(['open']);
    expect(await events('exception.changed.v1', 'stuck')).toHaveLength(1);
  });

  it('is let go on by whoever has its kind of turn', async () => {
    await made.raise(anException('of-another', [needs.rate('ARCHITECT')], { turn: { subscription: 'other', key: 'of-another', seq: 1 } }));
    await made.act('of-another', 'retry');
    expect(made.released).toEqual(['other of-another']);
  });

  it('is decided once, of two who decide at the same moment', async () => {
    await made.raise(anException('contended', [needs.rate('ARCHITECT')]));
    const decided = await Promise.allSettled([made.act('contended', 'retry'), made.act('contended', 'skip')]);
    expect(decided.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { reason } = decided.find(one => one.status === 'rejected')!;
    expect(reason).toMatchObject({ kind: 'conflict', code: 'exception-not-open' });
    expect(made.released).toHaveLength(1);
  });

  it('of another app is decided there', async () => {
    await made.raise(anException('elsewhere', [needs.rate('ARCHITECT')], { app: 'another' }));
    await expect(made.act('elsewhere', 'retry')).rejects.toMatchObject({ kind: 'not-found' });
    await made.within(em => made.desk.satisfy(em, [needs.rate('ARCHITECT')]));
    expect(await made.states('elsewhere')).toEqual(['open']);
    expect(made.released).toEqual([]);
  });
});

describe('what is needed', () => {
  it('releases the oldest alone when it arrives, and the others in their order once that one has come through', async () => {
    await made.raise(...['one', 'two', 'three'].map(id => anException(id, [needs.rate('ARCHITECT')])), anException('four', [needs.rate('ANALYST')]));
    await made.within(em => made.desk.satisfy(em, [needs.rate('ARCHITECT')]));
    expect(made.released).toEqual(['retry one']);
    expect(await made.states('one', 'two', 'three', 'four')).toEqual(['retrying', 'open', 'open', 'open']);
    await made.within(em => made.desk.finished(em, ['one']));
    expect(made.released).toEqual(['retry one', 'retry two', 'retry three']);
    expect(await made.states('one', 'two', 'three', 'four')).toEqual(['resolved', 'retrying', 'retrying', 'open']);
  });

  it('is needed still by the others when the oldest fails again', async () => {
    await made.raise(...['first', 'second'].map(id => anException(id, [needs.rate('ARCHITECT')])));
    await made.within(em => made.desk.satisfy(em, [needs.rate('ARCHITECT')]));
    expect((await made.find('second')).needs).toMatchObject([{ met: true }]);
    await made.raise(anException('first', [needs.rate('ARCHITECT')]));
    expect(made.released).toEqual(['retry first']);
    expect((await made.find('second')).needs).toMatchObject([{ met: false }]);
  });

  it('is waited for until all of it is there', async () => {
    await made.raise(anException('both', [needs.rate('ARCHITECT'), needs.dates('both')]));
    await made.within(em => made.desk.satisfy(em, [needs.rate('ARCHITECT')]));
    expect(made.released).toEqual([]);
    expect((await made.find('both')).needs.map(({ need, met }) => [need, met])).toEqual([
      ['deal:both:dates', false],
      ['rate:ARCHITECT', true],
    ]);
    await made.within(em => made.desk.satisfy(em, [needs.dates('both')]));
    expect(made.released).toEqual(['retry both']);
  });

  it('may have come for one alone', async () => {
    await made.raise(...['mine', 'theirs'].map(id => anException(id, [needs.rate('ARCHITECT')])));
    await made.within(em => made.desk.satisfyOne(em, [{ id: 'theirs', needs: [needs.rate('ARCHITECT')] }]));
    expect(made.released).toEqual(['retry theirs']);
    expect(await made.desk.unmetNeeds(needs.rate)).toEqual(['rate:ARCHITECT']);
  });

  it('is listed by kind, and with what waits for it', async () => {
    await made.raise(anException('a', [needs.rate('ARCHITECT'), needs.dates('a')]), anException('b', [needs.rate('ANALYST')]));
    expect((await made.desk.unmetNeeds()).sort()).toEqual(['deal:a:dates', 'rate:ANALYST', 'rate:ARCHITECT']);
    expect(await made.desk.unmetNeeds(needs.dates)).toEqual(['deal:a:dates']);
    const waiting = await made.within(em => made.desk.waitingFor(em, needs.dates));
    expect(waiting.map(({ subject, needs: its }) => [subject, its.sort()])).toEqual([['a', ['deal:a:dates', 'rate:ARCHITECT']]]);
    expect((await made.within(em => made.desk.about(em, ['b']))).map(({ id }) => id)).toEqual(['b']);
  });
});

describe('an answer', () => {
  it('is refused where nothing is asked', async () => {
    await made.raise(anException('no-question', [needs.rate('ARCHITECT')]));
    const answered = made.within(em => made.desk.decide(em, 'no-question', { outcome: 'keep', by: ROBIN, reason: 'because' }));
    await expect(answered).rejects.toMatchObject({ kind: 'conflict', code: 'nothing-to-decide' });
  });

  it('lets it go on when all of its questions have one', async () => {
    const kept: string[] = [];
    made.desk.answerWith((_, need, { outcome }) => Promise.resolve(kept.push(`${outcome} ${need}`) > 0));
    await made.raise(anException('asks', [needs.rate('ARCHITECT'), needs.rate('ANALYST')]));
    await made.within(em => made.desk.decide(em, 'asks', { outcome: 'apply', by: ROBIN, reason: 'because' }, 'rate:ANALYST'));
    expect([await made.states('asks'), made.released]).toEqual([['open'], []]);
    await made.within(em => made.desk.decide(em, 'asks', { outcome: 'keep', by: ROBIN, reason: 'because' }));
    expect([await made.states('asks'), made.released]).toEqual([['retrying'], ['retry asks']]);
    expect(kept).toEqual(['apply rate:ANALYST', 'keep rate:ARCHITECT']);
    made.desk.answerWith(() => Promise.resolve(false));
  });
});
