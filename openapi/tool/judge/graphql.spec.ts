import { describe, expect, it } from 'vitest';
import { Checkout } from '../tool.fixture.js';

const BASE = `
type Query { deal(id: ID!, language: String): Deal, deals(filter: DealFilter): [Deal!]! }
type Deal { id: ID!, "How it is called." name: String!, state: State!, old: Int @deprecated(reason: "Not kept.") }
input DealFilter { state: State, name: String }
enum State { OPEN WON }
`;

const INTERNAL = '\n"""\ndesk, version 1: beta.\nAudience: internal.\n"""\nschema { query: Query }\ntype Query';

async function changesTo(...edits: [string, string][]) {
  const revision = edits.reduce((text, [from, to]) => text.replace(from, to), BASE);
  const { code, out, err } = await (
    await Checkout.with({ 'a.graphql': BASE, 'b.graphql': revision })
  ).api('diff', 'a.graphql', 'b.graphql', '--json');
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as { verdict: string; changes: object[] }) };
}

describe('a change of a GraphQL schema', () => {
  it('is told in the same shape as one of a REST API', async () => {
    expect(await changesTo(['name: String! ', 'name: String '], ['name: String!', 'name: String'])).toEqual({
      code: 1,
      verdict: 'breaking',
      changes: [
        {
          id: 'field-type-changed',
          severity: 'breaking',
          direction: 'response',
          operation: null,
          pointer: '/types/Deal/fields/name',
          text: "Field 'Deal.name' changed type from 'String!' to 'String'.",
        },
      ],
    });
  });

  it.each<[string, [string, string], object, string, number]>([
    [
      'a root field that is gone',
      ['deals(filter: DealFilter): [Deal!]!', ''],
      { id: 'field-removed', severity: 'breaking', direction: 'response', operation: 'Query.deals', pointer: '/types/Query/fields/deals' },
      'breaking',
      1,
    ],
    [
      'an argument that is newly needed',
      ['language: String', 'language: String!'],
      {
        id: 'field-argument-type-changed',
        severity: 'breaking',
        direction: 'request',
        operation: 'Query.deal',
        pointer: '/types/Query/fields/deal/args/language',
      },
      'breaking',
      1,
    ],
    [
      'an input field that is newly needed',
      ['input DealFilter { state: State', 'input DealFilter { state: State!'],
      { id: 'input-field-type-changed', severity: 'breaking', direction: 'request', operation: null, pointer: '/types/DealFilter/fields/state' },
      'breaking',
      1,
    ],
    [
      'a value that is gone',
      ['OPEN WON', 'OPEN'],
      { id: 'enum-value-removed', severity: 'breaking', direction: 'none', operation: null, pointer: '/types/State/values/WON' },
      'breaking',
      1,
    ],
    [
      'a value that is new',
      ['OPEN WON', 'OPEN WON LOST'],
      { id: 'enum-value-added', severity: 'warning', direction: 'none', operation: null, pointer: '/types/State/values/LOST' },
      'warning',
      0,
    ],
    [
      'a field that is new',
      ['state: State!,', 'state: State!, owner: String,'],
      { id: 'field-added', severity: 'info', direction: 'response', operation: null, pointer: '/types/Deal/fields/owner' },
      'compatible',
      0,
    ],
    [
      'other words',
      ['How it is called.', 'Its name.'],
      { id: 'field-description-changed', severity: 'info', direction: 'response', operation: null, pointer: '/types/Deal/fields/name' },
      'compatible',
      0,
    ],
    [
      'a directive',
      ['enum State', 'directive @cost(of: Int!) on OBJECT\nenum State'],
      { id: 'directive-added', severity: 'info', direction: 'none', operation: null, pointer: '/directives/cost' },
      'compatible',
      0,
    ],
  ])('%s', async (_, edit, change, verdict, code) => {
    const found = await changesTo(edit);
    expect(found).toMatchObject({ verdict, code });
    expect(found.changes).toContainEqual({ ...change, text: expect.stringMatching(/\.$/) });
  });

  it('that deprecates is one change, of the field', async () => {
    const { changes } = await changesTo(['deals(filter: DealFilter): [Deal!]!', 'deals(filter: DealFilter): [Deal!]! @deprecated(reason: "Slow.")']);
    expect(changes).toEqual([
      {
        id: 'field-deprecation-added',
        severity: 'info',
        direction: 'response',
        operation: 'Query.deals',
        pointer: '/types/Query/fields/deals',
        text: expect.stringContaining("Field 'Query.deals' is deprecated."),
      },
    ]);
  });

  it('is none where only the order differs', async () => {
    expect(await changesTo(['OPEN WON', 'WON OPEN'])).toEqual({ code: 0, verdict: 'none', changes: [] });
  });

  it.each([
    ['with the notice that is promised', '2026-11-30', '2026-12-30', []],
    ['a day sooner', '2026-11-30', '2026-12-29', ['sunset-too-soon']],
    ['from a day to come, with the notice from today only', '2026-12-24', '2026-12-30', ['sunset-too-soon']],
    ['from a day that has passed', '2025-01-01', '2026-12-01', ['sunset-too-soon']],
  ])('that announces an end %s', async (_, since, sunset, expected) => {
    for (const [member, pointer] of [
      ['deals(filter: DealFilter): [Deal!]!', '/types/Query/fields/deals'],
      ['input DealFilter { state: State', '/types/DealFilter/fields/state'],
      ['OPEN', '/types/State/values/OPEN'],
    ]) {
      const end = ` @deprecated(reason: "Slow. Discouraged since ${since}, served until ${sunset}.")`;
      const { code, changes } = await changesTo([member, member + end], ['\ntype Query', INTERNAL]);
      const judged = changes.filter(change => (change as { id: string }).id.startsWith('sunset'));
      expect(judged).toEqual(expected.map(id => expect.objectContaining({ id, severity: 'breaking', pointer })));
      expect(code).toBe(expected.length);
    }
  });

  it('that ends the whole schema gives the same notice, and more where partners may call it', async () => {
    const ending = (sunset: string, audience = 'internal') =>
      changesTo(['\ntype Query', INTERNAL.replace('beta', `deprecated since 2026-11-30, served until ${sunset}`).replace('internal', audience)]);
    expect((await ending('2026-12-30')).code).toBe(0);
    expect((await ending('2026-12-29')).changes).toContainEqual(expect.objectContaining({ id: 'sunset-too-soon', operation: null, pointer: '' }));
    expect((await ending('2027-05-28', 'partner')).code).toBe(1);
  });

  it('that moves an announced end forward is a break, and later is none', async () => {
    const until = (sunset: string) => BASE.replace('Not kept.', `Not kept. Discouraged since 2026-01-01, served until ${sunset}.`);
    const moved = async (from: string, to: string) => {
      const { code, out } = await (
        await Checkout.with({ 'a.graphql': until(from), 'b.graphql': until(to) })
      ).api('diff', 'a.graphql', 'b.graphql', '--json');
      return [code, (JSON.parse(out) as { changes: { id: string }[] }).changes.some(({ id }) => id === 'sunset-moved-earlier')];
    };
    expect(await moved('2028-01-02', '2028-01-01')).toEqual([1, true]);
    expect(await moved('2028-01-01', '2028-01-02')).toEqual([0, false]);
  });

  it('is no break where the end was announced and has come', async () => {
    const removed = async (sunset: string) => {
      const announced = BASE.replace('Not kept.', `Not kept. Discouraged since 2026-01-01, served until ${sunset}; use Deal.state.`);
      const checkout = await Checkout.with({ 'a.graphql': announced, 'b.graphql': BASE.replace(/, old: .*$/m, ' }') });
      const { changes } = JSON.parse((await checkout.api('diff', 'a.graphql', 'b.graphql', '--json')).out) as { changes: object[] };
      return changes[0];
    };
    expect(await removed('2026-11-30')).toMatchObject({
      id: 'field-removed-after-sunset',
      severity: 'info',
      text: expect.stringContaining('as was announced for 2026-11-30.'),
    });
    expect(await removed('2026-12-01')).toMatchObject({ id: 'field-removed', severity: 'breaking' });
  });
});
