import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Spectral } from '@stoplight/spectral-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXCEPTIONS, isExcepted } from './exceptions.js';
import { everyFinding, lint, type LintedDocument } from './lint.js';
import { OFF } from './off.js';
import { RULES } from './rules.js';
import { FOREIGN } from './ruleset.js';
import { SOUND } from './sound.fixture.js';
import type { Fields } from './style-rule.js';

const FOLDER = resolve(import.meta.dirname, '..');
let documents: LintedDocument[];
beforeAll(async () => {
  const files = (await readdir(FOLDER)).filter(file => file.endsWith('.json'));
  documents = await Promise.all(files.map(async file => ({ file, document: JSON.parse(await readFile(join(FOLDER, file), 'utf8')) as Fields })));
});

describe('our own documents', () => {
  it('keep the style guide', async () => {
    expect(documents.length).toBeGreaterThan(5);
    expect(await lint(documents)).toEqual([]);
  });

  it('break a rule wherever an exception says so', async () => {
    const found = await everyFinding(documents);
    const idle = EXCEPTIONS.filter(one => !found.some(({ rule, pointer }) => rule === one.rule && pointer === one.pointer));
    expect(idle).toEqual([]);
  });

  it('have the exceptions of version 1 in later ones too, and no others', () => {
    const rule = 'pages-are-asked-by-cursor-and-limit';
    expect(['v2~1feeds', 'v12~1feeds', 'v2~1deals', 'v~1feeds'].map(path => isExcepted({ rule, pointer: `/paths/~1${path}/get` }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a rule of others that is off', () => {
  it('would find something in our documents', async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: FOREIGN, rules: {} });
    const off = Object.fromEntries(Object.entries(spectral.ruleset!.rules).filter(([name]) => name in OFF));
    expect(Object.keys(off).sort()).toEqual(Object.keys(OFF).sort());
    for (const [name, rule] of Object.entries(spectral.ruleset!.rules)) rule.enabled = name in OFF;
    const found = new Set<string>();
    const hcm = documents.find(({ file }) => file === 'system-hcm.v1.json')!;
    for (const document of [hcm.document, SOUND]) for (const { code } of await spectral.run(document)) found.add(String(code));
    expect([...found].sort()).toEqual(Object.keys(OFF).sort());
  });
});

describe("the guide's page", () => {
  it('names every rule with its reason, and what is off with why', async () => {
    const page = await readFile(join(FOLDER, 'README.md'), 'utf8');
    const table = (head: string, said: [string, string][]) =>
      `\n| ${head} | why |\n|---|---|\n${said.map(([name, why]) => `| \`${name}\` | ${why} |\n`).join('')}\n`;
    expect(page).toContain(
      table(
        'rule',
        Object.entries(RULES).map(([name, { reason }]) => [name, reason]),
      ),
    );
    expect(page).toContain(table('off', Object.entries(OFF)));
    expect(page).toContain(
      table(
        'exception',
        EXCEPTIONS.map(({ rule, pointer, reason }) => [`${rule} ${pointer}`, reason]),
      ),
    );
  });
});
