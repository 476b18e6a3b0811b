import { describe, expect, it } from 'vitest';
import { Checkout, PARCELS, parcelsDocument, parcelsList, TODAY } from '../tool.fixture.js';

const SCHEMA = 'apps/experience/desk/schema.graphql';
const schema = (fields = 'parcel: String') => `"""
desk, version 1: active.
Release: 1.0.0.
Owner: portal, portal@example.com. Layer: experience. Audience: internal. System of record: none.
"""
schema {
  query: Query
}

type Query {
  ${fields}
}
`;

/** A checkout whose APIs are released as 1.0. */
async function released() {
  const checkout = await Checkout.with({ [PARCELS]: parcelsDocument(), [SCHEMA]: schema() });
  await checkout.api('release');
  return checkout;
}

/** The emitted document, as the code would emit it after a change. */
async function emitted(checkout: Checkout, change: (document: ReturnType<typeof parcelsDocument>) => void, file = PARCELS) {
  const document = JSON.parse(await checkout.read(file)) as ReturnType<typeof parcelsDocument>;
  change(document);
  await checkout.write({ [file]: document });
}

const addList = (checkout: Checkout) => emitted(checkout, ({ paths }) => void Object.assign(paths, { '/v1/parcels': { get: parcelsList } }));
const removeGet = (checkout: Checkout) => emitted(checkout, document => void (document.paths = {}));

const REMOVAL = { id: 'operation-removed', operation: 'GET /v1/parcels/{id}', pointer: '/paths/~1v1~1parcels~1{id}/get' };
const approval = (more: object = {}) => ({
  api: 'parcels',
  version: '1.0',
  changes: [REMOVAL],
  who: 'governance board',
  why: 'Nobody calls it.',
  consumers: [{ name: 'Ship & Co', contact: 'it@example.com', told: '2026-11-01' }],
  until: '2026-12-31',
  ...more,
});
const APPROVAL = 'openapi/approvals/parcels.yaml';

describe('a release', () => {
  it('is 1.0.0 at first: the document says so, the code knows it, and a name finds it', async () => {
    const checkout = await Checkout.with({ [PARCELS]: parcelsDocument(), [SCHEMA]: schema() });
    expect(await checkout.api('check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('parcels 1 was never released: npm run api -- release'),
    });
    expect(await checkout.api('release')).toEqual({
      code: 0,
      err: '',
      out: [
        'desk 1.0.0: released, for the first time',
        'parcels 1.0.0: released, for the first time',
        'written: libs/apis/src/releases.ts',
        'written: openapi/CHANGELOG.md',
        '',
      ].join('\n'),
    });
    expect(JSON.parse(await checkout.read(PARCELS))).toMatchObject({ info: { version: '1.0.0', 'x-released-on': TODAY } });
    expect(await checkout.read('openapi/released/parcels/1.0.json')).toBe(await checkout.read(PARCELS));
    expect(await checkout.read('openapi/released/desk/1.0.graphql')).toContain(`Release: 1.0.0 of ${TODAY}.`);
    expect(await checkout.read('libs/apis/src/releases.ts')).toContain(`  parcels: { 1: { version: '1.0.0', on: '${TODAY}' } },\n`);
    expect(await checkout.api('check')).toEqual({ code: 0, err: '', out: '2 documents are as released\n' });
    for (const name of ['parcels', 'parcels@1', 'parcels@1.0']) expect((await checkout.api('diff', name, PARCELS)).out).toBe('verdict: none\n');
    expect((await checkout.api('diff', 'parcels@1.1', PARCELS)).code).toBe(2);
  });

  it('changes nothing when it is made again', async () => {
    const checkout = await released();
    const before = await checkout.read('openapi/CHANGELOG.md');
    checkout.today = '2027-01-01';
    expect(await checkout.api('release')).toMatchObject({ code: 0, out: 'desk 1.0.0: nothing to release\nparcels 1.0.0: nothing to release\n' });
    expect(await checkout.read('openapi/CHANGELOG.md')).toBe(before);
  });

  it('is a minor version for what was added, and a name without a number is the newest', async () => {
    const checkout = await released();
    await addList(checkout);
    expect(await checkout.api('check')).toMatchObject({ code: 1, out: 'parcels differs from its release 1.0.0: npm run api -- release\n' });
    expect((await checkout.api('release', 'parcels')).out).toContain('parcels 1.1.0: released, for what was added');
    expect((await checkout.api('check')).code).toBe(0);
    expect((await checkout.api('diff', 'parcels@1.0', 'parcels')).out).toContain('GET /v1/parcels\n');
    for (let minor = 2; minor <= 10; minor++) {
      await emitted(
        checkout,
        ({ paths }) => void Object.assign(paths, { [`/v1/more-${minor}`]: { get: { ...parcelsList, operationId: `more${minor}` } } }),
      );
      await checkout.api('release');
    }
    expect(JSON.parse(await checkout.read(PARCELS))).toMatchObject({ info: { version: '1.10.0' } });
    expect((await checkout.api('diff', 'parcels', PARCELS)).out).toBe('verdict: none\n');
  });

  it('is a patch for words, which rewrites the file of that minor version', async () => {
    const checkout = await released();
    await emitted(checkout, ({ info }) => void (info.description = 'Parcels, and who has them.'));
    await checkout.write({ [SCHEMA]: (await checkout.read(SCHEMA)).replace('parcel: String', '"A parcel." parcel: String') });
    expect((await checkout.api('release')).out).toContain('parcels 1.0.1: released, for its words');
    expect(await checkout.read('openapi/released/parcels/1.0.json')).toContain('Parcels, and who has them.');
    expect(await checkout.read('openapi/released/desk/1.0.graphql')).toContain('Release: 1.0.1 of');
    expect((await checkout.api('check')).code).toBe(0);
  });

  it('of a new major version stands beside the old one', async () => {
    const checkout = await released();
    await checkout.write({ 'openapi/system-parcels.v2.json': parcelsDocument('2') });
    expect((await checkout.api('release')).out).toContain('parcels 2.0.0: released, for the first time');
    expect(await checkout.read('libs/apis/src/releases.ts')).toContain(
      `parcels: { 1: { version: '1.0.0', on: '${TODAY}' }, 2: { version: '2.0.0', on: '${TODAY}' } }`,
    );
    expect((await checkout.api('check')).code).toBe(0);
  });

  it('of a new major version says what differs from the one before, by the same paths', async () => {
    const checkout = await released();
    await addList(checkout);
    await emitted(checkout, ({ paths }) => {
      const { get } = paths['/v1/parcels/{id}'] as { get: { responses: object } };
      Object.assign(get, { deprecated: true, 'x-deprecated-since': TODAY, 'x-sunset': '2027-12-01' });
      Object.assign(get.responses, { 410: { description: 'It has ended.' } });
    });
    await checkout.api('release');
    const second = parcelsDocument('2');
    second.components.schemas.ParcelView.required = [];
    second.paths['/v2/boxes'] = { get: { ...parcelsList, operationId: 'boxesList' } };
    await checkout.write({ 'openapi/system-parcels.v2.json': { ...second, info: { ...second.info, 'x-lifecycle': 'beta' } } });
    checkout.today = '2026-12-24';
    await checkout.api('release');
    const changelog = await checkout.read('openapi/CHANGELOG.md');
    const [section = ''] = /### 2\.0\.0[^]*?(?=###)/.exec(changelog) ?? [];
    expect(section).toContain('The first release of version 2. For those who move from 1.1:\n');
    expect(section).toMatch(/- `GET \/v2\/parcels\/\{id\}`: \*\*Breaking\.\*\* .*`?id`?/);
    expect(section).toContain('- `GET /v1/parcels`: **Breaking.** Version 2 does not have it.\n');
    expect(section).toContain('- `GET /v2/boxes`: The operation is new.\n');
    expect(section).not.toMatch(/version was|beta|deprecated|410/);
    // Version 1 grows on beside it, which is no difference that version 2 made.
    checkout.today = '2027-01-24';
    await emitted(checkout, ({ paths }) => void Object.assign(paths, { '/v1/late': { get: { ...parcelsList, operationId: 'late' } } }));
    await checkout.api('release');
    expect(await checkout.read('openapi/CHANGELOG.md')).toContain(section);
    expect((await checkout.api('check')).code).toBe(0);
  });

  it('of an API that there is not is refused', async () => {
    expect(await (await released()).api('release', 'parcles')).toEqual({ code: 2, out: '', err: 'there is no API parcles; there are desk, parcels' });
  });
});

describe('a break within a version', () => {
  it('is neither released nor let pass, and the others are released', async () => {
    const checkout = await released();
    await removeGet(checkout);
    await checkout.write({ [SCHEMA]: (await checkout.read(SCHEMA)).replace('parcel: String', 'parcel: String\n  more: String') });
    const { code, out } = await checkout.api('release');
    expect(code).toBe(1);
    expect(out).toContain('parcels 1.0.0: NOT released');
    expect(out).toContain(`${REMOVAL.id} at ${REMOVAL.pointer}`);
    expect(out).toContain('desk 1.1.0: released');
    const checked = await checkout.api('check');
    expect(checked.code).toBe(1);
    expect(checked.out).toContain('parcels breaks the callers of its release 1.0.0, and no approval in force names it:');
    expect(checked.out).toContain(REMOVAL.operation);
  });

  it('is released where an approval names it, and the changelog says who approved it', async () => {
    const checkout = await released();
    await removeGet(checkout);
    await checkout.write({ [APPROVAL]: approval() });
    expect((await checkout.api('check')).out).toBe('parcels differs from its release 1.0.0: npm run api -- release\n');
    expect(await checkout.api('release')).toMatchObject({ code: 0, out: expect.stringContaining('parcels 1.1.0: released') });
    expect(await checkout.read('openapi/CHANGELOG.md')).toMatch(
      /- `GET \/v1\/parcels\/\{id\}`: \*\*Breaking\.\*\* .*Approved by governance board: Nobody calls it\./,
    );
    expect((await checkout.api('check')).code).toBe(0);
  });

  it.each<[string, object, string]>([
    ['of another change', { changes: [{ ...REMOVAL, pointer: '/paths/~1v1~1parcels/get' }] }, '2026-11-30'],
    ['of another operation', { changes: [{ ...REMOVAL, operation: null }] }, '2026-11-30'],
    ['of another release', { version: '1.1' }, '2026-11-30'],
    ['of another API', { api: 'desk' }, '2026-11-30'],
    ['that has expired', {}, '2027-01-01'],
  ])('is not covered by an approval %s', async (_, more, today) => {
    const checkout = await released();
    await removeGet(checkout);
    await checkout.write({ [APPROVAL]: approval(more) });
    checkout.today = today;
    expect(await checkout.api('release')).toMatchObject({ code: 1, out: expect.stringContaining('parcels 1.0.0: NOT released') });
    expect((await checkout.api('check')).code).toBe(1);
  });

  it('is covered to the last day of its approval, and then the approval is named', async () => {
    const checkout = await released();
    await removeGet(checkout);
    await checkout.write({ [APPROVAL]: approval() });
    checkout.today = '2026-12-31';
    expect((await checkout.api('check')).out).not.toContain('breaks the callers');
    checkout.today = '2027-01-01';
    expect((await checkout.api('check')).out).toContain(`${APPROVAL} has expired on 2026-12-31: it approves nothing any more`);
  });
});

describe('an approval', () => {
  it.each<[object | string, string]>([
    [approval({ until: undefined }), 'until: it has to be a day, YYYY-MM-DD'],
    [approval({ until: '2026-13-01' }), 'until: it has to be a day, YYYY-MM-DD'],
    [approval({ who: ' ' }), 'who: it has to be a text'],
    [approval({ version: '1' }), "version: it has to be the release that is changed, as '1.4'"],
    [approval({ version: 1.4 }), 'version: it has to be a text'],
    [approval({ changes: [] }), 'changes: it has to be a list of at least 1'],
    [approval({ changes: [{ id: 'operation-removed' }] }), 'changes[0].operation: it has to be a text; changes[0].pointer: it has to be a text'],
    [approval({ consumers: 'all' }), 'consumers: it has to be a list'],
    [approval({ consumers: [{ name: 'A', contact: 'a@example.com', told: '2026-12-01' }] }), 'consumers[0].told: it is a day to come'],
    [approval({ consumers: ['A'] }), 'consumers[0]: it is not an object with fields'],
    [approval({ untill: '2026-12-31' }), 'untill: there is no such field'],
    ['- a\n', 'the file: it is not an object with fields'],
    ['a: [', "can't be read: "],
  ])('is refused where it is not written as it has to be: %j', async (content, why) => {
    const checkout = await released();
    await checkout.write({ [APPROVAL]: content });
    for (const command of ['check', 'release', 'changelog']) {
      const { code, out, err } = await checkout.api(command);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(APPROVAL);
      expect(err).toContain(why);
    }
  });
});

describe('a version that is emitted no more', () => {
  it.each<[string, Record<string, string>, number]>([
    ['without a word', {}, 1],
    ['before its end', { 'x-lifecycle': 'deprecated', 'x-sunset': '2026-12-01' }, 1],
    ['at its end', { 'x-lifecycle': 'deprecated', 'x-sunset': '2026-11-30' }, 0],
    ['once it is retired', { 'x-lifecycle': 'retired' }, 0],
  ])('%s', async (_, info, code) => {
    const file = 'openapi/system-gone.v1.json';
    const gone = parcelsDocument();
    const checkout = await Checkout.with({ [PARCELS]: parcelsDocument(), [file]: { ...gone, info: { ...gone.info, ...info } } });
    await checkout.api('release');
    await checkout.remove(file);
    expect((await checkout.api('check')).code).toBe(code);
  });
});

describe('what is said of all releases', () => {
  it.each(['openapi/CHANGELOG.md', 'libs/apis/src/releases.ts'])('is checked: %s', async file => {
    const checkout = await released();
    await checkout.write({ [file]: 'something else\n' });
    expect(await checkout.api('check')).toMatchObject({ code: 1, out: `${file} differs from the released documents: npm run api -- release\n` });
    await checkout.api('release');
    expect((await checkout.api('check')).code).toBe(0);
  });

  it('is one changelog over REST and GraphQL, the newest release of each first', async () => {
    const checkout = await released();
    await addList(checkout);
    await checkout.write({ [SCHEMA]: (await checkout.read(SCHEMA)).replace('parcel: String', 'parcel: String\n  more: String') });
    checkout.today = '2026-12-24';
    await checkout.api('release');
    const { out } = await checkout.api('changelog');
    expect(out).toBe(await checkout.read('openapi/CHANGELOG.md'));
    expect(out).toMatch(
      /## desk\n\n### 1\.1\.0 \(2026-12-24\)\n\n- `Query\.more`: .+\n\n### 1\.0\.0 \(2026-11-30\)\n\nThe first release of version 1\.\n/,
    );
    expect(out).toMatch(/## parcels\n\n### 1\.1\.0 \(2026-12-24\)\n\n- `GET \/v1\/parcels`: /);
    expect((await checkout.api('changelog', 'parcels')).out).not.toContain('## desk');
    expect(JSON.parse((await checkout.api('changelog', 'parcels', '--json')).out)).toMatchObject([
      { api: 'parcels', version: '1.1.0', on: '2026-12-24', since: { number: '1.0', report: { verdict: 'compatible' } } },
      { api: 'parcels', version: '1.0.0', on: '2026-11-30' },
    ]);
    expect(await checkout.api('changelog', 'nope')).toEqual({
      code: 2,
      out: '',
      err: 'there is no release of nope; there are releases of desk, parcels',
    });
  });
});
