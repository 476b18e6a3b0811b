import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text, type CanonicalEvent } from '#apis';
import { addMoney, money, type Deal } from '#canonical';
import { MappingTable, type Mapping } from '#mappings';
import { loadConfig } from '#service';
import { aCustomer, aDeal } from '#testing';
import { mappingNeedsMet, needsMetBy } from '../../needs/needs.rules.js';
import { customerFaults, customerRules } from '../../customers/customer.rules.js';
import { ProjectInitiationConfig } from '../../project-initiation.config.js';
import { checkDeal, termsAsked } from './deal-to-project.rules.js';
import { AS_REFUSED } from '../../sold-rates/sold-rates.rules.js';
import { desiredState } from './desired-state.rules.js';

const MAPPINGS: Pick<Mapping, 'kind' | 'source' | 'target'>[] = [
  { kind: 'legal-entity', source: 'Larkfield Ltd', target: 'LF-UK' },
  { kind: 'cost-centre', source: 'Cloud and Data', target: 'CC-210' },
  { kind: 'tax-code', source: 'LF-UK:GB', target: 'GB-S20' },
  { kind: 'tax-code', source: 'LF-UK:US', target: 'GB-Z0' },
  { kind: 'role', source: 'SVC-ARCHITECT', target: 'ARCHITECT' },
  { kind: 'role', source: 'SVC-CONSULTANT', target: 'CONSULTANT' },
  { kind: 'billing-method', source: 'Fixed price', target: 'fixed-price' },
  { kind: 'billing-method', source: 'T&M', target: 'time-and-materials' },
  { kind: 'billing-method', source: 'Milestone', target: 'milestone' },
  { kind: 'billing-method', source: 'Retainer', target: 'retainer' },
  { kind: 'billing-method', source: 'Barter', target: 'barter' },
];
const mappings = new MappingTable(MAPPINGS);
const rules = customerRules(loadConfig(ProjectInitiationConfig, {}));

function faultsOf(deal: Deal, table = mappings): { code: string; text: string; desk: string; need: string }[] {
  const checked = checkDeal(deal, table, AS_REFUSED, rules);
  return checked.ok ? [] : checked.faults.map(({ reason, desk, need }) => ({ code: reason.code, text: text(reason), desk, need }));
}

const [architect, consultant] = aDeal().roles;
const [design, live] = aDeal().milestones;
const without = (kind: string, source: string) => new MappingTable(MAPPINGS.filter(mapping => mapping.kind !== kind || mapping.source !== source));
const name = aDeal().name;

/** The deal with all its amounts in another currency. */
function inCurrency(currency: string): Deal {
  const { amount, roles, milestones } = aDeal();
  return aDeal({
    currency,
    amount: { ...amount, currency },
    roles: roles.map(role => ({ ...role, ratePerHour: { ...role.ratePerHour, currency }, amount: { ...role.amount, currency } })),
    milestones: milestones.map(milestone => ({ ...milestone, amount: { ...milestone.amount, currency } })),
    rateCard: undefined,
  });
}

describe('the rules a deal is checked by', () => {
  it('find nothing wrong with a complete deal of each billing method', () => {
    for (const billingMethod of ['Fixed price', 'Milestone', 'T&M', 'Retainer']) expect(faultsOf(aDeal({ billingMethod }))).toEqual([]);
  });

  const examples: [string, Deal, MappingTable, string, string][] = [
    ['customer.name-missing', aDeal({ customer: aCustomer({ name: ' ' }) }), mappings, 'The customer has no name.', 'sales-operations'],
    [
      'customer.address-missing',
      aDeal({ customer: aCustomer({ billingAddress: undefined }) }),
      mappings,
      'Northwind Energy has no billing address.',
      'sales-operations',
    ],
    [
      'customer.address-incomplete',
      aDeal({ customer: aCustomer({ billingAddress: { street: '1 Quay Street', country: 'GB' } }) }),
      mappings,
      'The billing address of Northwind Energy lacks: city, postalCode.',
      'sales-operations',
    ],
    [
      'customer.address-incomplete',
      aDeal({
        customer: aCustomer({ taxRegistration: undefined, billingAddress: { street: '1 Main', city: 'Boise', postalCode: '83702', country: 'US' } }),
      }),
      mappings,
      'The billing address of Northwind Energy lacks: state.',
      'sales-operations',
    ],
    [
      'customer.tax-registration-missing',
      aDeal({ customer: aCustomer({ taxRegistration: undefined }) }),
      mappings,
      'Northwind Energy has no tax registration; customers in GB need one, like GB980780684.',
      'finance',
    ],
    [
      'customer.tax-registration-malformed',
      aDeal({ customer: aCustomer({ taxRegistration: 'GB12' }) }),
      mappings,
      'The tax registration "GB12" of Northwind Energy is not one of GB; it should look like GB980780684.',
      'finance',
    ],
    [
      'customer.tax-registration-doubtful',
      aDeal({ customer: aCustomer({ taxRegistration: 'GB 123 4567 89' }) }),
      mappings,
      'The tax registration "GB 123 4567 89" of Northwind Energy fails the checks of GB: it may be mistyped, or it is right all the same.',
      'finance',
    ],
    [
      'customer.country-unknown',
      aDeal({ customer: aCustomer({ billingAddress: { ...aCustomer().billingAddress!, country: 'ZZ', countryName: 'Larkland' } }) }),
      mappings,
      'The country of Northwind Energy, "Larkland", is neither an ISO 3166 code nor the name of a country in a language of the firm.',
      'sales-operations',
    ],
    [
      'customer.address-incomplete',
      aDeal({ customer: aCustomer({ billingAddress: { ...aCustomer().billingAddress!, city: '', country: 'ZZ' } }) }),
      mappings,
      'The billing address of Northwind Energy lacks: city, country.',
      'sales-operations',
    ],
    ['deal.legal-entity-missing', aDeal({ legalEntity: undefined }), mappings, `${name} has no selling legal entity.`, 'sales-operations'],
    [
      'mapping.legal-entity-missing',
      aDeal({ legalEntity: 'Larkfield Nordics AB' }),
      mappings,
      `${name}: the legal entity "Larkfield Nordics AB" has no mapping.`,
      'finance',
    ],
    ['deal.cost-centre-missing', aDeal({ costCentre: undefined }), mappings, `${name} has no practice, so no cost centre.`, 'sales-operations'],
    [
      'mapping.cost-centre-missing',
      aDeal(),
      without('cost-centre', 'Cloud and Data'),
      `${name}: the practice "Cloud and Data" has no cost centre mapped.`,
      'finance',
    ],
    ['mapping.tax-code-missing', aDeal(), without('tax-code', 'LF-UK:GB'), `${name}: there is no tax code mapped for LF-UK:GB.`, 'finance'],
    ['mapping.role-missing', aDeal(), without('role', 'SVC-ARCHITECT'), `${name}: the role "SVC-ARCHITECT" has no mapping.`, 'pmo'],
    ['deal.billing-method-missing', aDeal({ billingMethod: undefined }), mappings, `${name} has no billing method.`, 'sales-operations'],
    [
      'mapping.billing-method-missing',
      aDeal({ billingMethod: 'Success fee' }),
      mappings,
      `${name}: the billing method "Success fee" has no mapping.`,
      'finance',
    ],
    ['deal.billing-method-unknown', aDeal({ billingMethod: 'Barter' }), mappings, `${name}: "barter" is not a billing method we know.`, 'finance'],
    [
      'deal.purchase-order-missing',
      aDeal({ purchaseOrder: ' ', customer: aCustomer({ purchaseOrderRequired: true }) }),
      mappings,
      `${name} names no purchase order, and Northwind Energy pays nothing without one.`,
      'sales-operations',
    ],
    ['deal.currency-missing', inCurrency('XXX'), mappings, `${name} has no currency that ISO 4217 knows.`, 'sales-operations'],
    ['deal.currency-missing', inCurrency('ZZZ'), mappings, `${name} has no currency that ISO 4217 knows.`, 'sales-operations'],
    [
      'deal.currency-not-in-use',
      inCurrency('BGN'),
      mappings,
      `${name} is in BGN, which is not in use on ${aDeal().startDate}, when it starts.`,
      'sales-operations',
    ],
    [
      'deal.currency-differs',
      aDeal({ notToExceed: money('40000', 'EUR') }),
      mappings,
      `${name} is in GBP, but notToExceed is in EUR.`,
      'sales-operations',
    ],
    [
      'deal.rate-card-currency',
      aDeal({ rateCard: { ...aDeal().rateCard!, currency: 'EUR' } }),
      mappings,
      `${name} is in GBP, but rate card RC-UK is in EUR.`,
      'sales-operations',
    ],
    [
      'deal.rate-card-unknown',
      aDeal({ rateCard: { code: 'RC-NOPE', currency: 'GBP', rates: [] } }),
      mappings,
      `${name}: the CRM has no rate card RC-NOPE with rates for then.`,
      'sales-operations',
    ],
    [
      'deal.rate-card-role-missing',
      aDeal({ rateCard: { ...aDeal().rateCard!, rates: [aDeal().rateCard!.rates[0]] } }),
      mappings,
      `${name}: rate card RC-UK has no rate for SVC-CONSULTANT.`,
      'sales-operations',
    ],
    [
      'deal.rate-differs',
      aDeal({ roles: [{ ...architect, ratePerHour: money('150', 'GBP') }, consultant] }),
      mappings,
      `${name}: SVC-ARCHITECT was sold at 150.00 GBP an hour, rate card RC-UK says 160.00 GBP.`,
      'sales-operations',
    ],
    [
      'deal.rate-card-missing',
      aDeal({ billingMethod: 'T&M', rateCard: undefined }),
      mappings,
      `${name} is billed by time-and-materials but names no rate card.`,
      'sales-operations',
    ],
    [
      'deal.amount-missing',
      aDeal({ billingMethod: 'T&M', amount: money('0', 'GBP') }),
      mappings,
      `${name} has no amount above zero.`,
      'sales-operations',
    ],
    [
      'deal.not-to-exceed-zero',
      aDeal({ billingMethod: 'T&M', notToExceed: money('0', 'GBP') }),
      mappings,
      `${name} has a not-to-exceed of 0 GBP: has it no limit, or may really nothing be billed?`,
      'sales-operations',
    ],
    [
      'deal.not-to-exceed-negative',
      aDeal({ billingMethod: 'T&M', notToExceed: money('-0.01', 'GBP') }),
      mappings,
      `${name} has a not-to-exceed of -0.01 GBP: it may not be below zero.`,
      'sales-operations',
    ],
    ['deal.roles-missing', aDeal({ billingMethod: 'T&M', roles: [] }), mappings, `${name} sells no roles.`, 'sales-operations'],
    [
      'deal.role-without-time',
      aDeal({ roles: [{ ...architect, minutes: 0 }, consultant] }),
      mappings,
      `${name}: SVC-ARCHITECT is sold with no time.`,
      'sales-operations',
    ],
    ['deal.milestones-missing', aDeal({ milestones: [] }), mappings, `${name} is billed by fixed-price but has no milestones.`, 'sales-operations'],
    [
      'deal.milestones-sum',
      aDeal({ milestones: [design, { ...live, amount: money('19999.99', 'GBP') }] }),
      mappings,
      `${name}: the milestones sum to 31999.99 GBP, the price is 32000.00 GBP.`,
      'sales-operations',
    ],
    [
      'deal.milestone-date-missing',
      aDeal({ milestones: [{ ...design, dueDate: undefined }, live] }),
      mappings,
      `${name}: milestone "Design accepted" has no date.`,
      'sales-operations',
    ],
    [
      'deal.milestone-date-outside',
      aDeal({ milestones: [{ ...design, dueDate: '2028-01-15' }, live] }),
      mappings,
      `${name}: milestone "Design accepted" is due on 2028-01-15, outside the project.`,
      'sales-operations',
    ],
    ['deal.dates-missing', aDeal({ startDate: undefined, endDate: undefined }), mappings, `${name} has no start and end date.`, 'sales-operations'],
    [
      'deal.dates-reversed',
      aDeal({ startDate: '2027-04-01' }),
      mappings,
      `${name} ends on 2027-03-31, before it starts on 2027-04-01.`,
      'sales-operations',
    ],
    [
      'deal.start-unlikely',
      aDeal({ closeDate: '2020-01-01' }),
      mappings,
      `${name} starts on 2026-12-01, too far from its close on 2020-01-01.`,
      'sales-operations',
    ],
    [
      'deal.role-dates-reversed',
      aDeal({ roles: [{ ...architect, startDate: '2027-03-01', endDate: '2027-02-01' }, consultant] }),
      mappings,
      `${name}: SVC-ARCHITECT ends on 2027-02-01, before it starts on 2027-03-01.`,
      'sales-operations',
    ],
    [
      'deal.role-dates-outside',
      aDeal({ roles: [{ ...architect, startDate: '2026-11-01' }, consultant] }),
      mappings,
      `${name}: SVC-ARCHITECT is sold for 2026-11-01 to 2027-03-31, outside the project.`,
      'sales-operations',
    ],
    [
      'deal.sold-twice',
      aDeal({ roles: [architect, { ...architect, id: 'other', ratePerHour: money('180', 'GBP'), startDate: '2027-03-31' }] }),
      mappings,
      `${name}: SVC-ARCHITECT is sold at 160.00 GBP an hour from 2026-12-01 to 2027-03-31 and at 180.00 GBP an hour from 2027-03-31 to 2027-03-31; on days of both nobody knows which of them holds.`,
      'sales-operations',
    ],
  ];
  it.each(examples)('tell %s in words, with a desk and a need', (code, deal, table, sentence, desk) => {
    const fault = faultsOf(deal, table).find(found => found.code === code);
    expect(fault).toMatchObject({ text: sentence, desk });
    expect(fault!.need).toMatch(/^(deal|customer|mapping):/);
  });

  it('ask which of two rates of a role holds only on days of both lines, however the lines spell the role', () => {
    const later = { ...architect, id: 'later', ratePerHour: money('180', 'GBP') };
    const first = { ...architect, endDate: '2027-01-31' };
    const twice = (roles: Deal['roles'], table = mappings) =>
      faultsOf(aDeal({ roles }), table).filter(({ code }) => code === 'deal.sold-twice').length;
    expect(twice([first, { ...later, startDate: '2027-02-01' }])).toBe(0);
    expect(twice([first, { ...later, startDate: '2027-01-31' }])).toBe(1);
    expect(twice([first, { ...later, startDate: undefined, endDate: undefined }])).toBe(1);
    expect(twice([first, { ...later, ratePerHour: money('160.00', 'GBP') }])).toBe(0);
    const spelt = new MappingTable([...MAPPINGS, { kind: 'role', source: 'SVC-ARCH-2', target: 'ARCHITECT' }]);
    expect(twice([first, { ...later, role: 'SVC-ARCH-2' }], spelt)).toBe(1);
    expect(twice([first, { ...later, role: 'SVC-CONSULTANT' }])).toBe(0);
    const answered = new MappingTable([...MAPPINGS, { kind: 'sold-twice', source: aDeal().id, target: 'by-assignment' }]);
    expect(twice([first, later], answered)).toBe(0);
  });

  it('compare days with days and hours with hours', () => {
    const day = (rate: string, minutes = 480) => ({ ratePerHour: money('124.88', 'GBP'), dayRate: { rate: money(rate, 'GBP'), minutes } });
    const codes = (sold: object, card: object) => {
      const rateCard = { ...aDeal().rateCard!, rates: [{ ...aDeal().rateCard!.rates[0], ...card }] };
      return faultsOf(aDeal({ rateCard, roles: [{ ...architect, ...sold }] })).map(({ text: sentence }) => sentence);
    };
    expect(codes(day('999'), day('999', 450))).toEqual([]);
    expect(codes(day('999.01'), day('999'))).toEqual([`${name}: SVC-ARCHITECT was sold at 999.01 GBP a day, rate card RC-UK says 999.00 GBP.`]);
    expect(codes(day('999'), { ratePerHour: money('124.88', 'GBP') })).toEqual([]);
    expect(codes(day('999'), {})).toEqual([`${name}: SVC-ARCHITECT was sold at 124.88 GBP an hour, rate card RC-UK says 160.00 GBP.`]);
  });

  it('tell all faults at once', () => {
    const deal = aDeal({
      customer: aCustomer({ taxRegistration: undefined }),
      legalEntity: 'Larkfield Nordics AB',
      costCentre: undefined,
      startDate: undefined,
      milestones: [],
    });
    expect(
      faultsOf(deal)
        .map(fault => fault.code)
        .sort(),
    ).toEqual([
      'customer.tax-registration-missing',
      'deal.cost-centre-missing',
      'deal.dates-missing',
      'deal.milestones-missing',
      'mapping.legal-entity-missing',
    ]);
  });

  it.each([
    ['none', '0', null],
    ['nothing', '0', money('0', 'GBP')],
    // An answer about 0 does not apply to another amount.
    ['none', '0.01', money('0.01', 'GBP')],
  ])('take an answer of %s about a not-to-exceed of %s', (answer, amount, expected) => {
    const deal = aDeal({ billingMethod: 'T&M', notToExceed: money(amount, 'GBP') });
    const result = checkDeal(
      deal,
      new MappingTable([...MAPPINGS, { kind: 'zero-not-to-exceed', source: deal.id, target: answer }]),
      AS_REFUSED,
      rules,
    );
    expect(result).toMatchObject({ ok: true, checked: { notToExceed: expected } });
    if (result.ok) expect(desiredState(result.checked, 'active').financialProject.notToExceed).toEqual(expected ?? undefined);
  });

  it('ask about a not-to-exceed of 0 until it is answered for the deal or cleared in the CRM', () => {
    const deal = aDeal({ billingMethod: 'T&M', notToExceed: money('0', 'GBP') });
    const won = (state: Deal) => ({ type: 'deal.changed.v1', data: { state, changed: ['notToExceed'] } }) as unknown as CanonicalEvent;
    const [{ need }] = faultsOf(deal);
    expect(needsMetBy(won(deal), mappings, AS_REFUSED, rules)).not.toContain(need);
    expect(needsMetBy(won({ ...deal, notToExceed: undefined }), mappings, AS_REFUSED, rules)).toContain(need);
    expect(mappingNeedsMet({ kind: 'zero-not-to-exceed', source: deal.id, target: 'nothing' }, [need])).toEqual([need]);
    expect(mappingNeedsMet({ kind: 'zero-not-to-exceed', source: 'dea_other', target: 'nothing' }, [need])).toEqual([]);
  });

  it('need a tax registration only where the country asks for one, whatever blanks it was typed with', () => {
    const us = { street: '1 Main', city: 'Boise', state: 'ID', postalCode: '83702', country: 'US' };
    expect(customerFaults(aCustomer({ billingAddress: us, taxRegistration: undefined }), rules, mappings)).toEqual([]);
    expect(customerFaults(aCustomer({ taxRegistration: 'gb 980 7806 84' }), rules, mappings)).toEqual([]);
  });

  it('accept milestones exactly when they sum to the price, whatever the parts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: -3, max: 3 }),
        (cents, off) => {
          const milestones = cents.map((amount, index) => ({
            ...design,
            id: `mil_${index}`,
            sequence: index + 1,
            amount: money((amount / 100).toFixed(2), 'GBP'),
          }));
          const sum = addMoney(money('0', 'GBP'), ...milestones.map(milestone => milestone.amount));
          const price = addMoney(sum, money((off / 100).toFixed(2), 'GBP'));
          const wrong = faultsOf(aDeal({ milestones, amount: price })).some(fault => fault.code === 'deal.milestones-sum');
          expect(wrong).toBe(off !== 0);
        },
      ),
    );
  });

  it('take a term that somebody decided to keep in place of the one that the deal names, mapped or not', () => {
    const deal = aDeal({ legalEntity: 'Larkfield Nordics AB' });
    const kept = checkDeal(deal, mappings, AS_REFUSED, rules, { legalEntity: 'LF-UK', billingMethod: 'fixed-price' });
    expect(kept).toMatchObject({ ok: true, checked: { legalEntity: 'LF-UK', taxCode: 'GB-S20', billingMethod: 'fixed-price' } });
    expect(termsAsked(deal, mappings)).toEqual({
      legalEntity: undefined,
      billingMethod: 'fixed-price',
      currency: 'GBP',
      customerId: aDeal().customer.id,
    });
  });
});
