import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { built } from '#testing';
import { Checkout, parcelsDocument } from './tool.fixture.js';

describe('the tool of the governance team', () => {
  beforeAll(built, 120_000);

  it('lists its commands without one, and with --help', async () => {
    const checkout = await Checkout.with();
    const bare = await checkout.api();
    expect(bare).toEqual({ code: 0, err: '', out: expect.stringContaining('diff BASE REVISION [--as-of YYYY-MM-DD] [--json]') });
    expect(await checkout.api('--help')).toEqual(bare);
    expect((await checkout.api('diff', '--help')).out).toContain('npm run api -- diff BASE REVISION');
  });

  it.each([
    [['frobnicate'], 'there is no command frobnicate; there are diff, '],
    [['constructor'], 'there is no command constructor; there are diff, '],
    [['diff', 'a.json'], 'use: npm run api -- diff BASE REVISION [--as-of YYYY-MM-DD] [--json]'],
    [['diff', 'a.json', 'b.json', 'c.json'], 'use: npm run api -- diff'],
    [['diff', 'a.json', 'b.json', '--jsn'], 'diff has no option --jsn; it has --as-of, --json'],
    [['diff', 'a.json', 'b.json', '-j'], 'diff has no option -j; it has --as-of, --json'],
    [['diff', 'a.json', 'b.json', '--toString'], 'diff has no option --toString'],
    [['diff', 'a.json', 'b.json', '--json=yes'], '--json takes no value'],
    [['diff', 'a.json', 'b.json', '--as-of'], '--as-of needs a value: YYYY-MM-DD'],
    [['diff', 'a.json', 'b.json', '--as-of', '--json'], '--as-of needs a value: YYYY-MM-DD'],
    [['diff', 'a.json', 'b.json', '--as-of', '2026-02-30'], '--as-of 2026-02-30 is not a day: YYYY-MM-DD'],
    [['diff', 'a.json', 'b.json', '--json', '--json'], '--json is given twice'],
    [['check', 'now'], 'use: npm run api -- check'],
    [['check', '--json'], 'check has no option --json; it has none'],
  ])('says in one line what is wrong with %j', async (args, line) => {
    const { code, out, err } = await (await Checkout.with()).api(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err).not.toContain('\n');
  });

  it('sends nothing of a document or a name to the terminal that would command it', async () => {
    const commanding = '/\u001b[2J\u202e\u{e0001}x';
    const checkout = await Checkout.with({
      'a.json': parcelsDocument(),
      'b.json': { ...parcelsDocument(), paths: { [commanding]: { get: { responses: { 200: { description: 'Fine.' } } } } } },
    });
    const { out } = await checkout.api('diff', 'a.json', 'b.json');
    expect(out).toContain(String.raw`GET /\u001b[2J\u202e\udb40\udc01x`);
    const { changes } = JSON.parse((await checkout.api('diff', 'a.json', 'b.json', '--json')).out) as { changes: { operation: string }[] };
    expect(changes.map(({ operation }) => operation)).toContain(`GET ${commanding}`);
    expect((await checkout.api('diff', 'a.json', '\u001b[2J')).err).toContain(String.raw`there is no file \u001b[2J`);
  });

  it('answers a machine on stdout alone, as a process', async () => {
    const { top } = await Checkout.with({ 'a.json': parcelsDocument(), 'b.json': parcelsDocument() });
    const args = ['run', '-s', 'api', '--', 'diff', `${top}/a.json`, `${top}/b.json`, '--json'];
    expect(await promisify(execFile)('npm', args)).toEqual({ stdout: '{\n  "verdict": "none",\n  "changes": []\n}\n', stderr: '' });
    await expect(promisify(execFile)('npm', [...args, '--jsn'])).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'diff has no option --jsn; it has --as-of, --json\n',
    });
  });
});
