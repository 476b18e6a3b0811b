import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { withFullView } from '#persistence';
import { eventually } from '#testing';
import { claim, LEASE_MS } from './attempts.store.js';
import type { Resolve } from './guarded-post.js';
import { newsroom, TIMEOUT_MS, verified } from './newsroom.fixture.js';
import { Receiver } from './receiver.fixture.js';

/** Names that lead where nothing may be sent. */
const NAMES: Record<string, string[]> = {
  'private.test': ['10.1.2.3'],
  'link-local.test': ['169.254.169.254'],
  'unique-local.test': ['fd00:ec2::254'],
  'nat.test': ['100.64.0.1'],
  'multicast.test': ['224.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'nowhere.test': ['0.0.0.0'],
  'mixed.test': ['127.0.0.1', '192.168.0.1'],
};
const resolve: Resolve = (name, _, done) =>
  done(
    null,
    NAMES[name].map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
  );

const room = newsroom(resolve);
const { ask, clock, deliveries, made, passUntil, settledAs, tell } = room;
let receiver: Receiver;
beforeEach(() => {
  receiver = room.receiver;
});

describe('a message', () => {
  it('reaches the endpoints that asked for its type, signed by the specification', async () => {
    const { id, secret } = await made();
    const other = await Receiver.start();
    await made(other.url, ['gossip.v1']);
    const message = await tell('a', 'hello');
    await settledAs(id, 'delivered');
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({ id: message, type: 'news.v1', words: 'hello' });
    expect(verified(secret, receiver.received[0])).toMatchObject({ type: 'news.v1', data: { words: 'hello' } });
    expect(() => verified('whsec_c3Vic3RpdHV0ZQ==', receiver.received[0])).toThrow(/No matching signature/);
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('is nothing that another owner is sent, and is kept once however often it is published', async () => {
    const stranger = await made(receiver.url, ['news.v1'], 'operations');
    const { id } = await made();
    const message = await tell('a', 'mine');
    await ask('POST', 'news', { id: message, type: 'news.v1', key: 'a', words: 'mine' });
    await settledAs(id, 'delivered');
    expect(receiver.words).toEqual(['mine']);
    expect((await ask('GET', `endpoints/${stranger.id}/deliveries`, undefined, 'operations')).body.items).toEqual([]);
  });
});

describe('a receiver', () => {
  it.each<[string, (answer: ServerResponse) => void]>([
    ['fails', answer => void answer.writeHead(500).end()],
    ['says nothing', () => undefined],
    ['answers late', answer => void setTimeout(() => answer.writeHead(204).end(), TIMEOUT_MS + 200)],
    ['breaks off', answer => void answer.destroy()],
    ['answers without end', answer => void answer.writeHead(503).write('x'.repeat(1_000_000))],
  ])('that %s and comes back has each message at least once, and those of a key in order', async (_, failing) => {
    const { id, secret } = await made();
    receiver.behaviour = failing;
    for (const words of ['a1', 'a2', 'a3']) await tell('a', words);
    for (const words of ['b1', 'b2']) await tell('b', words);
    await passUntil(() => receiver.received.length >= 4, 10_000);
    // later ones of a key wait for its first
    expect(new Set(receiver.words)).toEqual(new Set(['a1', 'b1']));
    receiver.behaviour = answer => void answer.writeHead(200).end('ok');
    await passUntil(async () => (await deliveries(id)).every(({ state }) => state === 'delivered'), 10_000);
    const firsts = (key: string) => [...new Set(receiver.words.filter(words => words.startsWith(key)))];
    expect([firsts('a'), firsts('b')]).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ]);
    for (const words of new Set(receiver.words))
      expect(new Set(receiver.received.filter(one => one.words === words).map(one => one.id)).size).toBe(1);
    for (const one of receiver.received) expect(verified(secret, one)).toBeDefined();
  });

  it('that redirects is followed nowhere', async () => {
    const elsewhere = await Receiver.start();
    const { id } = await made();
    receiver.behaviour = answer => void answer.writeHead(307, { location: elsewhere.url }).end();
    await tell('a', 'hello');
    await eventually(async () => (await deliveries(id))[0]?.status === 307);
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', why: 'It answered 307; redirects are not followed.' });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it('that asks for time has it', async () => {
    const { id } = await made();
    receiver.behaviour = answer => void answer.writeHead(429, { 'retry-after': '600' }).end();
    await tell('a', 'hello');
    await eventually(async () => (await deliveries(id))[0]?.status === 429);
    receiver.behaviour = answer => void answer.writeHead(204).end();
    clock.advance(9 * 60_000);
    await ask('GET', 'endpoints');
    expect(receiver.received).toHaveLength(1);
    await passUntil(() => receiver.received.length === 2);
  });

  it('that is slow slows no other', async () => {
    receiver.behaviour = () => undefined;
    await made();
    const quick = await Receiver.start();
    const { id } = await made(quick.url);
    for (let n = 0; n < 30; n++) await tell(`key ${n}`, `news ${n}`);
    await settledAs(id, 'delivered', 30);
    expect(receiver.received.length).toBeLessThan(30);
    await quick.close();
  });
});

describe('a process that dies between sending and settling', () => {
  it('has its message sent again by another, under the same id, once its lease has ended', async () => {
    const { id } = await made();
    await ask('PUT', `endpoints/${id}`, { url: receiver.url, types: ['news.v1'] });
    receiver.behaviour = () => undefined;
    await room.database.query('update webhooks.endpoint set waits_until = $1', [new Date(clock.wall() + 1_000)]);
    await tell('a', 'first');
    await tell('a', 'second');
    // the other process: it claims, sends, and is no more
    const attempt = await withFullView('a process that dies', () => claim(room.database, new Date(clock.wall() + 1_000)));
    expect(attempt).toMatchObject({ endpointId: id, attempts: 1 });
    receiver.behaviour = answer => void answer.writeHead(204).end();
    clock.advance(LEASE_MS / 2);
    expect(receiver.received).toEqual([]);
    await passUntil(async () => (await deliveries(id)).every(({ state }) => state === 'delivered'));
    expect(receiver.words).toEqual(['first', 'second']);
    expect(receiver.received[0].id).toBe(attempt!.messageId);
    expect((await deliveries(id)).map(({ attempts }) => attempts)).toEqual([1, 2]);
  });
});

describe('a name that leads to no public address', () => {
  it.each(Object.keys(NAMES))('is sent nothing: %s', async name => {
    const { id } = await made(`http://${name}:${new URL(receiver.url).port}/hooks`);
    await tell('a', 'hello');
    await eventually(async () => (await deliveries(id))[0]?.why !== null);
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', status: null, why: 'Its name does not lead to a public address.' });
    expect(receiver.received).toEqual([]);
  });
});
