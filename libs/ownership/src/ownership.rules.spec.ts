import { describe, expect, it } from 'vitest';
import type { Effect } from '#canonical';
import { attributesWith, outcomeOf, OWNERSHIP, questionNeed, questionOfNeed, questionsOf } from './ownership.rules.js';

const effect = (over: Partial<Effect>): Effect => ({
  system: 'erp',
  account: 'spec',
  operation: 'update',
  noun: 'financial-project',
  externalId: 'prj_1',
  before: { status: 'active' },
  after: { status: 'active' },
  money: null,
  ...over,
});
const never = (): boolean => false;

describe('ownership of attributes', () => {
  it('is stated once for each attribute on each way', () => {
    const ways = OWNERSHIP.map(({ noun, attribute, origin, target }) => [noun, attribute, origin, target].join(' '));
    expect(new Set(ways).size).toBe(ways.length);
  });

  it('states what the ERP keeps of a customer, whatever the CRM says', () => {
    expect(attributesWith('ignore', 'customer', 'crm', 'erp')).toEqual(['legalEntity', 'currency', 'taxRegistration', 'paymentTerms']);
  });
});

describe('the questions of planned writes', () => {
  it('are one for each term that would change, in however many systems', () => {
    const before = { customerId: 'cus_a', dimensions: { legalEntity: 'LF-UK' }, title: 'Old' };
    const after = { customerId: 'cus_b', dimensions: { legalEntity: 'LF-DE' }, title: 'New' };
    const psa = effect({ system: 'psa', noun: 'project', before: { customerId: 'cus_a' }, after: { customerId: 'cus_b' } });
    expect(questionsOf('crm', [psa, effect({ before, after })], never)).toEqual([
      { attribute: 'customerId', noun: 'project', target: 'psa', stands: 'cus_a', wanted: 'cus_b' },
      { attribute: 'legalEntity', noun: 'financial-project', target: 'erp', stands: 'LF-UK', wanted: 'LF-DE' },
    ]);
  });

  it.each([
    ['inactive', effect({ noun: 'customer', operation: 'reactivate', before: { status: 'inactive' } }), never],
    ['absent', effect({ noun: 'customer', operation: 'create', before: null }), (): boolean => true],
  ] as const)('are asked of what its owner ended: %s', (stands, ended, made) => {
    expect(questionsOf('crm', [ended], made)).toEqual([{ attribute: 'customer.status', noun: 'customer', target: 'erp', stands, wanted: 'active' }]);
  });

  it('are none for what was never made, what is only filled in, and what follows its origin', () => {
    const filled = effect({ before: { title: 'Old' }, after: { title: 'New', customerId: 'cus_b' } });
    expect(questionsOf('crm', [effect({ operation: 'create', before: null }), filled], never)).toEqual([]);
  });

  it('have the answer that was given to exactly the same difference', () => {
    const question = { attribute: 'customerId', noun: 'project', target: 'psa', stands: 'cus_a', wanted: 'cus_b' } as const;
    const kept = { ...question, outcome: 'keep' } as const;
    expect(outcomeOf(question, [kept])).toBe('keep');
    expect(outcomeOf({ ...question, wanted: 'cus_c' }, [kept])).toBeUndefined();
    expect(outcomeOf(question, [question])).toBeUndefined();
  });

  it('are found again by their need', () => {
    expect(questionOfNeed(questionNeed('dea_1', 'customer.status'))).toEqual({ recordId: 'dea_1', attribute: 'customer.status' });
    expect(questionOfNeed('deal:dea_1:roles')).toBeUndefined();
  });
});
