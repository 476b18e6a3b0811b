import { withFullView } from '#persistence';

/**
 * The CRM names the seller in the firm's own words. A record's legal entity follows from the
 * current mappings, not from those when it was read, so the services evaluate them for each row. A
 * row's own legal entities say what held then.
 */
export const bySeller = <T>(work: () => T): T => withFullView("a CRM record is its seller's by today's mappings, which the service asks", work);
