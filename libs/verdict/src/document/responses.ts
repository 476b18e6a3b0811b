import type { Change } from '../change.js';
import type { Comparing, Exchange } from './comparing.js';
import { found } from './found.js';
import { compareLinks } from './links.js';
import type { Notice } from './lifecycle.js';
import { compareMarks } from './marks.js';
import { compareContent, compareHeaders } from './messages.js';
import type { Part } from './open-document.js';

type Answers = Map<string, Part>;

const STATUS = /^[1-5](\d\d|XX)$/;

function answersOf(operation: Part): Answers {
  const answers: Answers = new Map();
  for (const [status, part] of operation.get('responses')?.members() ?? []) {
    const code = status.toUpperCase();
    if (status !== 'default' && !STATUS.test(code)) part.fail(`stands under "${status}", which is no status, no range such as 2XX, and not default.`);
    part.fields();
    answers.set(status === 'default' ? status : code, part);
  }
  return answers;
}

const isRange = (status: string): boolean => status.endsWith('XX');
const rangeOf = (status: string): string => `${status[0]}XX`;
const isFault = (status: string): boolean => status[0] === '4' || status[0] === '5';
const isSuccess = (status: string): boolean => status[0] === '2' || status[0] === '3';

/**
 * Under which entry an answer with this status falls. `default` stands for faults wherever some
 * success is named, which is how it is used.
 */
function entryFor(status: string, answers: Answers): string | undefined {
  if (answers.has(status)) return status;
  if (status === 'default') return undefined;
  if (answers.has(rangeOf(status))) return rangeOf(status);
  return answers.has('default') && (!isSuccess(status) || ![...answers.keys()].some(isSuccess)) ? 'default' : undefined;
}

/** The entries of `answers` that stand for a part of what `status`, a range or `default`, stands for. */
const within = (status: string, answers: Answers): string[] =>
  status === 'default' || !isRange(status) ? [] : [...answers.keys()].filter(one => one !== status && one !== 'default' && rangeOf(one) === status);

/** The statuses that an operation answers with, and what each answer is. */
export function compareResponses(baseOperation: Part, revisionOperation: Part, exchange: Exchange, comparing: Comparing, notice: Notice): Change[] {
  const [base, revision] = [answersOf(baseOperation), answersOf(revisionOperation)];
  const compare = (from: string, to: string): Change[] => {
    const [before, now] = [base.get(from)!, revision.get(to)!];
    const what = to === 'default' ? 'the answer to all other cases' : `the answer ${to}`;
    return comparing.once(before, now, `${exchange.answered} ${notice.audience} ${what}`, () =>
      compareResponse(before, now, { what, sent: exchange.answered, notice }, exchange, comparing),
    );
  };
  const changed = statusChanged(base, revision);
  const statuses = exchange.answered === 'response' ? OURS : THEIRS;
  const changes: Change[] = [];
  const reached = new Set<string>();
  const reach = (from: string, to: string): void => {
    reached.add(to);
    changes.push(...compare(from, to));
  };

  for (const [status, part] of base) {
    const entry = entryFor(status, revision);
    if (changed?.from === status) {
      changes.push(found(statuses.changed, revision.get(changed.to)!.pointer, `The answer ${status} is ${changed.to} now.`));
      reach(status, changed.to);
    } else if (entry !== undefined) {
      if (entry !== status && !(entry === 'default' && isFault(status))) {
        changes.push(
          found(
            isFault(status) ? statuses.widenedFault : statuses.widened,
            revision.get(entry)!.pointer,
            `The answer ${status} may be any of ${entry} now.`,
          ),
        );
      } else if (entry !== status) {
        changes.push(found(statuses.removedFault, part.pointer, `The answer ${status} is no longer told apart from all other cases.`));
      }
      reach(status, entry);
    } else {
      const narrower = within(status, revision);
      if (narrower.length > 0) {
        changes.push(found(statuses.narrowed, part.pointer, `Of the answers ${status} only ${narrower.join(', ')} may come.`));
        for (const one of narrower) reach(status, one);
      } else if (status === 'default') {
        changes.push(found(statuses.removedDefault, part.pointer, 'What is answered in all other cases is no longer said.'));
      } else {
        changes.push(found(isFault(status) ? statuses.removedFault : statuses.removed, part.pointer, `The answer ${status} is removed.`));
      }
    }
  }
  for (const [status, part] of revision) {
    if (reached.has(status)) continue;
    const entry = entryFor(status, base);
    if (status === 'default') {
      changes.push(found(statuses.addedDefault, part.pointer, 'What is answered in all other cases is said now.'));
    } else if (entry !== undefined && entry !== 'default') {
      changes.push(...compare(entry, status));
    } else {
      changes.push(found(isFault(status) ? statuses.addedFault : statuses.added, part.pointer, `The answer ${status} is new.`));
      if (entry === 'default') changes.push(...compare(entry, status));
    }
  }
  return changes;
}

/** One success in the place of another: `200` that is `202` now. */
function statusChanged(base: Answers, revision: Answers): { from: string; to: string } | undefined {
  const [removed, ...more] = [...base.keys()].filter(
    status => isSuccess(status) && !entryFor(status, revision) && within(status, revision).length === 0,
  );
  const [added, ...others] = [...revision.keys()].filter(status => isSuccess(status) && !entryFor(status, base) && within(status, base).length === 0);
  return removed && added && more.length === 0 && others.length === 0 ? { from: removed, to: added } : undefined;
}

/** The rules of what we answer. */
const OURS = {
  added: 'response-success-status-added',
  addedFault: 'response-error-status-added',
  addedDefault: 'response-default-added',
  removed: 'response-success-status-removed',
  removedFault: 'response-error-status-removed',
  removedDefault: 'response-default-removed',
  changed: 'response-status-changed',
  widened: 'response-status-widened',
  widenedFault: 'response-error-status-added',
  narrowed: 'response-status-narrowed',
} as const;

/** The rules of what a receiver may answer us. */
const THEIRS = {
  added: 'webhook-status-added',
  addedFault: 'webhook-status-added',
  addedDefault: 'webhook-status-added',
  removed: 'webhook-status-removed',
  removedFault: 'webhook-status-removed',
  removedDefault: 'webhook-status-removed',
  changed: 'webhook-status-removed',
  widened: 'webhook-status-widened',
  widenedFault: 'webhook-status-widened',
  narrowed: 'webhook-status-narrowed',
} as const;

function compareResponse(
  base: Part,
  revision: Part,
  message: { what: string; sent: Exchange['answered']; notice: Notice },
  exchange: Exchange,
  comparing: Comparing,
): Change[] {
  const body = { ...message, what: `the body of ${message.what}` };
  return [
    ...compareContent(base.get('content'), revision.get('content'), body, comparing),
    ...compareHeaders(base, revision, message, comparing),
    ...(exchange.answered === 'response' ? compareLinks(base, revision, message.what) : []),
    ...compareMarks(base, revision, message.what, message),
  ];
}
