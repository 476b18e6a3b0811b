import { Decimal } from 'decimal.js';
import { message, type Fault } from '#apis';
import {
  sameMoney,
  unitRateOf,
  type AgreedRate,
  type Deal,
  type Money,
  type Rated,
  type SaidOfPriced,
  type SoldRole,
  type UnitRate,
} from '#canonical';
import { ITSELF, NOTHING, SOLD_RATE, type Decision, type Detail, type Question } from '#ownership';
import { needs } from '../needs.js';

/**
 * What happens to a rate that differs from the card's: it is refused, asked about when the
 * difference exceeds so many percent, or accepted.
 */
export const OFF_CARD = ['refuse', 'ask', 'accept'] as const;
export interface SoldRatePolicy {
  offCard: (typeof OFF_CARD)[number];
  abovePercent: number;
}

/** A line's rate from a day on. */
export interface Agreement {
  from: string;
  role: string;
  rate: UnitRate;
}

/**
 * A line with its agreements, oldest first; the first agreement holds from the line's first day.
 */
export interface AgreedLine {
  id: string;
  from: string;
  to: string;
  agreements: Agreement[];
}

/**
 * A person's answer about a rate of a line. It covers only that rate: another rate is another
 * question.
 */
export interface RateAnswer extends Detail {
  line: string;
  rate: UnitRate;
  /** The rate holds from `from` on, or the agreed rate stays. */
  answer: 'apply' | 'keep';
}

export interface SoldRates {
  lines: AgreedLine[];
  answers: RateAnswer[];
}

export const NOTHING_AGREED: SoldRates = { lines: [], answers: [] };

/** What a deal's rates are judged by. */
export interface SoldRateGrounds extends SoldRates {
  policy: SoldRatePolicy;
}

export const AS_REFUSED: SoldRateGrounds = { ...NOTHING_AGREED, policy: { offCard: 'refuse', abovePercent: 0 } };

/**
 * The questions among a deal's faults: whether a line's agreed rate stays, or its new rate holds.
 */
export const rateQuestions = (faults: Fault[], lines: AgreedLine[]): Question[] =>
  faults
    .filter(({ need }) => needs.soldRate.is(need))
    .map(({ reason: { params } }) => {
      const agreed = agreedOf(lines, params.line);
      const stands = agreed ? JSON.stringify(agreed) : NOTHING;
      return { attribute: params.line, noun: SOLD_RATE, target: ITSELF, stands, wanted: params.rate };
    });

/** Defaults of an answer: it holds from the day it is given, and nothing is priced again. */
export const rateDetail = ({ from = new Date().toISOString().slice(0, 10), reRate = false }: Partial<Detail>): Detail => ({ from, reRate });

/**
 * The answers that still apply beside the agreed rates, oldest first. An answer given when another
 * rate was agreed was about another difference. The next check finds a rate that was corrected by
 * hand.
 */
export const rateAnswersOf = (decisions: Decision[], lines: AgreedLine[]): RateAnswer[] =>
  decisions.flatMap(({ attribute: line, stands, wanted, outcome: answer, detail }) =>
    detail && (answer === 'apply' || answer === 'keep') && isStanding(stands, agreedOf(lines, line))
      ? [{ line, rate: JSON.parse(wanted) as UnitRate, answer, ...detail }]
      : [],
  );

const agreedOf = (lines: AgreedLine[], line: string): UnitRate | undefined => lines.find(({ id }) => id === line)?.agreements.at(-1)?.rate;

const isStanding = (stands: string, agreed: UnitRate | undefined): boolean =>
  agreed === undefined ? stands === NOTHING : stands !== NOTHING && sameUnitRate(JSON.parse(stands) as UnitRate, agreed);

/**
 * The lines that were sold off the card: each is a fault or a question by policy, unless it was
 * answered or is agreed already.
 */
export function offCardFaults(deal: Deal, grounds: SoldRateGrounds): Fault[] {
  const card = deal.rateCard;
  if (!card || card.currency !== deal.currency || grounds.policy.offCard === 'accept') return [];
  return deal.roles.flatMap(sold => {
    const listed = card.rates.find(({ role }) => role === sold.role);
    if (!listed || sold.ratePerHour.currency !== card.currency) return [];
    const { soldAt, cardAt, code } = compared(sold, listed);
    if (sameMoney(soldAt, cardAt)) return [];
    const asks = grounds.policy.offCard === 'ask';
    if (asks && (isWithin(soldAt, cardAt, grounds.policy.abovePercent) || isSettled(sold, grounds))) return [];
    const params = { deal: deal.name, rateCard: card.code, role: sold.role, sold: soldAt.amount, card: cardAt.amount, currency: card.currency };
    const need = asks ? needs.soldRate(deal.id, sold.id) : needs.deal(deal.id, 'rate-card');
    const asked: Record<string, string> = asks ? { line: sold.id, rate: JSON.stringify(unitRateOf(sold)) } : {};
    const reason = { ...message(code, { ...asked, ...params }), field: 'deal.rateCard' };
    return [{ reason, category: 'validation', desk: 'sales-operations', need }];
  });
}

/**
 * Compared by the day where both rates are daily, even if their days differ in length; else by the
 * hour, rounded, as people compare an hour with a day.
 */
const compared = (sold: Rated, card: Rated): { soldAt: Money; cardAt: Money; code: 'deal.day-rate-differs' | 'deal.rate-differs' } =>
  sold.dayRate && card.dayRate
    ? { soldAt: sold.dayRate.rate, cardAt: card.dayRate.rate, code: 'deal.day-rate-differs' }
    : { soldAt: sold.ratePerHour, cardAt: card.ratePerHour, code: 'deal.rate-differs' };

const isWithin = (sold: Money, card: Money, percent: number): boolean =>
  new Decimal(sold.amount).minus(card.amount).abs().times(100).lte(new Decimal(card.amount).times(percent));

const isSettled = (sold: SoldRole, { lines, answers }: SoldRates): boolean =>
  answerTo(sold, answers) !== undefined ||
  isAgreed(
    sold,
    lines.find(({ id }) => id === sold.id),
  );

const answerTo = (sold: SoldRole, answers: RateAnswer[]): RateAnswer | undefined =>
  answers.findLast(({ line, rate }) => line === sold.id && sameUnitRate(rate, unitRateOf(sold)));

const isAgreed = (sold: SoldRole, line: AgreedLine | undefined): boolean => {
  const last = line?.agreements.at(-1);
  return last !== undefined && last.role === sold.role && sameUnitRate(last.rate, unitRateOf(sold));
};

export const sameUnitRate = (a: UnitRate, b: UnitRate): boolean =>
  a.unit === b.unit && sameMoney(a, b) && (a.unit === 'hour' || b.unit === 'hour' || a.minutesPerDay === b.minutesPerDay);

/**
 * The agreed rates of a deal that passed its check, given what was agreed before. A changed rate
 * that needed no answer corrects its line: it holds on all days of the line. A rate that was
 * answered holds from the day in the answer, or not at all.
 */
export function agree(deal: Deal, before: SoldRates): { lines: AgreedLine[]; said: SaidOfPriced[] } {
  const said: SaidOfPriced[] = [];
  const lines = deal.roles.map((sold): AgreedLine => {
    const [from, to] = [sold.startDate ?? deal.startDate!, sold.endDate ?? deal.endDate!];
    const known = before.lines.find(({ id }) => id === sold.id);
    const whole: AgreedLine = { id: sold.id, from, to, agreements: [{ from, role: sold.role, rate: unitRateOf(sold) }] };
    if (!known) return whole;
    const answer = answerTo(sold, before.answers);
    if (isAgreed(sold, known) || answer?.answer === 'keep') return { ...known, from, to };
    if (!answer) return whole;
    said.push({ line: sold.id, reRate: answer.reRate });
    const earlier = known.agreements.filter((agreement, index) => index === 0 || agreement.from < answer.from);
    return { id: sold.id, from, to, agreements: [...earlier, { from: answer.from, role: sold.role, rate: unitRateOf(sold) }] };
  });
  return { lines, said };
}

/** The agreed rates with their days, in the form that pricing stores. */
export function ratesOf(lines: AgreedLine[]): AgreedRate[] {
  return lines.flatMap(({ id, from, to, agreements }) =>
    agreements.flatMap(({ from: since, role, rate }, index) => {
      const next = agreements.at(index + 1);
      const first = index === 0 || since < from ? from : since;
      const last = next && dayBefore(next.from) < to ? dayBefore(next.from) : to;
      return first > last ? [] : [{ ...rate, id: index === 0 ? id : `${id}:${since}`, role, from: first, to: last }];
    }),
  );
}

const DAY_MS = 86_400_000;
const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
