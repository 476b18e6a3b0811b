import { describe, expect, it } from 'vitest';
import { aDeclaration } from '#testing';
import { defineApi } from './api.js';
import { field } from './deprecation.js';
import { get, operations } from './operation.js';

class ParcelView {
  id: string;
  weight: number;
}

const parcels = operations('parcels', { parcelsOne: get('parcels/:id', { scope: 'crm.read', summary: 'A parcel', answer: ParcelView }) });
const of = aDeclaration({ app: 'parcels', layer: 'system' });
const dates = { since: '2026-11-01', sunset: '2027-11-01', why: 'Weights are in grams.' };

describe('what an API announces to go away', () => {
  it('is an operation or a field, by its name in the document', () => {
    const api = defineApi(
      {
        ...of,
        deprecations: [
          { of: 'parcelsOne', ...dates },
          { of: field(ParcelView, 'weight'), ...dates },
        ],
      },
      parcels,
    );
    expect(api.deprecations.map(one => one.of)).toEqual(['parcelsOne', 'ParcelView.weight']);
  });

  it('does not compile for what the API does not have', () => {
    // @ts-expect-error: no such operation
    const api = defineApi({ ...of, deprecations: [{ of: 'parcelsTwo', ...dates }] }, parcels);
    // @ts-expect-error: no such field
    const name = field(ParcelView, 'height');
    expect([...api.deprecations.map(one => one.of), name]).toEqual(['parcelsTwo', 'ParcelView.height']);
  });

  it('is nothing unless it is said', () => {
    expect(defineApi(of, parcels).deprecations).toEqual([]);
  });
});
