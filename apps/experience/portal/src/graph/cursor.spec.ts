import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '#read-model';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
let lists: { name: string; by: string[] }[];
beforeAll(async () => {
  portal = await testPortal();
  const { __schema: schema } = await portal.ask(
    `{ __schema { queryType { fields { name args { name type { name } } } } types { name enumValues { name } } } }`,
  );
  const enums = new Map<string, string[]>(schema.types.map((type: any) => [type.name, type.enumValues?.map((value: any) => value.name)]));
  lists = schema.queryType.fields
    .filter((field: any) => field.args.some((arg: any) => arg.name === 'after'))
    .map((field: any) => ({
      name: field.name as string,
      by: enums.get(`${field.args.find((arg: any) => arg.name === 'order').type.name}By`)!,
    }));
});
afterAll(() => portal?.close());

const camelCase = (name: string): string => name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

// Texts that look like values of one type or another, some of which are none.
const VALUES = [
  '',
  ' ',
  '0',
  '-0',
  '1e3',
  '1e999',
  'NaN',
  'Infinity',
  '-Infinity',
  'infinity',
  '-infinity',
  '0x10',
  '1_000',
  '٣',
  '9'.repeat(18),
  '9'.repeat(19),
  '9'.repeat(30),
  '9'.repeat(31),
  `${'9'.repeat(30)}.${'9'.repeat(15)}`,
  `1.${'9'.repeat(16)}`,
  '.5',
  '5.',
  '+5',
  '--5',
  'true',
  'false',
  'TRUE',
  't',
  'null',
  '2026-11-20',
  '2026-02-30',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '10000-01-01',
  '-2026-11-20',
  '2026-11-20 BC',
  '2026-1-2',
  'today',
  'epoch',
  '2026-11-20 10:00:00+00',
  '2026-11-20 10:00:00',
  '2026-11-20 24:00:00+00',
  '2026-11-20 10:00:60+00',
  '2026-11-20 10:00:00.1234567+00',
  '2026-11-20 10:00:00+15',
  '2026-11-20 10:00:00+14:59',
  '2026-11-20 10:00:00-14:59',
  '0001-01-01 00:00:00+14:59',
  '9999-12-31 23:59:59.999999-14:59',
  '2026-11-20 10:00:00+00:00:00',
  '2026-11-20T10:00:00Z',
  '2026-11-20 10:00:00 Europe/Nowhere',
  'now',
  '2026-11-20 10:00:00+00 BC',
  'a\0b',
  '\ud800',
  '😀',
  "'; drop table portal.deal; --",
  '%s%n',
  '\\',
  '$1',
  'x'.repeat(5_000),
];

const SHAPES = [
  '',
  '!',
  '====',
  'bnVsbA',
  Buffer.from('null').toString('base64url'),
  ...[
    '{}',
    '[]',
    '[1,2,3]',
    '["a"]',
    '["a","b","c","d"]',
    '[["a"],"b","c"]',
    '{"0":"a","1":"b","2":"c","length":3}',
    '[null,null,null]',
    '7',
    '"x"',
    '['.repeat(3_000),
  ].map(text => Buffer.from(text).toString('base64url')),
  'ÿ'.repeat(100),
  'x'.repeat(7_999),
];

describe('a cursor that was made by hand', () => {
  it('is accepted or refused by the name of its argument, whatever it contains', async () => {
    const places = lists.flatMap(({ name, by }) => by.map(order => ({ name, order })));
    const texts = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    );
    const made = fc.record({ value: texts, id: fc.oneof({ weight: 3, arbitrary: fc.constant('x') }, { weight: 1, arbitrary: texts }) });
    const property = fc.asyncProperty(
      fc.constantFrom(...places),
      fc.oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: fc.constantFrom(...SHAPES) }),
      async ({ name, order }, cursor) => {
        const after = typeof cursor === 'string' ? cursor : encodeCursor({ order: `${camelCase(order)} ascending`, ...cursor });
        const { status, errors } = await portal.answer(
          `query ($after: String) { ${name}(first: 1, after: $after, order: { by: ${order} }) { pageInfo { hasNextPage } totalCount { value } } }`,
          undefined,
          { after },
        );
        if (errors) expect(errors[0].extensions).toMatchObject({ code: 'INVALID', fields: [{ field: 'after' }] });
        else expect(status).toBe(200);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
