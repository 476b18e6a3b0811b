import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACTS } from '#persistence';
import lastRelease from './last-release.json' with { type: 'json' };
import { WENT } from './names-that-went.js';
import { storedNames, type StoredNames } from './stored-names.js';

const TOP = resolve(import.meta.dirname, '../..');

const flat = (names: StoredNames): string[] => Object.entries(names).flatMap(([kind, all]) => all.map(name => `${kind} ${name}`));
const before = flat(lastRelease.names);

describe('the names that are stored', () => {
  let now: string[];
  beforeAll(() => {
    now = flat(storedNames(TOP));
    console.log(`stored names: ${before.length} in the last release, ${now.length} now`);
  }, 120_000);

  it('are those of the last release and more; one that went says why nothing is stranded', () => {
    expect(before.filter(name => !now.includes(name) && !(name in WENT))).toEqual([]);
  });

  it('went where that is said of them', () => {
    expect(Object.keys(WENT).filter(name => !before.includes(name) || now.includes(name))).toEqual([]);
  });

  it.each(Object.entries(WENT))('%s strands nothing', (name, went) => {
    const [kind] = name.split(' ');
    if ('goesOnAs' in went) {
      expect(now).toContain(`${kind} ${went.goesOnAs}`);
      const makes = went.goesOnAs.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*');
      return expect(name.slice(kind.length + 1)).toMatch(new RegExp(`^${makes}$`));
    }
    const [file, title] = went.shownBy;
    expect(existsSync(join(TOP, file)) && readFileSync(join(TOP, file), 'utf8')).toContain(title);
    // An app that still uses the old name must not run beside one for which it was moved.
    if (went.migration) expect(CONTRACTS).toHaveProperty(went.migration);
  });
});

/** Kind -> where such a name is made, and how it is read. */
const EXAMPLES: Record<string, [file: string, source: string, names: string[]]> = {
  subscriptions: [
    'apps/process/p/src/p.ts',
    `const P = 'p.intake'; export const R = 'p.other'; subscriptions.subscribe({ name: P, types: [] }); s.subscribe({ name: \`p.\${kind}\`, types: [] }); const parts = [{ name: 'p.read', types: [], apply }];`,
    ['p.*', 'p.intake', 'p.read'],
  ],
  flows: ['apps/process/p/src/flows/index.ts', `export const flows = { 'verb-noun': Flow, other: Other };`, ['p.other', 'p.verb-noun']],
  lanes: [
    'libs/events/src/x.ts',
    `const turn = { subscription: again ? 'p.again' : LINES }; export const LINES = 'p.lines';`,
    ['p.again', 'p.lines'],
  ],
  steps: [
    'apps/process/p/src/flows/f/f.flow.ts',
    `await run.step('read it', work); const step = (part: string) => run.step(part, work); await step('customer'); run.step(\`undo \${part}\`, work);`,
    ['customer', 'read it', 'undo *'],
  ],
  events: [
    'libs/apis/src/crm/events.ts',
    `export const crmEvents = defineEvents(['crm'], { 'deal.won.v1': { summary: 'Won.', data: Deal }, 'deal.lost.v1': { summary: 'Lost.', data: Deal } })`,
    ['deal.lost.v1', 'deal.won.v1'],
  ],
  messages: ['libs/canonical/src/messages.en.ts', `const catalogue: Record<string, string> = { 'a.b': 'A {b}.', c: 'C.' };`, ['a.b', 'c']],
  needs: [
    'libs/mappings/src/m.ts',
    `export const mappingNeed = (kind: string, source: string): string => \`mapping:\${kind}:\${source}\`; const x = { need: cutText(stopped ? \`place:\${p}\` : 'none:at-all', 300) };
     export const needs = { rate: (role: string) => \`rate:\${role}\` };
     const worker = defineNeed('worker:{worker}:{what}', { cure: { known: 'cure.worker.known' } }); const credit = defineNeed('credit:{line}:v{version}', { cure: 'cure.credit' });`,
    ['credit:*:v*', 'mapping:*:*', 'none:at-all', 'place:*', 'rate:*', 'worker:*:*', 'worker:*:known'],
  ],
  ids: [
    'libs/canonical/src/ids.ts',
    `const PREFIXES = { task: 'tsk' } as const; const SYSTEM = 'crm'; const id = mintId('task', SYSTEM, account, 'line', row.id);`,
    ['task begins tsk_', 'task:crm:*:line:*'],
  ],
  externalIds: [
    'apps/process/p/src/t.ts',
    `export function externalIdOf(l: L) { return \`tl-\${l.id}-v\${l.version}\${l.cost ? '-c' : ''}\`; } export const reversalIdOf = (id: string): string => \`\${id}-r\`;`,
    ['*-r', 'tl-*-v*', 'tl-*-v*-c'],
  ],
  writeKeys: ['apps/system/psa/src/w.ts', `await this.writer.write(\`seat:\${id}\`, body); process.stderr.write('went wrong');`, ['seat:*']],
  feeds: [
    'apps/system/psa/src/f.ts',
    `const feed = { name: 'time-entries', noun: 'time-entry', ...lines(), events: change => [] };`,
    ['psa time-entries time-entry'],
  ],
  places: [
    'libs/events/src/p.ts',
    `export const POSTING = 'job p.postings'; const placeOf = (name: string): string => \`reader \${name}\`; const text = 'job that is long';`,
    ['job p.postings', 'reader *'],
  ],
  locks: [
    'libs/flow/src/l.ts',
    `const LOCK = 7_001; em.query('select pg_advisory_xact_lock_shared($1)', [LOCK]); em.query('select pg_advisory_lock(hashtext($1))', [\`terms of \${level}\`]);`,
    ['7001', 'hashtext(terms of *)'],
  ],
};

describe('the reader of stored names', () => {
  const tree = mkdtempSync(join(tmpdir(), 'throughline-names-'));
  afterAll(() => rmSync(tree, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };

  it('has an example of every kind', () => {
    expect(Object.keys(lastRelease.names).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  it.each(Object.entries(EXAMPLES))('finds %s, and not in specs', (kind, [path, source, names]) => {
    write(path, source);
    write(path.replace('.ts', '.spec.ts'), source.replaceAll(/'(\w)/g, "'other-$1"));
    expect(storedNames(tree)[kind]).toEqual(names);
    rmSync(tree, { recursive: true });
  });
});
