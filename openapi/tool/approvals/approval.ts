import type { Change } from '#verdict';
import { WrongUse } from '../command.js';
import { Fields } from './fields.js';

/**
 * Leave to break the callers of a version by the changes that it names, and by no other. It counts
 * up to and including the day `until`.
 */
export interface Approval {
  /** In the checkout. */
  readonly file: string;
  readonly api: string;
  /** The release that the changes are made from: `1.4`. */
  readonly version: string;
  readonly changes: readonly Pick<Change, 'id' | 'operation' | 'pointer'>[];
  readonly who: string;
  readonly why: string;
  /** Who was told of it, and when. */
  readonly consumers: readonly { readonly name: string; readonly contact: string; readonly told: string }[];
  readonly until: string;
}

/** An approval as it was written; throws `WrongUse` with each field that is wrong, and its rule. */
export function approvalOf(file: string, data: unknown, today: string): Approval {
  const faults: string[] = [];
  const fields = new Fields(data, faults).only('api', 'version', 'changes', 'who', 'why', 'consumers', 'until');
  const approval: Approval = {
    file,
    api: fields.text('api'),
    version: fields.text('version', { matches: /^\d+\.\d+$/, says: "it has to be the release that is changed, as '1.4'" }),
    changes: fields.list('changes', 1, changeOf),
    who: fields.text('who'),
    why: fields.text('why'),
    consumers: fields.list('consumers', 0, consumerOf),
    until: fields.day('until'),
  };
  approval.consumers.forEach(({ told }, at) => {
    if (told > today) faults.push(`consumers[${at}].told: it is a day to come`);
  });
  if (faults.length > 0) throw new WrongUse(`${file}: ${faults.join('; ')}`);
  return approval;
}

function changeOf(fields: Fields): Approval['changes'][number] {
  fields.only('id', 'operation', 'pointer');
  return {
    id: fields.text('id'),
    operation: fields.textOrNull('operation'),
    pointer: fields.text('pointer', { matches: /^\//, says: 'it has to be a JSON pointer, as the verdict gives it' }),
  };
}

function consumerOf(fields: Fields): Approval['consumers'][number] {
  fields.only('name', 'contact', 'told');
  return { name: fields.text('name'), contact: fields.text('contact'), told: fields.day('told') };
}

export const expired = ({ until }: Approval, today: string): boolean => until < today;

/** The release that a change is made from. */
export interface Base {
  readonly api: string;
  /** `1.4` */
  readonly version: string;
}

/** Whether an approval names a change, in force or not. */
export const covers = ({ api, version, changes }: Approval, base: Base, change: Change): boolean =>
  api === base.api &&
  version === base.version &&
  changes.some(named => named.id === change.id && named.operation === change.operation && named.pointer === change.pointer);

/** The breaking changes that no approval in force names. */
export function unapproved(approvals: readonly Approval[], base: Base, changes: readonly Change[], today: string): Change[] {
  const inForce = approvals.filter(one => !expired(one, today));
  return changes.filter(change => change.severity === 'breaking' && !inForce.some(one => covers(one, base, change)));
}
