import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureLog } from './log.js';
import { Outages } from './outage.js';

let folder: string;
const file = () => join(folder, 'log');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-outage-'));
  configureLog({ logLevel: 'info', logFile: file() });
});
afterAll(() => rm(folder, { recursive: true }));

const lines = async (part: string) =>
  (await readFile(file(), 'utf8'))
    .split('\n')
    .filter(line => line.includes(part))
    .map(line => JSON.parse(line) as { level: string; message: string; err?: object });
const refused = (port: number) => Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`), { code: 'ECONNREFUSED' });

describe('an outage', () => {
  it('is logged once per part, without a stack, and so is its end', async () => {
    const clock = { now: 0 };
    const outages = new Outages(() => clock.now);
    for (let i = 0; i < 134; i++) outages.note('reader', refused(5000 + i));
    outages.note('reader', Object.assign(new Error('terminating connection'), { driverError: { code: '57P01' } }));
    outages.note('writer', refused(1));
    clock.now = 61_000;
    outages.over('reader');
    outages.over('reader');
    const logged = await lines('reader');
    expect(logged.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "warn reader: can't go on now, will retry",
      'info reader: works again after 61 s and 135 failures',
    ]);
    expect(logged[0].err).toBeUndefined();
    expect(await lines('writer')).toHaveLength(1);
  });

  it('is logged again after the part has worked in between', async () => {
    const outages = new Outages();
    outages.note('again', refused(1));
    outages.over('again');
    outages.note('again', refused(1));
    expect(await lines('again:')).toHaveLength(3);
  });

  it('does not hide a defect, which is logged with its stack, once while it stays the same', async () => {
    const outages = new Outages();
    outages.note('defect', refused(1));
    for (let i = 0; i < 20; i++) outages.note('defect', new TypeError(`row ${i} has no id`));
    const logged = await lines('defect');
    expect(logged.map(({ level }) => level)).toEqual(['warn', 'error']);
    expect(logged[1].err).toMatchObject({ stack: expect.stringContaining('row 0') as string });
  });

  it('of a repeating piece of work throws nothing', async () => {
    const outages = new Outages();
    expect(await outages.during('work', () => Promise.reject(refused(1)))).toBeUndefined();
    expect(await outages.during('work', () => Promise.resolve(1))).toBe(1);
    expect(await lines('work:')).toHaveLength(2);
  });
});
