import { to18 } from './record-id.js';

/**
 * The org's options, with a switch for each point that the contract sheet (section 14) leaves
 * unverified: none is a claim about the vendor.
 */
export interface SalesforceOptions {
  clientId: string;
  clientSecret: string;
  /** Organization id, 15 or 18 characters. */
  orgId?: string;
  /** API calls in a rolling 24 hours. Default: a full sandbox's 5,000,000. */
  dailyLimit?: number;
  /** How long a token lives. Default two hours. */
  sessionMs?: number;
  now?: () => Date;
  /** How long queries still show the state before a change: what a feed reads late. Default 0. */
  visibilityLagMs?: number;
  choices?: Partial<SalesforceChoices>;
}

export interface SalesforceChoices {
  /** UNABLE_TO_LOCK_ROW: 500 was seen by a production client, 400 is assumed by others. */
  lockRowStatus: 400 | 500;
  /** A wrong client secret at the token endpoint. */
  wrongSecretStatus: 400 | 401;
  /** Rows of `COUNT()`. */
  countRecords: [] | null;
  /** A sub-query without children. */
  emptySubquery: 'null' | 'empty-result';
  /** Whether a PATCH that changes nothing moves SystemModstamp. */
  emptyUpdateMovesModstamp: boolean;
  /**
   * Whether a change to a line or a milestone moves its opportunity's SystemModstamp. A roll-up
   * does so in reality; a trigger may.
   */
  childrenMoveParentModstamp: boolean;
}

export const DEFAULT_CHOICES: SalesforceChoices = {
  lockRowStatus: 500,
  wrongSecretStatus: 400,
  countRecords: [],
  emptySubquery: 'null',
  emptyUpdateMovesModstamp: true,
  childrenMoveParentModstamp: true,
};

export const DEFAULT_ORG_ID = to18('00DLF0000000001');
export const NEWEST_VERSION = 67;
export const OLDEST_VERSION = 60;
