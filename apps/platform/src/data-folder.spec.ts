import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Roles } from '#persistence';
import { startSandboxes } from '../../sandbox/src/sandboxes.js';
import { DataFolder } from './data-folder.js';
import { keptPasswords } from './database/databases.js';
import { keptIssuerKeys } from './issuer/issuer-keys.js';

let data: DataFolder;
beforeEach(() => {
  data = new DataFolder(mkdtempSync(join(tmpdir(), 'throughline-data-')));
});
afterEach(() => rmSync(data.path, { recursive: true }));

const modeOf = (path: string) => statSync(join(data.path, path)).mode & 0o777;

it('closes files that an earlier start left open to others', () => {
  for (const folder of ['logs', 'sandbox', 'elsewhere']) {
    mkdirSync(join(data.path, folder));
    chmodSync(join(data.path, folder), 0o755);
  }
  const files = ['logs/throughline.log', 'sandbox/kantata.sqlite', 'sampled.json', 'elsewhere/of-others'];
  for (const file of files) writeFileSync(join(data.path, file), '', { mode: 0o644 });
  chmodSync(data.path, 0o755);
  data.occupy();
  expect([...files, 'logs', 'sandbox'].map(modeOf)).toEqual([0o600, 0o600, 0o600, 0o644, 0o700, 0o700]);
  expect(statSync(data.path).mode & 0o007).toBe(process.getuid?.() === 0 ? 0o001 : 0);
});

it('says who runs on it, and lets the next one in when that process is gone', () => {
  data.occupy();
  expect(() => data.occupy()).toThrow(`The platform is running already on ${data.path}, as process ${process.pid}.`);
  data.leave();
  data.occupy();
});

it('reports a path that is not a folder', () => {
  const file = join(data.path, 'file');
  writeFileSync(file, '');
  expect(() => new DataFolder(file).occupy()).toThrow(/may not use .*file.* \((EEXIST|ENOTDIR)\): .*set DATA_DIR/);
});

describe('a file with a secret', () => {
  let umask: number;
  beforeAll(() => void (umask = process.umask(0)));
  afterAll(() => void process.umask(umask));

  it.each<[string, (path: string) => unknown]>([
    ['environment.json', () => data.keepEnvironment({})],
    ['issuer.json', keptIssuerKeys],
    ['database.json', path => keptPasswords(path, new Roles('spec'))],
    ['control-token', () => startSandboxes({ directory: data.path, vendors: [] }).then(sandboxes => sandboxes.close())],
    ['netsuite-private-key.pem', () => startSandboxes({ directory: data.path, vendors: ['netsuite'] }).then(sandboxes => sandboxes.close())],
  ])('is for its owner alone, even when a process leaves its files open: %s', async (file, keep) => {
    await keep(join(data.path, file));
    expect(modeOf(file)).toBe(0o600);
  });
});
