import { describe, expect, it } from 'vitest';
import { Checkout } from '../tool.fixture.js';

const document = () => ({
  asyncapi: '3.0.0',
  info: { title: 'Events', version: '1.0.0' } as Record<string, unknown>,
  channels: {
    deals: {
      address: 'crm.deals',
      messages: { won: { $ref: '#/components/messages/deal.won.v1' }, lost: { $ref: '#/components/messages/deal.lost.v1' } } as Record<
        string,
        unknown
      >,
    },
  },
  operations: { publish: { action: 'send', channel: { $ref: '#/channels/deals' } } },
  components: {
    messages: {
      'deal.won.v1': {
        name: 'deal.won.v1',
        title: 'A deal is won',
        payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: { $ref: '#/components/schemas/Deal' } },
      },
      'deal.lost.v1': { name: 'deal.lost.v1', title: 'A deal is lost', payload: { $ref: '#/components/schemas/Deal' } },
    } as Record<string, Record<string, unknown>>,
    schemas: {
      Deal: {
        type: 'object',
        properties: { id: { type: 'string' }, amount: { type: 'string' } } as Record<string, unknown>,
        required: ['id', 'amount'],
      },
    },
  },
});
type Events = ReturnType<typeof document>;

async function changesTo(edit: (revision: Events) => void, before: (base: Events) => void = () => {}) {
  const [base, revision] = [document(), document()];
  before(base);
  before(revision);
  edit(revision);
  const { code, out, err } = await (await Checkout.with({ 'a.json': base, 'b.json': revision })).api('diff', 'a.json', 'b.json', '--json');
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as { verdict: string; changes: Record<string, unknown>[] }) };
}

const removeLost = ({ channels }: Events) => void delete channels.deals.messages.lost;

describe('a change of events', () => {
  it('is judged as one of an answer, for each event that has it', async () => {
    const { code, verdict, changes } = await changesTo(({ components }) => void (components.schemas.Deal.required = ['id']));
    expect({ code, verdict }).toEqual({ code: 1, verdict: 'breaking' });
    expect(changes.map(({ operation, direction, severity }) => ({ operation, direction, severity }))).toEqual(
      ['deal.won.v1', 'deal.lost.v1'].map(operation => ({ operation, direction: 'response', severity: 'breaking' })),
    );
    expect(changes[0]).toMatchObject({
      id: expect.stringMatching(/^response-property-/),
      pointer: expect.stringMatching(/^\/components\/schemas\/Deal\//),
    });
  });

  it('that only adds breaks no reader', async () => {
    expect(await changesTo(({ components }) => void (components.schemas.Deal.properties.owner = { type: 'string' }))).toMatchObject({
      code: 0,
      verdict: 'compatible',
    });
    expect(await changesTo(() => {})).toEqual({ code: 0, verdict: 'none', changes: [] });
  });

  it.each<[string, (revision: Events) => void, object]>([
    [
      'an event that is gone',
      removeLost,
      { id: 'event-removed', severity: 'breaking', operation: 'deal.lost.v1', pointer: '/components/messages/deal.lost.v1' },
    ],
    [
      'an event that is new',
      ({ channels }) => void (channels.deals.messages.held = { name: 'deal.held.v1', payload: {} }),
      { id: 'event-added', severity: 'info', operation: 'deal.held.v1', pointer: '/channels/deals/messages/held' },
    ],
    [
      'an event that goes away',
      ({ components }) => void (components.messages['deal.won.v1']['x-sunset'] = '2027-06-01'),
      { id: 'event-deprecated', severity: 'info' },
    ],
    [
      'another channel',
      ({ channels }) => void (channels.deals.address = 'deals'),
      { id: 'event-channel-changed', severity: 'breaking', text: 'The event deal.won.v1 is published on deals, not on crm.deals.' },
    ],
    ['other words', ({ components }) => void (components.messages['deal.won.v1'].title = 'Won'), { id: 'documentation-changed', severity: 'info' }],
  ])('%s', async (_, edit, change) => {
    expect((await changesTo(edit)).changes).toContainEqual(expect.objectContaining({ direction: 'response', ...change }));
  });

  it('that removes an event breaks nobody once its announced end has come', async () => {
    const ending = (sunset: string) => (base: Events) => void (base.components.messages['deal.lost.v1']['x-sunset'] = sunset);
    expect((await changesTo(removeLost, ending('2026-11-30'))).changes).toMatchObject([{ id: 'event-removed-after-sunset', severity: 'info' }]);
    expect((await changesTo(removeLost, ending('2026-12-01'))).changes).toMatchObject([{ id: 'event-removed-before-sunset', severity: 'breaking' }]);
    const earlier = ({ components }: Events) => void (components.messages['deal.lost.v1']['x-sunset'] = '2027-01-01');
    expect((await changesTo(earlier, ending('2027-06-01'))).changes).toMatchObject([{ id: 'event-sunset-moved-earlier', severity: 'breaking' }]);
  });

  it('that ends an event gives its readers the notice that is promised', async () => {
    const ending = async (sunset: string, since?: string) => {
      const mark = { 'x-sunset': sunset, ...(since ? { 'x-deprecated-since': since } : {}) };
      const { changes } = await changesTo(({ components }) => void Object.assign(components.messages['deal.won.v1'], mark));
      return changes.map(({ id }) => id);
    };
    expect(await ending('2027-05-29')).toEqual(['event-deprecated']);
    expect(await ending('2027-05-28')).toEqual(['event-deprecated', 'event-sunset-too-soon']);
    expect(await ending('2027-05-29', '2026-12-24')).toContain('event-sunset-too-soon');
  });

  it('is released like that of any other API', async () => {
    const checkout = await Checkout.with({ 'openapi/events/events.v1.json': document() });
    expect((await checkout.api('release')).out).toContain('events 1.0.0: released');
    const revision = document();
    removeLost(revision);
    await checkout.write({ 'openapi/events/events.v1.json': revision });
    expect(await checkout.api('check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('event-removed at /components/messages/deal.lost.v1'),
    });
  });

  it('in a document whose references lead nowhere is refused', async () => {
    const broken = document();
    broken.channels.deals.messages.won = { $ref: '#/components/messages/nope' };
    const checkout = await Checkout.with({ 'a.json': document(), 'b.json': broken });
    expect(await checkout.api('diff', 'a.json', 'b.json')).toEqual({
      code: 2,
      out: '',
      err: "b.json can't be compared: /channels/deals/messages/won is not an object",
    });
  });
});
