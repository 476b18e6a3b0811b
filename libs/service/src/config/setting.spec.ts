import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsIn } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';
import { configurationDocument } from './configuration-document.js';
import { loadConfig, Setting, SettingsError, settingsOf } from './setting.js';

class ShopConfig {
  @Setting({ env: 'SHOP_NAME', description: 'What it is called.' })
  name: string;

  @Setting({ env: 'SHOP_FLOORS', default: 2, within: [1, 9], description: 'How many floors.' })
  floors: number;

  @Setting({ env: 'SHOP_OPEN', default: false, description: 'Whether it is open.' })
  open: boolean;

  @Setting({ env: 'SHOP_DAYS', default: ['mon', 'tue'], description: 'When.' })
  @IsIn(['mon', 'tue', 'wed'], { each: true })
  days: string[];

  @Setting({ env: 'SHOP_KEY', secret: true, description: 'The key | to the till.' })
  key: string;

  @Setting({ env: 'SHOP_SIGN', optional: true, description: 'What is over the door.' })
  sign?: string;
}

const faultsOf = (env: Record<string, string>) => {
  try {
    loadConfig(ShopConfig, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ env: name, message }) => `${name} ${message}`);
    throw error;
  }
  return [];
};

describe('settings', () => {
  it('are read as their type, with defaults where nothing is set', () => {
    const config = loadConfig(ShopConfig, { SHOP_NAME: 'Corner', SHOP_OPEN: 'true', SHOP_DAYS: 'tue, wed', SHOP_KEY: 'k' });
    expect({ ...config }).toEqual({ name: 'Corner', floors: 2, open: true, days: ['tue', 'wed'], key: 'k' });
  });

  it('report all faults at once, without the values of secrets', () => {
    expect(faultsOf({ SHOP_FLOORS: 'ten', SHOP_OPEN: 'maybe', SHOP_DAYS: 'sun', SHOP_KEY: '' })).toEqual([
      'SHOP_NAME is required: What it is called.',
      'SHOP_FLOORS must be a whole number from 1 to 9, not "ten"',
      'SHOP_OPEN must be true or false, not "maybe"',
      'SHOP_KEY is required: The key | to the till.',
      'SHOP_DAYS each value in SHOP_DAYS must be one of the following values: mon, tue, wed',
    ]);
  });

  it.each(['0', '10', '-1', '2.5', 'Infinity', '1e300', 'NaN', ' '])('that are numbers stay within their bounds, and %s does not', value => {
    expect(faultsOf({ SHOP_NAME: 'Corner', SHOP_KEY: 'k', SHOP_FLOORS: value })).toEqual([
      `SHOP_FLOORS must be a whole number from 1 to 9, not "${value}"`,
    ]);
  });

  it('that are numbers may have fractions where declared', () => {
    class Till {
      @Setting({ env: 'TILL_PERCENT', default: 0, within: [0, 100], fractions: true, description: 'How much of it.' }) percent: number;
    }
    expect(loadConfig(Till, { TILL_PERCENT: '2.5' }).percent).toBe(2.5);
    expect(() => loadConfig(Till, { TILL_PERCENT: '100.5' })).toThrow('TILL_PERCENT: must be a number from 0 to 100, not "100.5"');
  });

  it('that are numbers cannot be declared without bounds', () => {
    const declare = () => {
      class Boundless {
        @Setting({ env: 'SHOP_SHELVES', default: 2, description: 'How many shelves.' }) shelves: number;
      }
      return Boundless;
    };
    expect(declare).toThrow('SHOP_SHELVES is a number without bounds');
  });

  it('that were renamed are required under the new name, and the old name is reported', () => {
    class Renamed {
      @Setting({ env: 'SHOP_HOURS', default: 8, within: [0, 24], formerly: ['SHOP_DAY'], description: 'How long it is open.' })
      hours: number;
    }
    expect(loadConfig(Renamed, { SHOP_HOURS: '9' }).hours).toBe(9);
    for (const old of ['SHOP_DAY', 'SHOP_DAY_FILE'])
      expect(() => loadConfig(Renamed, { [old]: '9', SHOP_HOURS: '9' })).toThrow('SHOP_HOURS: takes the place of SHOP_DAY: How long it is open.');
  });

  it('may be in a file that the setting with _FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-setting-'));
    writeFileSync(join(folder, 'key'), 'from a file\n');
    const config = loadConfig(ShopConfig, { SHOP_NAME: 'Corner', SHOP_KEY_FILE: join(folder, 'key') });
    rmSync(folder, { recursive: true });
    expect(config.key).toBe('from a file');
    expect(faultsOf({ SHOP_NAME: 'Corner', SHOP_KEY_FILE: join(folder, 'key') })).toEqual([
      "SHOP_KEY can't be read from the file SHOP_KEY_FILE names: ENOENT",
    ]);
  });

  it('of every class of an app are checked together before it starts', async () => {
    const wrong = { PORT: 'x', ISSUER_URL: 'nowhere', LOG_LEVEL: 'loud' };
    const error = await createApp({ ...parcels, config: [ShopConfig] }, { env: wrong }).catch((caught: unknown) => caught);
    expect((error as SettingsError).faults.map(({ env }) => env)).toEqual([
      'PORT',
      'ISSUER_URL',
      'LOG_LEVEL',
      'PARCELS_CLIENT_SECRET',
      'SHOP_NAME',
      'SHOP_KEY',
    ]);
  });

  it('are documented from their declarations', () => {
    const page = configurationDocument([{ title: 'Shop', settings: settingsOf(ShopConfig) }]);
    expect(page).toContain('| `SHOP_FLOORS` | a whole number from 1 to 9 | `2` |  | How many floors. |');
    expect(page).toContain('| `SHOP_KEY` | text | **required** | yes | The key \\| to the till. |');
    expect(page).toContain('| `SHOP_DAYS` | list | `mon,tue` |  | When. |');
  });
});
