import { describe, expect, expectTypeOf, it } from 'vitest';
import { aDeclaration } from '#testing';
import { defineApi, uses } from './api.js';
import { pathOf, type Client } from './client.js';
import { get, operations, post, put } from './operation.js';

class Query {
  fresh?: boolean;
}

class Paged {
  size: number;
}

class Deal {
  name: string;
}

const deals = operations('deals', {
  getDeal: get('deals/:id', { scope: 'crm.read', summary: 'A deal', query: Query, answer: Deal }),
  listDeals: get('deals', { scope: 'crm.read', summary: 'Deals', query: Paged, pageOf: Deal }),
  setWord: put('words/:kind/:source', { scope: 'mappings.write', summary: 'A word', body: Deal }),
  count: post('deals/counts', { scope: 'crm.read', summary: 'How many there are', answer: Deal, writesNothing: true }),
});
const crmApi = defineApi(aDeclaration({ app: 'crm', layer: 'system' }), deals);

describe('the path of an operation', () => {
  it('is behind the prefix of the app and the version', () => {
    expect(pathOf(crmApi, deals.listDeals, {})).toBe('/system/crm/v1/deals');
  });

  it('has its parameters in it, whatever characters they have', () => {
    expect(pathOf(crmApi, deals.setWord, { kind: 'tax-code', source: 'LF/UK: 20 %?' })).toBe(
      '/system/crm/v1/words/tax-code/LF%2FUK%3A%2020%20%25%3F',
    );
  });
});

describe('the client of an API', () => {
  it('asks with the parameters, the query and the body of the definition, and answers what it says', () => {
    type Crm = Client<typeof crmApi>;
    expectTypeOf<Parameters<Crm['getDeal']>[0]>().toEqualTypeOf<{ id: string } & { query?: Query }>();
    expectTypeOf<Parameters<Crm['listDeals']>[0]>().toExtend<{ query: Paged }>();
    expectTypeOf<Parameters<Crm['setWord']>[0]>().toExtend<{ kind: string; source: string; body: Deal }>();
    expectTypeOf<Awaited<ReturnType<Crm['listDeals']>>>().toEqualTypeOf<{ items: Deal[]; nextCursor: string | null }>();
    expectTypeOf<Awaited<ReturnType<Crm['setWord']>>>().toEqualTypeOf<void>();
    // What may be left out whole need not be given.
    expectTypeOf<Crm['count']>().toBeCallableWith();
  });

  it('has what an app uses of it, and no more', () => {
    const used = uses(crmApi, 'getDeal');
    expectTypeOf<keyof Client<typeof used>>().toEqualTypeOf<'getDeal'>();
    expect(used.operations).toEqual({ getDeal: deals.getDeal });
  });
});
