import type { Outcome } from '#apis/exceptions';
import { canonicalJson, type Actor, type Effect, type SystemKind } from '#canonical';
import { defineNeed } from '#work';

/** What happens to a difference: it is written, a person is asked, or the target's value stays. */
export const POLICIES = ['apply', 'ask', 'ignore'] as const;
export type Policy = (typeof POLICIES)[number];

/**
 * Who owns an attribute of a noun, and what happens when `origin` wants another value for it in
 * `target`.
 */
export interface Owned {
  noun: string;
  attribute: string;
  owner: SystemKind;
  origin: SystemKind;
  target: SystemKind;
  policy: Policy;
}

const owned = (route: Pick<Owned, 'noun' | 'owner' | 'origin' | 'target'>, attributes: Partial<Record<Policy, string[]>>): Owned[] =>
  Object.entries(attributes).flatMap(([policy, names]) => names.map(attribute => ({ ...route, attribute, policy: policy as Policy })));

/**
 * The terms that a running project is based on: changing one affects money, time and issued
 * invoices.
 */
const TERMS = ['customerId', 'legalEntity', 'billingMethod', 'currency'];

/**
 * Who owns what. An attribute that is not listed follows its origin. When the owner ends a record
 * (`status`), that is never undone without asking.
 */
export const OWNERSHIP: Owned[] = [
  ...owned(
    { noun: 'customer', owner: 'crm', origin: 'crm', target: 'erp' },
    { apply: ['name', 'legalName', 'parentId', 'billingAddress', 'billingEmail'] },
  ),
  // Finance owns these once the ERP has the record.
  ...owned(
    { noun: 'customer', owner: 'erp', origin: 'crm', target: 'erp' },
    {
      ignore: ['legalEntity', 'currency', 'taxRegistration', 'paymentTerms'],
      ask: ['status', 'billToId', 'reverseCharge'],
      // Sales may state that it is required; only finance may state that it isn't.
      apply: ['purchaseOrderRequired'],
    },
  ),
  ...owned(
    { noun: 'project', owner: 'crm', origin: 'crm', target: 'psa' },
    { apply: ['title', 'customerName', 'costCentre', 'budget', 'rateCard', 'startDate', 'endDate'], ask: TERMS },
  ),
  ...owned({ noun: 'project', owner: 'psa', origin: 'crm', target: 'psa' }, { ask: ['status'] }),
  ...owned(
    { noun: 'financial-project', owner: 'crm', origin: 'crm', target: 'erp' },
    { apply: ['title', 'price', 'notToExceed', 'startDate', 'endDate', 'costCentre', 'taxCode', 'billingSchedule'], ask: TERMS },
  ),
  ...owned({ noun: 'financial-project', owner: 'erp', origin: 'crm', target: 'erp' }, { ask: ['status'] }),
];

/**
 * The attributes of a noun that the target owns: where the origin does not state them, the target's
 * value stays.
 */
export const ownedByTarget = (noun: string, origin: SystemKind, target: SystemKind): string[] =>
  OWNERSHIP.filter(row => row.owner === target && row.noun === noun && row.origin === origin && row.target === target).map(
    ({ attribute }) => attribute,
  );

/** The attributes of a noun with this policy from one system to another. */
export const attributesWith = (policy: Policy, noun: string, origin: SystemKind, target: Question['target']): string[] =>
  OWNERSHIP.filter(row => row.policy === policy && row.noun === noun && row.origin === origin && row.target === target).map(
    ({ attribute }) => attribute,
  );

/** A difference for a person to decide: the target's value, and the wanted value. */
export interface Question {
  /**
   * The attribute, where its owner changed it; with its noun (`customer.status`) where the target
   * owns it.
   */
  attribute: string;
  noun: string;
  /** Where the value stands: in a system, or in Throughline itself. */
  target: SystemKind | typeof ITSELF;
  /** `NOTHING` where there is no value, so nothing can be kept. */
  stands: string;
  wanted: string;
}

export const ITSELF = 'throughline';
export const NOTHING = '';

/**
 * The further decision about a price: the first work date that it holds for, and whether work that
 * is already priced is priced again.
 */
export interface Detail {
  from: string;
  reRate: boolean;
}

/** A person's answer. */
export interface Answer extends Partial<Detail> {
  outcome: Outcome;
  by: Actor;
  /** The reason, stored with the decision. */
  reason: string;
}

/** A question as it was asked, and the decision, if there is one. */
export interface Decision extends Question {
  outcome?: Outcome;
  detail?: Detail;
}

const OVER = 'absent';

/**
 * The questions to ask before planned writes. One question per attribute that the origin owns,
 * however many targets it would change. `made`: whether a record to be created existed before,
 * which means that somebody has removed it since.
 */
export function questionsOf(origin: SystemKind, effects: Effect[], made: (effect: Effect) => boolean): Question[] {
  const questions = effects.flatMap(effect => (effect.before ? changesOf(origin, effect) : made(effect) ? absenceOf(origin, effect) : []));
  return [...new Map(questions.toReversed().map(question => [question.attribute, question])).values()].toReversed();
}

function changesOf(origin: SystemKind, { noun, system, before, after }: Effect): Question[] {
  return askedAbout(origin, noun, system).flatMap(({ attribute, owner }) => {
    const [stands, wanted] = [valueOf(before, attribute), valueOf(after, attribute)];
    if (stands === undefined || wanted === undefined || stands === wanted) return [];
    return [{ attribute: owner === origin ? attribute : `${noun}.${attribute}`, noun, target: system, stands, wanted }];
  });
}

function absenceOf(origin: SystemKind, { noun, system, after }: Effect): Question[] {
  return askedAbout(origin, noun, system)
    .filter(({ attribute }) => attribute === 'status')
    .map(({ attribute }) => ({ attribute: `${noun}.${attribute}`, noun, target: system, stands: OVER, wanted: valueOf(after, attribute)! }));
}

/**
 * What somebody changed in the target since the last write, and a planned write would change again.
 */
export interface Drift extends Question {
  /** The target's value in its original type. */
  value: unknown;
}

/**
 * The drift of attributes that follow their origin. `basesOf`: the record as it was last written
 * and as was attempted since; none where it was never written.
 */
export function driftOf(origin: SystemKind, effects: Effect[], basesOf: (effect: Effect) => object[]): Drift[] {
  return effects.flatMap(effect => {
    const bases = basesOf(effect) as Record<string, unknown>[];
    const { noun, system: target, before, after } = effect;
    if (bases.length === 0 || !before) return [];
    return attributesWith('apply', noun, origin, target).flatMap(attribute => {
      const [value, stands, wanted] = [before[attribute], written(before[attribute]), written(after?.[attribute])];
      if (stands === undefined || wanted === undefined || stands === wanted) return [];
      if (bases.some(base => written(base[attribute]) === stands)) return [];
      return [{ attribute: `${noun}.${attribute}`, noun, target, stands, wanted, value }];
    });
  });
}

const written = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === 'string' ? value : canonicalJson(value);

const askedAbout = (origin: SystemKind, noun: string, target: SystemKind): Owned[] =>
  OWNERSHIP.filter(row => row.policy === 'ask' && row.noun === noun && row.origin === origin && row.target === target);

/** An attribute of a record, or of its financial dimensions. */
function valueOf(record: Record<string, unknown> | null, attribute: string): string | undefined {
  const value = record?.[attribute] ?? (record?.dimensions as Record<string, unknown> | undefined)?.[attribute];
  return value === undefined || value === null ? undefined : String(value);
}

/**
 * The decision about exactly this difference; nothing while it is open, or when the difference has
 * changed.
 */
export const outcomeOf = ({ attribute, stands, wanted }: Question, decisions: Decision[]): Outcome | undefined =>
  decisions.find(made => made.attribute === attribute && made.stands === stands && made.wanted === wanted)?.outcome;

export const SOLD_RATE = 'sold-rate';

/**
 * The needs that an answer meets: of an attribute, and of a sold line's rate, where the attribute
 * is the line's id.
 */
export const questionNeed = defineNeed('question:{recordId}:{attribute}', { cure: 'cure.question', tried: true });
export const soldRateNeed = defineNeed('sold-rate:{recordId}:{attribute}', { cure: 'cure.sold-rate' });

export const questionOfNeed = (need: string): { recordId: string; attribute: string } | undefined =>
  questionNeed.read(need) ?? soldRateNeed.read(need);

export const isQuestion = (need: string): boolean => questionOfNeed(need) !== undefined;
