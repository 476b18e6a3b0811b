import { Problem } from '#canonical';
import type { Transaction } from '#persistence';
import { acknowledgement, type Acknowledgement } from './acknowledgement.table.js';
import type { RetirementApproval } from './retirement.table.js';

/** What a consumer took note of: a version, or one operation of it, and who it is. */
export type Acknowledged = Pick<Acknowledgement, 'app' | 'version' | 'operation' | 'consumer'>;

/** Every acknowledgement there is. */
export const listAcknowledgements = (em: Transaction): Promise<Acknowledgement[]> => em.getRepository(acknowledgement.entity).find();

export const findAcknowledgement = (em: Transaction, { app, version, operation, consumer }: Acknowledged): Promise<Acknowledgement | null> =>
  em.getRepository(acknowledgement.entity).findOneBy({ app, version, operation, consumer });

/**
 * Keeps that a consumer took note. Throws a conflict (code not-deprecated) where nothing was
 * announced, and invalid for days that are out of order. `today` is a day of UTC.
 */
export async function putAcknowledgement(
  em: Transaction,
  { sunset, today, ...row }: Acknowledgement & { sunset: string | undefined; today: string },
): Promise<void> {
  if (sunset === undefined)
    throw new Problem('conflict', 'Its end was never announced, so there is nothing to take note of.', { code: 'not-deprecated' });
  if (row.toldOn > today) throw invalid('toldOn', 'past', 'toldOn must not be in the future');
  if (row.movesBy < row.toldOn) throw invalid('movesBy', 'after-told', 'movesBy must not be before toldOn');
  await em.getRepository(acknowledgement.entity).upsert({ ...row, changedAt: new Date() }, [...acknowledgement.key]);
}

/** Takes an acknowledgement back. False when there was none. */
export async function removeAcknowledgement(em: Transaction, { app, version, operation, consumer }: Acknowledged): Promise<boolean> {
  const { affected } = await em.getRepository(acknowledgement.entity).delete({ app, version, operation, consumer });
  return affected === 1;
}

/** The approval with those of the users who took note and whom it does not name. */
export function withAcknowledged(
  approval: RetirementApproval | undefined,
  users: readonly string[],
  acknowledged: readonly Acknowledgement[],
): RetirementApproval | undefined {
  if (!approval) return undefined;
  const named = new Set(approval.consumers.map(({ consumer }) => consumer));
  // an operation's own date comes before that of its version
  const more = users.flatMap(user => {
    const own = named.has(user) ? [] : acknowledged.filter(({ consumer }) => consumer === user);
    const one = own.find(({ operation }) => operation !== '') ?? own[0];
    return one ? [{ consumer: user, toldOn: one.toldOn, movesBy: one.movesBy }] : [];
  });
  return { ...approval, consumers: [...approval.consumers, ...more] };
}

const invalid = (field: string, rule: string, message: string): Problem =>
  new Problem('invalid', `${message}.`, { code: 'validation', fields: [{ field, rule, message }] });
