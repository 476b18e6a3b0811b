import { withFullView } from '#persistence';

/**
 * The CRM names the seller in the firm's own words. Whose a record is follows from the mappings as they are now, not as they were when
 * it was seen, so the services ask it of each row; a row's own legal entities say what was meant then.
 */
export const bySeller = <T>(work: () => T): T => withFullView("a CRM record is its seller's by today's mappings, which the service asks", work);
