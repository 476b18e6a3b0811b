import { codeOf, wordsOf } from '#connector';

/** The account's names. */
export interface KantataNames {
  account: string;
  appUrl: string;
  workspace: Record<'legalEntity' | 'costCentre' | 'billingMethod' | 'customerId' | 'customerName' | 'dealId', string>;
  /** Extension -> custom field of a project. */
  extensions: Record<string, string>;
  story: Record<'role' | 'sequence', string>;
  seat: Record<'skills' | 'legalEntity' | 'minutes' | 'start' | 'end', string>;
  /** The location of a time entry that marks overtime. */
  overtimeLocation: string;
  /** The unit of foreign amounts; the documentation doesn't state it. */
  foreignAmounts: 'subunits' | 'units';
  /** Canonical role -> role name, where the name isn't the code in words. */
  roles: Record<string, string>;
}

/** The account's own ids for the names. */
export interface KantataIds {
  customField(subject: 'Workspace' | 'Story' | 'Resource', name: string): string;
  role(name: string): string;
  rateCard(code: string, currency: string): string;
  /** The set's title of a rate card, undefined when the account has no such card. */
  rateCardTitle(id: string): string | undefined;
  approver(): string;
}

export const roleNameOf = (code: string, { roles }: KantataNames): string => wordsOf(code, roles);
export const roleOf = (name: string, { roles }: KantataNames): string => codeOf(name, roles);
