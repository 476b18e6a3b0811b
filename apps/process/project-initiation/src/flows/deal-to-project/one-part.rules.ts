import { mintId, type Deal } from '#canonical';

/** When a price that is billed in one part is due. */
export const ONE_PART_DUE = ['last-day', 'first-day'] as const;
export type OnePartDue = (typeof ONE_PART_DUE)[number];

/** Whether a deal's price is billed by milestones but the deal has none. `method` is canonical. */
export const lacksParts = ({ milestones }: Deal, method: string | undefined): boolean =>
  milestones.length === 0 && (method === 'fixed-price' || method === 'milestone');

/**
 * The deal with its whole price as one milestone: in a CRM that keeps no milestones nobody can
 * state the parts.
 */
export function inOnePart(deal: Deal, due: OnePartDue): Deal {
  const { id, name, amount, startDate, endDate, closeDate } = deal;
  const dueDate = (due === 'last-day' ? endDate : startDate) ?? closeDate;
  return { ...deal, milestones: [{ id: mintId('milestone', id, 'price'), name, sequence: 1, dueDate, amount }] };
}
