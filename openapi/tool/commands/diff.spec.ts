import { describe, expect, it } from 'vitest';
import { Checkout, PARCELS, parcelsDocument, parcelsList } from '../tool.fixture.js';

const REMOVED = 'response-property-removed';

/** A document in which so many operations answer parcels. */
function withOperations(count: number) {
  const document = parcelsDocument();
  document.paths = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`/v1/lists-${at}`, { get: { ...parcelsList, operationId: `l${at}` } }]),
  );
  return document;
}

/** The same, whose parcels have no id any more. */
function withoutId(count: number) {
  const document = withOperations(count);
  document.components.schemas.ParcelView = { type: 'object', properties: { weight: { type: 'number' } }, required: [] };
  return document;
}

async function between(count: number) {
  const checkout = await Checkout.with({ 'a.json': withOperations(count), 'b.json': withoutId(count) });
  const [{ out }, { out: json }] = await Promise.all([checkout.api('diff', 'a.json', 'b.json'), checkout.api('diff', 'a.json', 'b.json', '--json')]);
  return { entries: out.trim().split('\n\n').slice(1), changes: (JSON.parse(json) as { changes: { id: string }[] }).changes };
}

describe('a change of what many operations share', () => {
  it('is one entry for people, which names some of the operations and counts the others', async () => {
    const { entries, changes } = await between(12);
    const removal = entries.filter(entry => entry.includes(REMOVED));
    expect(removal).toHaveLength(1);
    expect(removal[0]).toContain('in 12 operations: GET /v1/lists-0, GET /v1/lists-1, GET /v1/lists-10 and 9 more\n');
    expect(changes.filter(({ id }) => id === REMOVED)).toHaveLength(12);
  });

  it('names them all where they are few, and one as it is', async () => {
    expect((await between(4)).entries.join('\n')).toContain('in 4 operations: GET /v1/lists-0, GET /v1/lists-1, GET /v1/lists-2, GET /v1/lists-3\n');
    expect((await between(1)).entries.join('\n')).toContain('BREAKING  GET /v1/lists-0\n');
  });

  it('is one entry of a check and of a refused release too', async () => {
    const checkout = await Checkout.with({ [PARCELS]: withOperations(12) });
    await checkout.api('release');
    await checkout.write({ [PARCELS]: withoutId(12) });
    for (const command of ['check', 'release']) {
      const { code, out } = await checkout.api(command);
      expect([code, out.split(REMOVED).length - 1, out]).toEqual([1, 1, expect.stringContaining('and 9 more')]);
    }
  });
});
