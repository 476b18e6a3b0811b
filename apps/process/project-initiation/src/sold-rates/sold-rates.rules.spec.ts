import { describe, expect, it } from 'vitest';
import { money, unitRateOf, type Deal, type SoldRole, type UnitRate } from '#canonical';
import { aDeal } from '#testing';
import {
  agree,
  AS_REFUSED,
  NOTHING_AGREED,
  offCardFaults,
  rateAnswersOf,
  rateQuestions,
  ratesOf,
  type RateAnswer,
  type SoldRateGrounds,
} from './sold-rates.rules.js';

const [architect] = aDeal().roles;
const at = (rate: string, over: Partial<SoldRole> = {}): Deal => aDeal({ roles: [{ ...architect, ratePerHour: money(rate, 'GBP'), ...over }] });
const hour = (amount: string): UnitRate => ({ ...money(amount, 'GBP'), unit: 'hour' });

const grounds = (over: Partial<SoldRateGrounds> & { offCard?: 'refuse' | 'ask' | 'accept'; abovePercent?: number }): SoldRateGrounds => {
  const { offCard = 'ask', abovePercent = 0, ...rest } = over;
  return { ...NOTHING_AGREED, ...rest, policy: { offCard, abovePercent } };
};
const answer = (rate: string, over: Partial<RateAnswer> = {}): RateAnswer => ({
  line: architect.id,
  rate: hour(rate),
  answer: 'apply',
  from: '2026-12-10',
  reRate: false,
  ...over,
});

describe('a sold rate that differs from the card’s', () => {
  it('is refused, asked about or accepted, by policy', () => {
    expect(offCardFaults(at('150'), AS_REFUSED)).toMatchObject([{ reason: { code: 'deal.rate-differs' }, need: `deal:${aDeal().id}:rate-card` }]);
    expect(offCardFaults(at('150'), grounds({}))).toMatchObject([
      { reason: { code: 'deal.rate-differs' }, need: `sold-rate:${aDeal().id}:${architect.id}` },
    ]);
    expect(offCardFaults(at('150'), grounds({ offCard: 'accept' }))).toEqual([]);
  });

  it.each([
    ['152', 5, 0],
    ['168', 5, 0],
    ['151.99', 5, 1],
    ['168.01', 5, 1],
    ['160.01', 0, 1],
  ])('of %s beside 160 is a question above %d percent: %d', (rate, abovePercent, questions) => {
    expect(offCardFaults(at(rate), grounds({ abovePercent }))).toHaveLength(questions);
  });

  it('raises no question when exactly that rate was answered, either way, or is agreed', () => {
    expect(offCardFaults(at('170'), grounds({ answers: [answer('170')] }))).toEqual([]);
    expect(offCardFaults(at('170'), grounds({ answers: [answer('170', { answer: 'keep' })] }))).toEqual([]);
    expect(offCardFaults(at('171'), grounds({ answers: [answer('170')] }))).toHaveLength(1);
    expect(offCardFaults(at('170'), grounds({ answers: [answer('170', { line: 'another' })] }))).toHaveLength(1);
    expect(offCardFaults(at('170'), grounds({ lines: agree(at('170'), NOTHING_AGREED).lines }))).toEqual([]);
    expect(offCardFaults(at('170', { role: 'SVC-CONSULTANT' }), grounds({ lines: agree(at('170'), NOTHING_AGREED).lines }))).toHaveLength(1);
  });

  it('is refused in spite of an answer, where policy refuses it', () => {
    expect(offCardFaults(at('170'), grounds({ offCard: 'refuse', answers: [answer('170')] }))).toHaveLength(1);
  });
});

describe('the question about a sold rate', () => {
  const { lines } = agree(at('160'), NOTHING_AGREED);
  const asked = (of: typeof lines) => rateQuestions(offCardFaults(at('170'), grounds({ lines: of })), of)[0];

  it('states the agreed rate of the line and its new one', () => {
    const question = { attribute: architect.id, noun: 'sold-rate', target: 'throughline', wanted: JSON.stringify(hour('170.00')) };
    expect([asked(lines), asked([])]).toEqual([
      { ...question, stands: JSON.stringify(hour('160.00')) },
      { ...question, stands: '' },
    ]);
  });

  it('can be answered while the agreed rate is the same, with apply or keep', () => {
    const detail = { from: '2026-12-10', reRate: true };
    const decided = { ...asked(lines), outcome: 'keep', detail } as const;
    expect(rateAnswersOf([decided], lines)).toEqual([{ line: architect.id, rate: hour('170.00'), answer: 'keep', ...detail }]);
    expect(rateAnswersOf([decided], agree(at('165'), NOTHING_AGREED).lines)).toEqual([]);
    expect(rateAnswersOf([{ ...decided, outcome: 'done' }, asked(lines), { ...asked([]), outcome: 'apply', detail }], lines)).toEqual([]);
  });
});

describe('the agreed rates of a deal', () => {
  const before = { ...NOTHING_AGREED, lines: agree(at('160'), NOTHING_AGREED).lines };
  const days = (deal: Deal, answers: RateAnswer[], lines = before.lines) => {
    const now = agree(deal, { lines, answers });
    return { ...now, days: ratesOf(now.lines).map(({ amount, from, to }) => [amount, from, to]) };
  };

  it('are at first the sold ones, for the days of each line', () => {
    expect(ratesOf(before.lines)).toEqual([
      { id: architect.id, role: 'SVC-ARCHITECT', ...unitRateOf(architect), from: '2026-12-01', to: '2027-03-31' },
    ]);
    expect(days(at('160', { startDate: undefined, endDate: undefined }), [], []).days).toEqual([['160.00', '2026-12-01', '2027-03-31']]);
  });

  it('change from the day in the answer, and work from before is priced again only when the answer says so', () => {
    const expected = [
      ['160.00', '2026-12-01', '2026-12-09'],
      ['170.00', '2026-12-10', '2027-03-31'],
    ];
    expect(days(at('170'), [answer('170')])).toMatchObject({ days: expected, said: [{ line: architect.id, reRate: false }] });
    expect(days(at('170'), [answer('170', { reRate: true })])).toMatchObject({
      days: expected,
      said: [{ line: architect.id, reRate: true }],
    });
  });

  it('stay when the answer says so', () => {
    expect(days(at('170'), [answer('170', { answer: 'keep' })]).days).toEqual([['160.00', '2026-12-01', '2027-03-31']]);
  });

  it('are published once: the same deal again changes nothing and prices nothing again', () => {
    const answers = [answer('170', { reRate: true })];
    const once = agree(at('170'), { lines: before.lines, answers });
    expect(agree(at('170'), { lines: once.lines, answers })).toEqual({ lines: once.lines, said: [] });
  });

  it('are corrected for the whole line when a change needs no answer, and policy decides about priced work', () => {
    expect(days(at('165'), [])).toMatchObject({ days: [['165.00', '2026-12-01', '2027-03-31']], said: [] });
  });

  it('follow the last of several answers, each from its day; an answer for an earlier day replaces later ones', () => {
    const second = days(
      at('180'),
      [answer('170'), answer('180', { from: '2027-01-01' })],
      agree(at('170'), { ...before, answers: [answer('170')] }).lines,
    );
    expect(second.days).toEqual([
      ['160.00', '2026-12-01', '2026-12-09'],
      ['170.00', '2026-12-10', '2026-12-31'],
      ['180.00', '2027-01-01', '2027-03-31'],
    ]);
    expect(days(at('190'), [answer('190', { from: '2026-12-05' })], second.lines).days).toEqual([
      ['160.00', '2026-12-01', '2026-12-04'],
      ['190.00', '2026-12-05', '2027-03-31'],
    ]);
  });

  it('follow the days of their line, which need no answer', () => {
    const { lines } = agree(at('170'), { ...before, answers: [answer('170')] });
    const moved = (startDate: string, endDate: string) => days(at('170', { startDate, endDate }), [], lines).days;
    expect(moved('2026-12-05', '2027-01-31')).toEqual([
      ['160.00', '2026-12-05', '2026-12-09'],
      ['170.00', '2026-12-10', '2027-01-31'],
    ]);
    expect(moved('2026-12-20', '2027-01-31')).toEqual([['170.00', '2026-12-20', '2027-01-31']]);
    expect(moved('2026-12-01', '2026-12-09')).toEqual([['160.00', '2026-12-01', '2026-12-09']]);
  });

  it('do not include a line that is no longer sold', () => {
    expect(days(aDeal({ roles: [] }), []).lines).toEqual([]);
  });
});
