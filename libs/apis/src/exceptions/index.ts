import {
  Bag,
  BusinessDate,
  DESKS,
  EXCEPTION_CATEGORIES,
  ExternalRef,
  Flag,
  Id,
  Instant,
  MoneyTotal,
  Nested,
  OneOf,
  Text,
  Whole,
  type Desk,
  type ExceptionCategory,
  type ExceptionRecord,
} from '#canonical';
import { get, operations, post } from '../operation.js';
import { PageQuery } from '../page.js';

const STATES = ['open', 'waiting', 'retrying', 'resolved', 'skipped'] as const;

/** What a person may do with an exception. */
const ACTIONS = ['retry', 'skip'] as const;
export type ExceptionAction = (typeof ACTIONS)[number];

/**
 * The answers to an exception's question: the target takes the wanted value, it keeps its own, or a
 * person made them equal by hand.
 */
export const OUTCOMES = ['apply', 'keep', 'done'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export class ReasonView {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000, description: 'The code as a sentence.' }) text: string;
  @Text({ optional: true, description: 'The field it is about.' }) field?: string;
}

export class NeedView {
  @Text({ max: 300 }) need: string;
  @OneOf(DESKS) desk: Desk;
  @Flag() met: boolean;
  @Text({ max: 1000, description: 'How it is cured.' }) cure: string;
}

export class HistoryView {
  @Instant() at: string;
  @Text() action: string;
  @Text() by: string;
  @Text({ optional: true, max: 500 }) reason?: string;
}

/** Something a person must decide or mend, with the business keys and the money it concerns. */
export class ExceptionView {
  @Id() id: string;
  @Text() flow: string;
  @Text() step: string;
  @OneOf(STATES) state: ExceptionRecord['state'];
  @OneOf(EXCEPTION_CATEGORIES) category: ExceptionCategory;
  @OneOf(DESKS, { description: 'Whose desk it is on.' }) desk: Desk;
  @Nested(() => ReasonView, { list: true }) reasons: ReasonView[];
  @Nested(() => NeedView, { list: true }) needs: NeedView[];
  @Bag({ description: 'Business keys: deal, project, customer and their names.' }) keys: Record<string, string>;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Nested(() => MoneyTotal, { list: true }) money: MoneyTotal[];
  @Instant() openedAt: string;
  @Instant() dueAt: string;
  @Whole({ description: 'Later events of the same key that wait behind it.' }) parkedBehind: number;
  @OneOf(['none', 'made', 'unknown'], { description: 'Whether the effect it failed on is known to be made.' }) effect: ExceptionRecord['effect'];
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Text({ max: 200, description: 'The affair it belongs to, as logs, events and calls name it.' }) correlationId: string;
  @Text({ optional: true, max: 100, description: 'W3C trace context.' }) traceparent?: string;
  @Nested(() => HistoryView, { list: true }) history: HistoryView[];
}

export class ExceptionQuery extends PageQuery {
  @OneOf(STATES, { optional: true }) state?: ExceptionRecord['state'];
  @OneOf(DESKS, { optional: true }) desk?: Desk;
  @Text({ optional: true, max: 300, description: 'Only those that still need this.' }) need?: string;
}

export class ExceptionActionBody {
  @OneOf([...ACTIONS, ...OUTCOMES], {
    description:
      'retry, skip; or an answer to what it asks: apply what is wanted, keep what is there, done when it was brought in line by hand. skip keeps.',
  })
  action: ExceptionAction | Outcome;
  @Text({ min: 3, max: 500, description: 'Why; kept in its history.' }) reason: string;
  @Text({ optional: true, max: 300, description: 'Which of its questions is answered; all of them where it is left out.' }) need?: string;
  @BusinessDate({ optional: true, description: 'Of a sold rate: first work date that it holds for; absent: the day of the answer.' }) from?: string;
  @Flag({
    optional: true,
    description: 'Of a sold rate: whether approved lines from that day on that are on no invoice are priced again; absent: they are not.',
  })
  reRate?: boolean;
}

export class GroupActionBody {
  @Text({ min: 3, max: 300 }) need: string;
  @OneOf(['retry']) action: 'retry';
  @Text({ min: 3, max: 500 }) reason: string;
}

export class GroupActionView {
  @Whole({ min: 0, description: 'Exceptions of the group; the oldest goes first, the rest when it has come through.' }) exceptions: number;
}

export const exceptions = operations('exceptions', {
  exceptionsList: get('exceptions', {
    scope: 'exceptions.read',
    summary: 'Exceptions, oldest first, of the legal entities the caller may see',
    query: ExceptionQuery,
    pageOf: ExceptionView,
  }),
  exceptionsGet: get('exceptions/:id', {
    scope: 'exceptions.read',
    summary: 'One exception, with what it needs and its history',
    answer: ExceptionView,
  }),
  exceptionsAct: post('exceptions/:id/actions', {
    scope: 'exceptions.act',
    summary: 'Retry it, skip it, or answer what it asks, with a reason',
    body: ExceptionActionBody,
    answer: ExceptionView,
  }),
  exceptionsActOnGroup: post('exception-groups/actions', {
    scope: 'exceptions.act',
    summary: 'Retry all that wait for one need: the oldest first, the rest when that one has come through',
    body: GroupActionBody,
    answer: GroupActionView,
  }),
});
