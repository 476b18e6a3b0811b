import { smallestUnits } from '../kit/index.js';
import type { Account, KantataRow } from './account.js';

/**
 * Cents an hour from the project's rate card: the published version in force on the day, for the
 * role; null if there is none.
 */
export function cardRate(account: Account, workspace: KantataRow | undefined, roleId: unknown, day: string): number | null {
  if (!workspace || workspace.rate_card_id === null || roleId === null) return null;
  return (
    ratesOf(account)
      .get(`${String(workspace.rate_card_id)}:${String(roleId)}`)
      ?.findLast(({ from }) => from <= day)?.rate ?? null
  );
}

type RateVersions = Map<string, { from: string; rate: number }[]>;
const known = new WeakMap<Account, RateVersions>();

/** The sandbox's rate cards never change, so they are laid out once. */
function ratesOf(account: Account): RateVersions {
  const held = known.get(account);
  if (held) return held;
  const rates: RateVersions = new Map();
  for (const row of account.table('rate_card_roles').all()) {
    const version = account.get('rate_card_versions', row.rate_card_version_id)!;
    const set = account.get('rate_card_set_versions', version.rate_card_set_version_id)!;
    if (set.active !== true) continue;
    const key = `${String(version.rate_card_id)}:${String(row.role_id)}`;
    rates.set(key, [...(rates.get(key) ?? []), { from: String(set.effective_date), rate: row.rate as number }]);
  }
  for (const dated of rates.values()) dated.sort((a, b) => (a.from < b.from ? -1 : 1));
  known.set(account, rates);
  return rates;
}

/** On a project, people work in the role of their seat there, otherwise in their own role. */
export function roleOn(account: Account, workspaceId: string, userId: unknown): unknown {
  const seat = account.resourcesOf(workspaceId).find(one => one.user_id === userId);
  return seat?.role_id ?? account.get('users', userId)?.role_id ?? null;
}

/** Half a cent up: `minutes` at `rate` cents an hour. Both are whole, and so is every step. */
export const worth = (rate: number, minutes: number): number => Math.floor((rate * minutes * 2 + 60) / 120);

/**
 * The unit of amounts: the project's currency, its symbol (Kantata shows its code) and its smallest
 * unit.
 */
export function currencyOf(account: Account, workspaceId: unknown): { currency: unknown; currency_symbol: unknown; currency_base_unit: number } {
  const currency = account.get('workspaces', workspaceId)?.currency ?? null;
  return { currency, currency_symbol: currency, currency_base_unit: smallestUnits(String(currency)) };
}
