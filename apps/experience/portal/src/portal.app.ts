import { portalApi } from '#apis/portal';
import type { AppDefinition } from '#service';
import * as calls from './calls.js';
import { PortalConfig } from './portal.config.js';
import { PortalModule } from './portal.module.js';

/**
 * The API for screens: one GraphQL schema over everything that the firm's systems state, answered
 * from its own read model.
 */
export const portalApp: AppDefinition = {
  name: 'portal',
  prefix: '/experience/portal',
  module: PortalModule,
  title: 'Portal',
  description:
    'Deals, projects, customers, workers, staffing requests, lines of time and expenses on their way to billing, invoices, exceptions and journeys, as GraphQL at /graphql.',
  apis: [portalApi],
  config: [PortalConfig],
  calls: Object.values(calls),
};
