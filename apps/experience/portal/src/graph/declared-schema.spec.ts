import { buildSchema, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { defineApi, type Deprecation } from '#apis';
import { aDeclaration } from '#testing';
import { declared } from './declared-schema.js';

const schema = () =>
  buildSchema(`
    type Query { deals(by: Order, filter: Filter): [Deal] }
    type Deal { id: ID! stage: String }
    enum Order { name amount }
    input Filter { name: String }`);

const dates = { since: '2026-11-01', sunset: '2027-11-01' };
const of = aDeclaration({ app: 'desk', layer: 'experience', graphql: true });
const declaring = (...deprecations: Deprecation<never>[]) => declared(schema(), defineApi({ ...of, deprecations }, {}));

describe('a GraphQL schema', () => {
  it('says what its API declares, to people and to programs', () => {
    const said = declaring();
    expect(printSchema(said)).toContain(
      'desk, version 1: beta.\nRelease: 1.0.0.\nOwner: integration, integration@example.com. Layer: experience. Audience: internal.',
    );
    expect(said.extensions).toMatchObject({ 'x-owner': 'integration', 'x-lifecycle': 'beta' });
  });

  it('marks fields, input fields and values that go away, with their end and what to use', () => {
    const said = printSchema(
      declaring(
        { of: 'Deal.stage', ...dates, successor: 'Deal.state', why: 'A stage has more than a name.' },
        { of: 'Order.amount', ...dates, why: 'Amounts are of several currencies.' },
        { of: 'Filter.name', ...dates, why: 'Deals are found by search.' },
      ),
    );
    expect(said).toContain(
      'stage: String @deprecated(reason: "A stage has more than a name. Discouraged since 2026-11-01, served until 2027-11-01; use Deal.state.")',
    );
    expect(said).toContain('amount @deprecated(reason: "Amounts are of several currencies. Discouraged since 2026-11-01, served until 2027-11-01.")');
    expect(said).toContain('name: String @deprecated(reason: "Deals are found by search. Discouraged since 2026-11-01, served until 2027-11-01.")');
  });

  it('is refused where what is deprecated is not in it', () => {
    expect(() => declaring({ of: 'Deal.colour', ...dates, why: 'It never was.' })).toThrow(
      'The schema of desk has no field Deal.colour to deprecate',
    );
    expect(() => declaring({ of: 'Lead.id', ...dates, why: 'It never was.' })).toThrow('has no field Lead.id');
  });
});
