import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { soundBut } from '../../style/examples.fixture.js';
import { Checkout } from '../tool.fixture.js';

const SOUND = soundBut({});
const SLOPPY = soundBut({ info: { 'x-owner': null } });

const refTo = (at: number) => ({ $ref: `#/components/schemas/S${at}` });
const chain = (length: number) =>
  Object.fromEntries(Array.from({ length }, (_, at) => [`S${at}`, at < length - 1 ? refTo(at + 1) : { type: 'string' }]));
/** Each is twice as large as the next. */
const growing = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`S${at}`, at < count - 1 ? { allOf: [refTo(at + 1), refTo(at + 1)] } : { type: 'string' }]),
  );

describe('lint', () => {
  it('judges every emitted document, and ends with 0 where nothing is found', async () => {
    const checkout = await Checkout.with({ 'openapi/system-parcels.v1.json': SOUND, 'openapi/letters.v1.json': SOUND });
    const { code, out } = await checkout.api('lint');
    expect(code).toBe(0);
    expect(out).toMatch(/^0 findings in 2 documents, /);
  });

  it('tells file, place, rule, message and reason, and ends with 1', async () => {
    const checkout = await Checkout.with({ 'openapi/system-parcels.v1.json': SLOPPY });
    const { code, out } = await checkout.api('lint');
    expect(code).toBe(1);
    expect(out).toContain('openapi/system-parcels.v1.json#/info\n  error owner-is-named: x-owner is the team that owns the API, in kebab-case.\n');
    expect(out).toContain('Why:\n  owner-is-named: Whoever finds a fault');
  });

  it('tells a machine the same', async () => {
    const checkout = await Checkout.with({ 'theirs.yaml': stringify(SLOPPY) });
    const { code, out } = await checkout.api('lint', 'theirs.yaml', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      {
        file: 'theirs.yaml',
        pointer: '/info',
        rule: 'owner-is-named',
        severity: 'error',
        message: 'x-owner is the team that owns the API, in kebab-case.',
        reason: 'Whoever finds a fault in an API has to know which team mends it.',
      },
    ]);
  });

  it.each([
    ['nothing there', [], 'there is no file theirs.yaml'],
    ['another kind', [['theirs.yaml', 'swagger: "2.0"\n']], 'OpenAPI 3.0 and 3.1'],
    ['no document', [['theirs.yaml', '- a\n']], 'theirs.yaml'],
  ])('ends with 2 for %s', async (_, files, message) => {
    const checkout = await Checkout.with(Object.fromEntries(files));
    const { code, out, err } = await checkout.api('lint', 'theirs.yaml');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it.each([
    ['a chain of references', chain(20_000), 'theirs.json has more than 256 references that lead from one to the next'],
    ['schemas that grow by their references', growing(40), 'theirs.json has more than 10000000 values, its references written out'],
  ])('ends with 2 for %s', async (_, schemas, message) => {
    const checkout = await Checkout.with({ 'theirs.json': soundBut({ components: { schemas } }) });
    expect(await checkout.api('lint', 'theirs.json')).toEqual({ code: 2, out: '', err: message });
  });

  it('judges schemas that lead back to themselves by many ways', async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [
        `S${at}`,
        { anyOf: [refTo((at + 1) % 300), { allOf: [refTo((at + 1) % 300), refTo((at + 2) % 300)] }] },
      ]),
    );
    const checkout = await Checkout.with({ 'theirs.json': soundBut({ components: { schemas } }) });
    expect(await checkout.api('lint', 'theirs.json')).toMatchObject({ code: 0, err: '' });
  });
});
