import { expect, it, vi } from 'vitest';
import { problemOf } from '#testing';
import { AccountNames, notInAccount, refuseLacking } from './account-names.js';

const lacks = (name: string): never => {
  throw notInAccount([{ field: name, rule: 'known', message: `The account has no ${name}` }]);
};
const idIn = (names: Map<string, string>, name: string): string => names.get(name) ?? lacks(name);

it('reads the names once, however many ask', async () => {
  const read = vi.fn<() => Promise<Map<string, string>>>().mockResolvedValue(new Map([['role', '7']]));
  const names = new AccountNames(read);
  expect([await names.using(all => idIn(all, 'role')), await names.using(all => idIn(all, 'role'))]).toEqual(['7', '7']);
  expect(read).toHaveBeenCalledTimes(1);
});

it('reads them again for a name that is missing once the first reading is some seconds old, and after a reading that failed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const read = vi.fn<() => Promise<Map<string, string>>>().mockRejectedValueOnce(new Error('no answer')).mockResolvedValue(new Map());
    const names = new AccountNames(read);
    await expect(names.using(all => idIn(all, 'role'))).rejects.toThrow('no answer');
    expect(await problemOf(names.using(all => idIn(all, 'role')))).toMatchObject({ kind: 'unprocessable', code: 'not-in-account' });
    expect(read).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(6_000);
    read.mockResolvedValue(new Map([['role', '8']]));
    expect(await names.using(all => idIn(all, 'role'))).toBe('8');
  } finally {
    vi.useRealTimers();
  }
});

it('refuses all that is lacking at once, each thing once', async () => {
  const problem = await problemOf(
    Promise.resolve().then(() => refuseLacking([() => lacks('role'), () => 'fine', () => lacks('card'), () => lacks('role')])),
  );
  expect(problem.fields.map(({ field }) => field)).toEqual(['role', 'card']);
  const defect = new Error('a defect');
  expect(() =>
    refuseLacking([
      () => {
        throw defect;
      },
    ]),
  ).toThrow(defect);
});
