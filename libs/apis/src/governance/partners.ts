import { Email, Instant, OneOf, Ref, Text } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { Removal } from './consumers.js';

const KINDS = ['agency', 'client'] as const;
const STATES = ['active', 'suspended'] as const;
const WHY = 'Why; kept in the audit.';

/** A firm whose systems call the partner API, and what it may see. */
export class PartnerBody {
  @OneOf(KINDS, { description: 'An agency lends the house people; a client buys from it. It never changes.' }) kind: (typeof KINDS)[number];
  @Text({ min: 1, max: 200 }) name: string;
  @Email({ description: 'Whom to write to.' }) contact: string;
  @Text({ min: 1, max: 100, description: 'The name of its plan. Each of its clients has it.' }) plan: string;
  @Text({ min: 1, max: 100, list: true, most: 10, description: 'Scopes of the partner API: the most that its tokens may ask for; at least one.' })
  scopes: string[];
  @Text({ min: 1, max: 40, list: true, most: 50, description: 'The legal entities whose rows it may see; at least one.' })
  legalEntities: string[];
  @Ref('Customer', { list: true, most: 50, optional: true, description: 'Of a client: the customers that it is, by canonical id; at least one.' })
  customerIds?: string[];
  @Text({ min: 1, max: 200, optional: true, description: 'Of an agency: the code by which the HCM names it at its people.' }) agency?: string;
  @Text({ min: 3, max: 500, description: WHY }) reason: string;
}

export class PartnerView {
  @Text({ max: 54 }) id: string;
  @OneOf(KINDS) kind: (typeof KINDS)[number];
  @Text({ max: 200 }) name: string;
  @Text({ max: 254 }) contact: string;
  @OneOf(STATES) state: (typeof STATES)[number];
  @Text({ max: 100 }) plan: string;
  @Text({ max: 100, list: true }) scopes: string[];
  @Text({ max: 40, list: true }) legalEntities: string[];
  @Ref('Customer', { list: true }) customerIds: string[];
  @Text({ max: 200, optional: true }) agency?: string;
}

/** A client of an issuer by which a partner calls. */
export class PartnerClientBody {
  @Instant({ optional: true, description: 'It is refused from then on; for ever if left out.' }) validUntil?: string;
  @Text({ min: 3, max: 500, description: WHY }) reason: string;
}

export class PartnerClientView {
  @Text({ max: 250, description: 'As consumers, usage and the audit name it.' }) id: string;
  @Text({ max: 40, description: 'The name of an issuer that the house trusts.' }) issuer: string;
  @Text({ max: 200, description: 'As its issuer names it.' }) client: string;
  @Instant() boundAt: string;
  @Instant({ optional: true, description: 'It is refused from then on.' }) validUntil?: string;
}

export class SuspensionBody {
  @Text({ min: 3, max: 500, description: WHY }) reason: string;
}

export class PartnerPath {
  @Text({ min: 1, max: 100, description: 'As the house chooses it: par_ and up to 50 of a to z, 0 to 9 and -.' }) id: string;
}

export class PartnerClientPath extends PartnerPath {
  @Text({ min: 1, max: 40, description: "The name of an issuer that the house trusts; house is the house's own." }) issuer: string;
  @Text({ min: 1, max: 200, description: 'The client, as its issuer names it.' }) client: string;
}

export const partners = operations('partners', {
  listPartners: get('partners', {
    scope: 'governance.read',
    summary: 'The partners, by their ids',
    query: PageQuery,
    pageOf: PartnerView,
  }),
  getPartner: get('partners/:id', { scope: 'governance.read', summary: 'A partner', params: PartnerPath, answer: PartnerView }),
  putPartner: put('partners/:id', {
    scope: 'governance.write',
    summary: 'Register a partner or change it; every app follows at once',
    description: 'A new partner is active. A suspended one stays so.',
    params: PartnerPath,
    body: PartnerBody,
    answer: PartnerView,
  }),
  suspendPartner: put('partners/:id/suspension', {
    scope: 'governance.write',
    summary: 'Refuse a partner everywhere, whatever tokens it has',
    params: PartnerPath,
    body: SuspensionBody,
    answer: PartnerView,
  }),
  resumePartner: del('partners/:id/suspension', {
    scope: 'governance.write',
    summary: 'Let a suspended partner in again',
    params: PartnerPath,
    query: Removal,
  }),
  listPartnerClients: get('partners/:id/clients', {
    scope: 'governance.read',
    summary: 'The clients by which a partner calls or has called',
    params: PartnerPath,
    query: PageQuery,
    pageOf: PartnerClientView,
  }),
  bindPartnerClient: put('partners/:id/issuers/:issuer/clients/:client', {
    scope: 'governance.write',
    summary: 'Let a client of an issuer call for a partner, or change until when',
    description:
      'To change credentials without an outage, bind the new client, then bind the old one again with an end. A client that another partner calls by is refused (409 client-bound).',
    params: PartnerClientPath,
    body: PartnerClientBody,
    answer: PartnerClientView,
  }),
  unbindPartnerClient: del('partners/:id/issuers/:issuer/clients/:client', {
    scope: 'governance.write',
    summary: 'Refuse a client of a partner from now on',
    description: 'It stays refused, and does not become a client of the house, until a partner has it again.',
    params: PartnerClientPath,
    query: Removal,
  }),
});
