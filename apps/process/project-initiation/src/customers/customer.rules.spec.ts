import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import { UNKNOWN_COUNTRY, type Customer } from '#canonical';
import { MappingTable } from '#mappings';
import { loadConfig } from '#service';
import { aCustomer, aDeal } from '#testing';
import { needsMetBy, needsOf, mappingNeedsMet } from '../needs/needs.rules.js';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import { AS_REFUSED } from '../sold-rates/sold-rates.rules.js';
import { customerFaults, customerRules } from './customer.rules.js';

const rulesBy = (settings: Record<string, string>) => customerRules(loadConfig(ProjectInitiationConfig, settings));
const nothing = new MappingTable([]);
const codes = (customer: Partial<Customer>, settings: Record<string, string> = {}, mappings = nothing) =>
  customerFaults(aCustomer(customer), rulesBy(settings), mappings).map(({ reason }) => reason.code.replace('customer.', ''));
const dubai = { street: 'Office 12, Gate Avenue', city: 'Dubai', country: 'AE' };

describe('what is wrong with a customer', () => {
  it('is nothing for want of a postal code in Dubai, or of a tax registration that nobody asks for there', () => {
    expect(codes({ billingAddress: dubai, taxRegistration: undefined })).toEqual([]);
    expect(codes({ billingAddress: dubai, taxRegistration: '100-3456-7890-1234' })).toEqual([]);
  });

  it('is reported all at once, whether its country is known or not', () => {
    expect(codes({ name: '', billingAddress: { country: UNKNOWN_COUNTRY, countryName: 'Deutchland', street: '1' }, taxRegistration: 'x' })).toEqual([
      'name-missing',
      'country-unknown',
      'address-incomplete',
    ]);
    expect(codes({ billingAddress: { country: 'DE', street: '1' }, taxRegistration: undefined })).toEqual([
      'address-incomplete',
      'tax-registration-missing',
    ]);
  });

  it('follows the firm’s own rules where it has some', () => {
    const { billingAddress } = aCustomer();
    const italian = { ...billingAddress!, country: 'IT', state: undefined };
    expect(codes({ billingAddress: italian, taxRegistration: 'IT00743110157' })).toEqual(['address-incomplete']);
    expect(codes({ billingAddress: italian, taxRegistration: 'IT00743110157' }, { CUSTOMER_ADDRESS_PARTS: 'IT=street+city+postalCode' })).toEqual([]);
    const polish = { billingAddress: { ...billingAddress!, country: 'PL' }, taxRegistration: '856-734-62-15' };
    expect(codes(polish)).toEqual(['tax-registration-malformed']);
    expect(codes(polish, { CUSTOMER_TAX_REGISTRATION_PATTERNS: 'PL=\\d{10}' })).toEqual([]);
    expect(codes({ ...polish, taxRegistration: undefined }, { CUSTOMER_TAX_REGISTRATION_REQUIRED: 'DE,FR' })).toEqual([]);
  });

  it('is refused where a setting of the firm is no rule', () => {
    for (const [env, value] of [
      ['CUSTOMER_ADDRESS_PARTS', 'Italy=street'],
      ['CUSTOMER_ADDRESS_PARTS', 'IT=zip'],
      ['CUSTOMER_TAX_REGISTRATION_REQUIRED', 'Germany'],
      ['CUSTOMER_TAX_REGISTRATION_PATTERNS', 'PL'],
      ['CUSTOMER_TAX_REGISTRATION_PATTERNS', 'PL=['],
      ['CUSTOMER_DOUBTFUL_TAX_REGISTRATION', 'perhaps'],
    ])
      expect(() => loadConfig(ProjectInitiationConfig, { [env]: value })).toThrow(env);
  });
});

describe('a tax registration with the wrong check digits', () => {
  const customer = aCustomer({ taxRegistration: 'GB 123 4567 89' });
  const need = 'mapping:tax-registration:GB:GB123456789';
  const answered = new MappingTable([{ kind: 'tax-registration', source: 'GB:GB123456789', target: 'right' }]);
  const deal = (taxRegistration: string) =>
    ({ type: 'deal.changed.v1', data: { state: aDeal({ customer: { ...customer, taxRegistration } }), changed: [] } }) as unknown as CanonicalEvent;

  it('is a question on finance’s desk, which “right” answers for this number and no other', () => {
    expect(customerFaults(customer, rulesBy({}), nothing)).toMatchObject([{ desk: 'finance', need }]);
    expect(customerFaults(customer, rulesBy({}), answered)).toEqual([]);
    expect(codes({ taxRegistration: 'GB123456788' }, {}, answered)).toEqual(['tax-registration-doubtful']);
    expect(mappingNeedsMet({ kind: 'tax-registration', source: 'GB:GB123456789', target: 'right' }, [need])).toEqual([need]);
  });

  it('is no longer asked about once another is entered', () => {
    expect(needsOf(deal('GB123456789'), nothing, AS_REFUSED, rulesBy({})).has(need)).toBe(true);
    expect(needsOf(deal('GB980780684'), nothing, AS_REFUSED, rulesBy({})).has(need)).toBe(false);
    expect(needsMetBy(deal('GB980780684'), nothing, AS_REFUSED, rulesBy({}))).toContain(`customer:${customer.id}:tax-registration`);
  });

  it('is accepted where the firm says so; one of the wrong form never is', () => {
    const accept = { CUSTOMER_DOUBTFUL_TAX_REGISTRATION: 'accept' };
    expect(codes(customer, accept)).toEqual([]);
    expect(codes({ taxRegistration: 'GB12' }, accept)).toEqual(['tax-registration-malformed']);
  });
});
