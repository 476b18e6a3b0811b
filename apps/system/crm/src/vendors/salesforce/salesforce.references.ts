import { mintId, type ExternalRef } from '#canonical';
import { rowName, type Unreadable } from '#capture';
import type { Row } from '#connector';
import type { SalesforceConfig } from './salesforce.config.js';

export const SYSTEM = 'salesforce';

/** The org that records come from. `account` is the 18-character organization id. */
export interface Org {
  account: string;
  /** For links people follow. */
  loginUrl: string;
  /** The languages in which country names are written. */
  languages: string[];
  /** For a contract that does not state the length of its day. */
  hoursPerDay: number;
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of an id; both forms name one record, so ids are minted from this one only. The suffix says, per block of five,
 * which characters are upper-case.
 */
export function to18(id: string): string {
  if (id.length !== 15) return id;
  const blocks = [0, 5, 10].map(start =>
    Array.from(id.slice(start, start + 5)).reduce((bits, char, i) => (/[A-Z]/.test(char) ? bits | (1 << i) : bits), 0),
  );
  return id + blocks.map(bits => SUFFIX[bits]).join('');
}

export const customerIdOf = (org: Org, accountId: string): string => mintId('customer', SYSTEM, org.account, to18(accountId));
export const dealIdOf = (org: Org, opportunityId: string): string => mintId('deal', SYSTEM, org.account, to18(opportunityId));
export const rateCardIdOf = (org: Org, cardId: string): string => mintId('rate-card', SYSTEM, org.account, to18(cardId));

export const orgOf = ({ account, loginUrl, languages, hoursPerDay }: SalesforceConfig): Org => ({
  account: to18(account ?? ''),
  loginUrl: loginUrl ?? '',
  languages,
  hoursPerDay,
});

export const refTo = (org: Org, type: string, id: string): ExternalRef => ({
  system: SYSTEM,
  account: org.account,
  type,
  nativeId: to18(id),
  url: `${org.loginUrl.replace(/\/$/, '')}/lightning/r/${type}/${to18(id)}/view`,
});

/** A row by its id, or where it has none by its place. */
export function named(row: Row | null, index: number, idOf: (nativeId: string) => string): Omit<Unreadable, 'error'> {
  const id = row?.Id;
  return typeof id === 'string' && id !== '' ? { id: idOf(id), nativeId: id } : { nativeId: rowName(index) };
}
