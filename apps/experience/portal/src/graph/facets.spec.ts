import { buildSchema, getNamedType, isEnumType, isInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ListSource } from '#read-model';
import { customerSource } from '../customers/customer.list.js';
import { dealSource } from '../deals/deal.list.js';
import { exceptionGroupSource, exceptionSource } from '../exceptions/exception.list.js';
import { schemaDocument } from './schema-document.js';
import { stepSource } from '../journeys/journey.list.js';
import { projectSource } from '../projects/project.list.js';
import { candidateSource, staffingRequestSource } from '../staffing-requests/staffing-request.list.js';
import { workerSource } from '../workers/worker.list.js';

const lists: Record<string, Pick<ListSource<never>, 'facets'>> = {
  Deal: dealSource,
  Project: projectSource,
  Customer: customerSource,
  Worker: workerSource,
  StaffingRequest: staffingRequestSource,
  Candidate: candidateSource,
  JourneyStep: stepSource,
  Exception: exceptionSource,
  ExceptionGroup: exceptionGroupSource,
};

describe('the facets', () => {
  it('spell their values as their filter takes them', async () => {
    const schema = buildSchema(await schemaDocument());
    for (const [name, { facets }] of Object.entries(lists)) {
      const filter = schema.getType(`${name}Filter`);
      if (!isInputObjectType(filter)) throw new Error(`${name} has no filter`);
      for (const [facet, { filter: field, words }] of Object.entries(facets)) {
        const type = getNamedType(filter.getFields()[String(field)].type);
        const names = isEnumType(type) ? type.getValues().map(value => value.name) : [];
        expect([`${name}.${facet}`, Object.keys(words ?? {}).sort()]).toEqual([`${name}.${facet}`, names.sort()]);
      }
    }
  });
});
