import { partnerApi } from '#apis/partner';
import type { AppDefinition } from '#service';
import { PartnerModule } from './partner.module.js';
import { READ } from './read-model/partner.subscriber.js';

/** The API for systems of other firms: each is answered from its own rows alone. */
export const partnerApp: AppDefinition = {
  name: 'partner',
  prefix: '/experience/partner',
  module: PartnerModule,
  title: 'Partner',
  description:
    'For systems of other firms: a client reads its projects, milestones and invoices, an agency what became of the time and expenses of its people.',
  apis: [partnerApi],
  reads: READ,
};
