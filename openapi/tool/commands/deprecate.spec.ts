import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Checkout, PARCELS, parcelsDocument, parcelsList } from '../tool.fixture.js';

const MODULE = 'libs/apis/src/parcels/deprecations.ts';
const EMPTY = `import type { Deprecations } from '../deprecation.js';

/** What goes away, by version. Written by \`npm run api -- deprecate\`. */
export const deprecations = {
  1: [],
} as const satisfies Deprecations;
`;

let checkout: Checkout;

beforeEach(async () => {
  const document = parcelsDocument();
  document.paths['/v1/parcels'] = { get: parcelsList };
  Object.assign(document.components.schemas, { Money: { type: 'object', properties: { amount: { type: 'string' } } } });
  checkout = await Checkout.with({
    [PARCELS]: document,
    [MODULE]: EMPTY,
    'libs/canonical/src/money.ts': 'export class Money {\n  amount: string;\n}\n',
    'libs/apis/src/parcels/parcels.ts': 'export class ParcelView {\n  weight: number;\n}\n',
    '.prettierrc.json': await readFile(resolve(import.meta.dirname, '../../../.prettierrc.json'), 'utf8'),
  });
});

const deprecate = (of: string, ...more: string[]) => checkout.api('deprecate', 'parcels', of, '--why', "Weights are in grams; it's exact", ...more);

describe('a deprecation', () => {
  it('of an operation is an entry beside the definition', async () => {
    expect(await deprecate('parcelsGet', '--sunset', '2027-05-29', '--successor', 'parcelsList')).toEqual({
      code: 0,
      err: '',
      out: `written: ${MODULE}\nnext: npm run openapi, npm run graphql:schema, npm run api -- release\n`,
    });
    expect(await checkout.read(MODULE)).toBe(
      EMPTY.replace(
        '[]',
        `[
    {
      of: 'parcelsGet',
      since: '2026-11-30',
      sunset: '2027-05-29',
      successor: 'parcelsList',
      why: "Weights are in grams; it's exact.",
    },
  ]`,
      ),
    );
  });

  it('of a field names its class, so that the compiler checks it', async () => {
    await deprecate('ParcelView.weight', '--sunset', '2027-06-01');
    const module = await checkout.read(MODULE);
    expect(module).toContain("import { field, type Deprecations } from '../deprecation.js';\nimport { ParcelView } from './parcels.js';\n");
    expect(module).toContain("of: field(ParcelView, 'weight'),");
    await deprecate('Money.amount', '--sunset', '2027-06-01');
    expect(await checkout.read(MODULE)).toContain(
      "import { Money } from '#canonical';\nimport { field, type Deprecations } from '../deprecation.js';\nimport { ParcelView }",
    );
  });

  it('of a parameter names its operation, and the field as usage does', async () => {
    const document = parcelsDocument();
    document.paths['/v1/parcels'] = { get: { ...parcelsList, parameters: [{ name: 'size', in: 'query', schema: { type: 'integer' } }] } };
    await checkout.write({ [PARCELS]: document });
    expect((await deprecate('parcelsList.query.size', '--sunset', '2027-06-01')).code).toBe(0);
    expect(await checkout.read(MODULE)).toContain("of: 'parcelsList.query.size',");
    expect((await deprecate('parcelsList.query.page', '--sunset', '2027-06-01')).code).toBe(2);
    expect((await deprecate('parcelsGet.query.id', '--sunset', '2027-06-01')).code).toBe(2);
  });

  it('said again changes nothing, also on a later day; what is changed is written in its place', async () => {
    await deprecate('ParcelView.weight', '--sunset', '2027-06-01');
    await deprecate('parcelsGet', '--sunset', '2027-06-01');
    const module = await checkout.read(MODULE);
    checkout.today = '2027-03-01';
    expect(await deprecate('parcelsGet', '--sunset', '2027-06-01')).toMatchObject({ code: 0, out: `${MODULE} says so already\n` });
    expect(await checkout.read(MODULE)).toBe(module);
    expect((await deprecate('parcelsGet', '--sunset', '2027-12-01')).code).toBe(0);
    expect(await checkout.read(MODULE)).toBe(module.replace(/(parcelsGet'[^}]*)2027-06-01/, '$12027-12-01'));
  });

  it('of a version among several says which', async () => {
    await checkout.write({ 'openapi/system-parcels.v2.json': parcelsDocument('2') });
    expect((await deprecate('parcelsGet', '--sunset', '2027-06-01')).err).toBe('say which version: parcels@1 or parcels@2');
    const args = ['parcelsGet', '--sunset', '2027-06-01', '--why', 'Why.'];
    expect((await checkout.api('deprecate', 'parcels@2', ...args)).code).toBe(0);
    expect(await checkout.read(MODULE)).toMatch(/1: \[\],\n {2}2: \[\n {4}\{\n {6}of: 'parcelsGet'/);
    expect((await checkout.api('deprecate', 'parcels@3', ...args)).err).toBe('there is no version 3 of parcels');
    expect((await checkout.api('deprecate', 'parcles', ...args)).err).toBe('there is no API parcles; there are parcels');
  });

  it('of a GraphQL field is by its type', async () => {
    const file = 'libs/apis/src/desk/deprecations.ts';
    await checkout.write({
      [file]: EMPTY,
      'apps/experience/desk/schema.graphql':
        '"""\ndesk, version 1: active.\nAudience: internal.\n"""\nschema { query: Query }\ntype Query { parcel: State }\nenum State { SENT }',
    });
    const args = ['--sunset', '2026-12-30', '--why', 'Why.'];
    expect((await checkout.api('deprecate', 'desk', 'Query.parcel', ...args)).code).toBe(0);
    expect((await checkout.api('deprecate', 'desk', 'State.SENT', ...args)).code).toBe(0);
    expect((await checkout.api('deprecate', 'desk', 'Query.parcels', ...args)).code).toBe(2);
    expect(await checkout.read(file)).toMatch(/of: 'Query\.parcel'[^]*of: 'State\.SENT'/);
  });

  it.each<[string, string[], string]>([
    ['parcelsPut', ['--sunset', '2028-01-01'], 'parcels 1 has no operation and no field parcelsPut'],
    ['ParcelView.height', ['--sunset', '2028-01-01'], 'parcels 1 has no operation and no field ParcelView.height'],
    ['parcelsGet', ['--sunset', '2027-05-28'], '--sunset 2027-05-28 is too soon: callers (partner) have 180 days, so 2027-05-29 at the earliest'],
    [
      'parcelsGet',
      ['--sunset', '2027-12-01', '--since', '2027-07-01'],
      '--sunset 2027-12-01 is too soon: callers (partner) have 180 days, so 2027-12-28 at the earliest',
    ],
    [
      'parcelsGet',
      ['--sunset', '2028-01-01', '--since', '2026-11-29'],
      '--since 2026-11-29 has passed: callers are told from today on at the earliest',
    ],
    ['parcelsGet', ['--sunset', '2028-01-01', '--since', '0000-01-01'], '--since 0000-01-01 is not a day: YYYY-MM-DD'],
    ['parcelsGet', ['--sunset', 'soon'], '--sunset soon is not a day: YYYY-MM-DD'],
    ['parcelsGet', ['--sunset', '2027-02-29'], '--sunset 2027-02-29 is not a day: YYYY-MM-DD'],
    ['parcelsGet', [], 'deprecate needs --sunset YYYY-MM-DD'],
    [
      'parcelsGet',
      ['--sunset', '2028-01-01', '--successor', 'parcelsPut'],
      '--successor parcelsPut is no operation and no field here, and no path (/process/…)',
    ],
    ['parcelsGet', ['--sunset', '2028-01-01', '--successor', 'parcelsGet'], "parcelsGet can't be its own successor"],
  ])('of %s with %j is refused', async (of, more, why) => {
    expect(await deprecate(of, ...more)).toEqual({ code: 2, out: '', err: why });
    expect(await checkout.read(MODULE)).toBe(EMPTY);
  });

  it('moves no announced end forward, and tells no reason of several lines', async () => {
    await deprecate('parcelsGet', '--sunset', '2028-01-01');
    expect((await deprecate('parcelsGet', '--sunset', '2027-12-31')).err).toBe('--sunset 2027-12-31 is before 2028-01-01, which was announced');
    const args = ['deprecate', 'parcels', 'parcelsList', '--sunset', '2028-01-01', '--why'];
    for (const why of [' ', 'a\nb', 'x'.repeat(301)])
      expect((await checkout.api(...args, why)).err).toBe('--why is one sentence of at most 300 characters');
  });

  it.each([
    'export const deprecations = { 1: list };',
    'export const deprecations = { 1: [{ of: nameOf() }] };',
    'export const other = {};',
    'export const deprecations = { ["1"]: [] };',
  ])('is not written over what a person wrote: %s', async module => {
    await checkout.write({ [MODULE]: module });
    expect(await deprecate('parcelsGet', '--sunset', '2028-01-01')).toMatchObject({
      code: 2,
      err: `${MODULE} has what this command doesn't write: its entries are literals`,
    });
    expect(await checkout.read(MODULE)).toBe(module);
  });
});
