import { beforeEach, describe, expect, it } from 'vitest';
import { createApp, loadConfig } from '#service';
import { eventually, ManualClock } from '#testing';
import { herald } from './herald.fixture.js';
import { ENDPOINT_DISABLED, WebhooksConfig } from './index.js';
import { newsroom, verified } from './newsroom.fixture.js';
import { Receiver } from './receiver.fixture.js';

const HOUR_MS = 3_600_000;

const room = newsroom();
const { ask, clock, deliveries, made, passUntil, settledAs, tell } = room;
let receiver: Receiver;
beforeEach(() => {
  receiver = room.receiver;
});

describe('a secret', () => {
  it('that is rotated signs beside the new one for as long as they overlap, and no longer', async () => {
    const { id, secret: old } = await made();
    const { secret } = (await ask('POST', `endpoints/${id}/rotations`, { overlapHours: 24 })).body;
    expect(secret).not.toBe(old);
    await tell('a', 'during');
    await settledAs(id, 'delivered', 1);
    for (const one of [old, secret]) expect(verified(one, receiver.received[0])).toBeDefined();
    clock.advance(24 * HOUR_MS);
    await tell('a', 'after');
    await settledAs(id, 'delivered', 2);
    expect(verified(secret, receiver.received[1])).toBeDefined();
    expect(() => verified(old, receiver.received[1])).toThrow(/No matching signature/);
  });

  it('that leaked ends at once, and few are valid at a time', async () => {
    const { id } = await made();
    for (let n = 0; n < 2; n++) expect((await ask('POST', `endpoints/${id}/rotations`, { overlapHours: 24 })).status).toBe(201);
    expect((await ask('POST', `endpoints/${id}/rotations`, { overlapHours: 24 })).body).toMatchObject({ status: 409, code: 'too-many' });
    const { secret } = (await ask('POST', `endpoints/${id}/rotations`, { overlapHours: 0 })).body;
    await tell('a', 'now');
    await settledAs(id, 'delivered', 1);
    expect(verified(secret, receiver.received[0])).toBeDefined();
    expect(receiver.received[0].headers['webhook-signature'].split(' ')).toHaveLength(1);
  });

  it('is in no answer but that of its making, and in no audit row', async () => {
    const { id, secret } = await made();
    const { secret: next } = (await ask('POST', `endpoints/${id}/rotations`, { overlapHours: 1 })).body;
    const seen = [await ask('GET', 'endpoints'), await deliveries(id), await room.database.query('select * from service.audit')];
    for (const one of [secret, next]) expect(JSON.stringify(seen)).not.toContain(one.slice(6));
  });
});

describe('a dead letter', () => {
  it('is what was tried for three days; the next of its key follows, and the owner has it sent again', async () => {
    const { id } = await made();
    receiver.behaviour = (answer, { words }) => void answer.writeHead(words === 'bad' ? 500 : 204).end();
    const bad = await tell('a', 'bad');
    await tell('a', 'good');
    await passUntil(async () => (await deliveries(id)).some(({ state }) => state === 'dead'), HOUR_MS);
    await passUntil(() => receiver.words.includes('good'));
    expect(receiver.received.filter(({ words }) => words === 'bad').length).toBeGreaterThan(8);
    receiver.received.length = 0;
    receiver.behaviour = answer => void answer.writeHead(204).end();
    await eventually(async () => (await deliveries(id)).every(({ state }) => state !== 'pending'));
    expect((await ask('POST', `endpoints/${id}/replays`, { messageId: bad })).body.messages).toBe(2);
    await passUntil(async () => (await deliveries(id)).every(({ state }) => state === 'delivered'));
    expect(receiver.words).toEqual(['bad', 'good']);
  });

  it('is replayed from a time too, and never to another’s endpoint or by another’s message', async () => {
    const { id } = await made();
    const stranger = await made(receiver.url, ['news.v1'], 'operations');
    await tell('a', 'before');
    await settledAs(id, 'delivered', 1);
    clock.advance(HOUR_MS);
    const since = new Date(clock.wall()).toISOString();
    const message = await tell('a', 'after');
    await settledAs(id, 'delivered', 2);
    expect((await ask('POST', `endpoints/${id}/replays`, { since })).body.messages).toBe(1);
    await eventually(() => receiver.received.length === 3);
    expect(receiver.words).toEqual(['before', 'after', 'after']);
    const foreign = await ask('POST', `endpoints/${stranger.id}/replays`, { messageId: message }, 'operations');
    expect(foreign.status).toBe(404);
    expect((await ask('POST', `endpoints/${stranger.id}/replays`, { since: '2020-01-01T00:00:00Z' }, 'operations')).body.messages).toBe(0);
  });
});

describe('the setting that opens loopback', () => {
  it.each([{ HOST: '0.0.0.0' }, { ISSUER_URL: 'https://issuer.example.com' }, { GATEWAY_URL: 'https://api.example.com' }])(
    'keeps an app from starting that serves others: %o',
    async env => {
      const starting = createApp(herald(new ManualClock()), { env: { ...process.env, LOG_LEVEL: 'silent', WEBHOOK_LOOPBACK: 'true', ...env } });
      await expect(starting).rejects.toThrow(/WEBHOOK_LOOPBACK/);
    },
  );

  it('is closed unless it is set', () => expect(loadConfig(WebhooksConfig, {}).loopback).toBe(false));
});

describe('an endpoint', () => {
  it('at which nothing got through for days is disabled, its owner told, and goes on once it is enabled', async () => {
    const other = await Receiver.start();
    const notices = await made(other.url, [ENDPOINT_DISABLED]);
    const { id } = await made();
    receiver.behaviour = answer => void answer.writeHead(500).end();
    const state = async () => (await ask('GET', 'endpoints')).body.items.find(one => one.id === id)!;
    await passUntil(async () => {
      await tell('a', 'x');
      return (await state()).state === 'disabled';
    }, 12 * HOUR_MS);
    expect((await state()).why).toMatch(/^Nothing got through since .* It answered 500\.$/);
    await settledAs(notices.id, 'delivered');
    expect(JSON.parse(other.received[0].body)).toMatchObject({ type: ENDPOINT_DISABLED, data: { id } });
    const asked = receiver.received.length;
    clock.advance(24 * HOUR_MS);
    await tell('a', 'while it is disabled');
    receiver.behaviour = answer => void answer.writeHead(204).end();
    expect((await ask('PUT', `endpoints/${id}`, { url: receiver.url, types: ['news.v1'] })).body.state).toBe('active');
    await passUntil(async () => (await deliveries(id)).every(one => one.state !== 'pending'));
    expect(receiver.received.length).toBeGreaterThan(asked);
    expect(receiver.words).not.toContain('while it is disabled');
    await other.close();
  });

  it('that says it is gone is disabled at once', async () => {
    const { id } = await made();
    receiver.behaviour = answer => void answer.writeHead(410).end();
    await tell('a', 'x');
    await eventually(async () => (await ask('GET', 'endpoints')).body.items[0].state === 'disabled');
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', status: 410 });
  });

  it('is nobody’s but its owner’s: for others it is not there', async () => {
    const { id } = await made();
    const body = { url: receiver.url, types: ['news.v1'] };
    const answers = async (one: string) => [
      (await ask('PUT', `endpoints/${one}`, body, 'operations')).status,
      (await ask('DELETE', `endpoints/${one}`, undefined, 'operations')).status,
      (await ask('POST', `endpoints/${one}/rotations`, { overlapHours: 1 }, 'operations')).status,
      (await ask('POST', `endpoints/${one}/replays`, { since: '2026-01-01T00:00:00Z' }, 'operations')).status,
      (await ask('GET', `endpoints/${one}/deliveries`, undefined, 'operations')).status,
    ];
    expect(await answers(id)).toEqual(await answers('whe_none'));
    expect(await answers(id)).toEqual([404, 404, 404, 404, 404]);
    expect((await ask('DELETE', `endpoints/${id}`)).status).toBe(204);
  });

  it('is refused with a wrong address or type, by the field, and beyond twenty', async () => {
    const refused = async (body: object) => (await ask('POST', 'endpoints', body)).body;
    expect(await refused({ url: 'http://10.0.0.1/', types: ['news.v1'] })).toMatchObject({ status: 400, fields: [{ field: 'url', rule: 'public' }] });
    expect(await refused({ url: receiver.url, types: ['other.v1'] })).toMatchObject({ status: 400, fields: [{ field: 'types', rule: 'known' }] });
    expect(await refused({ url: receiver.url, types: [] })).toMatchObject({ status: 400 });
    const all = await Promise.all(Array.from({ length: 22 }, () => ask('POST', 'endpoints', { url: receiver.url, types: ['news.v1'] })));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(20);
  });
});
