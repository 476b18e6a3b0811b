import { describe, expect, it } from 'vitest';
import { builtCodes } from './codes.js';
import { deadSentences } from './dead-sentences.js';
import { envelopes } from './envelopes.js';
import { foreignTables } from './foreign-tables.js';
import { needlessInjects, unseenInjects } from './injects.js';
import { lineColumns } from './line-columns.js';
import { paths } from './paths.js';
import { playedByHand } from './played-by-hand.js';
import { linesOf, longestFunctions, longFiles } from './sizes.js';
import { isTest, sourceOf, type Place } from './sources.js';
import { vendorNames, vendorsOf } from './vendor-names.js';

const whats = (places: Place[]): string[] => places.map(({ what }) => what);

it('says where a thing stands, by file and line', () => {
  const source = sourceOf('libs/a/src/a.ts', `\n\nconst event = { source, type, key,\n  time, data };`);
  expect(envelopes([source])).toEqual([{ path: 'libs/a/src/a.ts', line: 3, what: '{ source, type, key, time, data }' }]);
});

it('knows test code by its name and its room', () => {
  const paths = ['apps/a/src/b.spec.ts', 'apps/a/src/b.conformance.ts', 'libs/testing/src/b.ts', 'test/rights/b.ts', 'apps/a/src/b.rules.ts'];
  expect(paths.map(isTest)).toEqual([true, true, true, true, false]);
});

describe('an envelope by hand', () => {
  const found = (text: string) => envelopes([sourceOf('libs/a/src/a.ts', text)]).length;

  it('is an object with what only an event has', () => {
    expect(found(`append({ id, source: '/system/crm', type: 'deal.won.v1', key, time, data: {}, legalEntities: [] })`)).toBe(1);
  });

  it('is no object that shares some of it, no type, and nothing that was read from the log', () => {
    expect(found(`const step = { source, type, key, data };`)).toBe(0);
    expect(found(`interface Envelope { source: string; type: string; key: string; time: string; data: unknown }`)).toBe(0);
    expect(found(`const read = { source, type, key, time, data, keySeq: 1 };`)).toBe(0);
  });
});

describe('a table named outside its room', () => {
  const made = sourceOf(
    'libs/shelf/src/shelf.migrations.ts',
    'const up = `create schema shelf; create table shelf.book(id text); create table if not exists shelf.loan(id text)`;',
  );
  const found = (path: string, text: string) => whats(foreignTables([made, sourceOf(path, text)]));

  it('is one in a text of another app or lib than the one whose migrations make it', () => {
    expect(
      found('apps/process/orders/src/orders.ts', 'const sql = `select 1 from shelf.book b join shelf.loan using (id) where id = ${id}`;'),
    ).toEqual(['shelf.book', 'shelf.loan']);
    expect(found('libs/desk/src/desk.ts', `em.query('delete from ' + 'shelf.book where true');`)).toEqual(['shelf.book']);
  });

  it('is none of its own room, none in a migration or where rights are given, and no call', () => {
    const sql = `const sql = 'select 1 from shelf.book';`;
    for (const path of ['libs/shelf/src/books.ts', 'apps/process/orders/src/orders.migrations.ts', 'libs/persistence/src/access/rows.ts'])
      expect(found(path, sql)).toEqual([]);
    expect(found('libs/desk/src/desk.ts', `shelf.book(); const scope = 'shelf.read';`)).toEqual([]);
  });
});

describe('a path between apps', () => {
  const found = (text: string, path = 'apps/process/orders/src/clients.ts') => whats(paths([sourceOf(path, text)]));
  const client = (call: string) => `class Apis { constructor(private readonly api: ApiClient) {} ask() { return ${call}; } }`;

  it('is each call by the client to other apps, however its path is written', () => {
    for (const call of [
      `this.api.send<Deal>({ method: 'GET', path: '/system/crm/v1/deals' })`,
      'this.api.send({ path: `${BASE.erp}/orders/${id}`, body })',
      'this.api.send(call)',
    ])
      expect(found(client(call))).toEqual([call]);
  });

  it('is also the path of another app that is written beside the calls', () => {
    expect(found(`const BASE = { crm: '/system/crm/v1' };`)).toEqual([`'/system/crm/v1'`]);
    expect(found('const api = (app: string) => `/process/${app}/v1`;')).toEqual(['`/process/${app}/v1`']);
    expect(found(`const url = '/system/' + app + '/v1/deals';`)).toEqual([`'/system/' + app + '/v1/deals'`]);
  });

  it('is no call of something else, no path of one’s own, no source of an event, and nothing of a lib', () => {
    expect(found(`const post = new Letters(); post.send('deal');`)).toEqual([]);
    expect(found(client('this.api.of(crm)'))).toEqual([]);
    expect(found(`const own = '/process/orders/v1/runs';`)).toEqual([]);
    expect(found(`const event = { source: '/process/orders' };`)).toEqual([]);
    expect(found(client(`this.api.send({ path: '/system/crm/v1/deals' })`), 'libs/apis/src/crm.ts')).toEqual([]);
  });
});

describe('an app that a spec plays by hand', () => {
  const found = (path: string, text: string) => whats(playedByHand([sourceOf(path, text)]));

  it('is a server of the specs of an app that calls others', () => {
    expect(found('apps/process/orders/src/orders.fixture.ts', 'const around = await testServer((request, response) => {});')).toHaveLength(1);
    expect(found('apps/experience/shop/src/shop.spec.ts', `createServer().listen(0);`)).toEqual(['createServer()']);
  });

  it('is none that is served from the definition, no vendor’s, and no server of the product', () => {
    expect(found('apps/process/orders/src/orders.fixture.ts', 'await testGateway(standIn(crm, {}));')).toEqual([]);
    expect(found('apps/system/crm/src/vendors/acme/acme.spec.ts', 'testServer(answer);')).toEqual([]);
    expect(found('apps/process/orders/src/orders.ts', 'createServer(answer);')).toEqual([]);
  });
});

describe('a code that the compiler doesn’t see', () => {
  const CODES = ['cure.deal.amount', 'cure.period', 'journey.checked-already', 'deal.amount-missing'];
  const found = (text: string) => whats(builtCodes([sourceOf('apps/a/src/a.ts', text)], CODES));

  it('is put together, by template or by plus, and reads like one that has a sentence', () => {
    expect(found('const code = `cure.${noun}`;')).toEqual(['`cure.${noun}`']);
    expect(found(`fault('cure.' + noun + '.amount');`)).toEqual([`'cure.' + noun + '.amount'`]);
  });

  it('is whatever is computed or cast where a code with parameters is wanted, behind a condition too', () => {
    expect(found('const step = { kind: again ? `${kind}-already` : kind, params: {} };')).toEqual(['`${kind}-already`']);
    expect(found('const reason = { code: found as MessageCode, params };')).toEqual(['found as MessageCode']);
  });

  it('is no code as it stands, no other text, no field, and nothing that is looked for', () => {
    expect(found(`const reason = { code: 'cure.period', params: {} };`)).toEqual([]);
    expect(found('const answer = { code: `${status} ${form}`, message };')).toEqual([]);
    expect(found('const url = `cure.example/${noun}`; const text = `curate.${noun}`;')).toEqual([]);
    expect(found('const fault = { field: `deal.${name}` };')).toEqual([]);
    expect(found('const kept = names.includes(`deal.${name}`);')).toEqual([]);
    expect(found(`const reason = { code: 'cure.period' as const, params };`)).toEqual([]);
  });
});

describe('a sentence that no code says', () => {
  const ORDERS = sourceOf(
    'libs/apis/src/orders/messages.en.ts',
    `const catalogue = { 'order.late': '{order} is late.' } as const;\nexport const earlier = { 'order.lost': 'Gone.' };`,
  );
  const COMMON = sourceOf('libs/apis/src/messages.en.ts', `const catalogue = { 'flow.stalled': 'It stands still.' } as const;`);
  const found = (path: string, text: string) => whats(deadSentences([ORDERS, COMMON, sourceOf(path, text)]));

  it('is one of an app that its own code does not say, though another’s does', () => {
    expect(found('apps/process/orders/src/a.ts', `message('order.late', {}); text({ code: 'flow.stalled' });`)).toEqual([]);
    expect(found('apps/process/bills/src/a.ts', `message('order.late', {}); message('flow.stalled', {});`)).toEqual([`'order.late'`]);
  });

  it('is one of several apps that nobody says, a spec or a longer text left out', () => {
    expect(found('apps/process/orders/src/a.spec.ts', `expect(code).toBe('order.late');`)).toEqual([`'order.late'`, `'flow.stalled'`]);
    expect(found('libs/flow/src/a.ts', '`${kind}flow.stalled`')).toEqual([`'order.late'`, `'flow.stalled'`]);
  });
});

describe('a vendor’s name', () => {
  const rooms = [{ path: /^apps\/system\/[^/]+\/src\/vendors\//, why: 'they live here' }];
  const found = (text: string, path = 'libs/a/src/a.ts') => whats(vendorNames([sourceOf(path, text)], ['acme', 'larder'], rooms));

  it('is known by the vendors’ folders', () => {
    const files = [
      'apps/system/psa/src/vendors/larder/larder.ts',
      'apps/system/crm/src/vendors/acme/acme.ts',
      'apps/system/crm/src/vendors/index.ts',
      'apps/system/psa/src/vendors/port/projects.port.ts',
    ];
    expect(vendorsOf(files.map(path => sourceOf(path, '')))).toEqual(['acme', 'larder']);
  });

  it('counts in identifiers, texts, templates and imports, whatever its letters', () => {
    expect(found(`import { x } from './acme-rest.js';`)).toEqual([`'./acme-rest.js'`]);
    expect(found('const ACME_URL = 1; class A { #larder = 2 }')).toEqual(['ACME_URL', '#larder']);
    expect(found('log(`of ${id} in Acme`, system === "larder");')).toEqual(['} in Acme`', '"larder"']);
  });

  it('does not count in comments, nor in its rooms', () => {
    expect(found('// As Acme has it.\nconst a = 1;')).toEqual([]);
    expect(found(`const name = 'acme';`, 'apps/system/crm/src/vendors/acme/acme.ts')).toEqual([]);
  });
});

describe('a needless @Inject', () => {
  const found = (member: string) => needlessInjects([sourceOf('libs/a/src/a.ts', `class A { ${member} }`)]).length;

  it('names what the type says', () => {
    expect(found('constructor(@Inject(Log) private readonly log: Log) {}')).toBe(1);
    expect(found('@Inject(Log) log: Log;')).toBe(1);
  });

  it('is not one by a token, of another type, or of a type that is no class', () => {
    expect(found(`constructor(@Inject('LOG') log: Log, @Inject(OPTIONS) options: Options, @Inject(Log) logs: Log[], log: Log) {}`)).toBe(0);
  });
});

describe('a class that metadata doesn’t see', () => {
  const found = (imported: string, parameter: string, before = '@Injectable()') =>
    unseenInjects([sourceOf('libs/a/src/a.ts', `import ${imported} from './log.js';\n${before} class A { constructor(${parameter}) {} }`)]).length;

  it('is imported as a type and injected by its type', () => {
    expect(found('{ type Log }', 'private readonly log: Log')).toBe(1);
    expect(found('type { Log }', '@Inject(TOKEN) token: string, log: Log', '')).toBe(1);
  });

  it('is not one that is imported as a class, injected by a token, or given by hand', () => {
    expect(found('{ Log }', 'log: Log')).toBe(0);
    expect(found('type { Log }', '@Inject(LOG) log: Log')).toBe(0);
    expect(found('type { Log }', 'log: Log', '')).toBe(0);
  });
});

describe('a list of a line’s columns', () => {
  const COLUMNS = ['since', 'revision', 'workerId', 'workDate', 'postedAt', 'projectId', 'exceptionId'];
  const found = (text: string) => lineColumns([sourceOf('apps/a/src/a.ts', text)], COLUMNS).length;
  const camel = 'since, revision, workerId, workDate, postedAt, exceptionId';

  it('is a type, an object or a pattern with six of them', () => {
    expect(found(`const row = { ${camel} };`)).toBe(1);
    expect(found(`const { ${camel} } = row;`)).toBe(1);
    expect(found(`interface Row { ${camel.replaceAll(',', ': string;')}: string }`)).toBe(1);
    expect(found(`class Row { ${camel.replaceAll(',', ';')} }`)).toBe(1);
  });

  it('is each list in a statement', () => {
    const snake = 'since, revision, worker_id, work_date, posted_at, exception_id';
    const set = snake.replaceAll(/(\w+)/g, '$1 = excluded.$1');
    expect(
      found(`const sql = \`insert into line(\${KEY}, ${snake}) select "workerId", ${snake} from r on conflict (id) do update set ${set}\`;`),
    ).toBe(3);
  });

  it('is none that has five of them', () => {
    const five = camel.replace(', exceptionId', '');
    expect(found(`const row = { ${five}, id }; const sql = 'select ${five} from a where exception_id = 1';`)).toBe(0);
  });
});

describe('sizes', () => {
  const lines = (count: number) => sourceOf(`apps/a/src/${count}.ts`, 'a;\n'.repeat(count));

  it('counts a last line with its end and without', () => {
    expect([linesOf(lines(3)), linesOf(sourceOf('a.ts', 'a;\nb;'))]).toEqual([3, 2]);
  });

  it('finds the files above a number of lines, the longest first', () => {
    expect(longFiles([lines(4), lines(3), lines(5)], 3).map(({ path }) => path)).toEqual(['apps/a/src/5.ts', 'apps/a/src/4.ts']);
  });

  it('finds the longest function, by declaration, arrow or method', () => {
    const text = `function one() {\n}\nconst two = () => {\n\n};\nclass A { three() {\n\n\n} }`;
    const [longest] = longestFunctions([sourceOf('a.conformance.ts', text)]);
    expect([longest.lines, longest.place.line]).toEqual([4, 6]);
  });
});
