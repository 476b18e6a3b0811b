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
  reads: [
    'billing-customer.changed.v1',
    'billing-lines.changed.v1',
    'customer.changed.v1',
    'deal.changed.v1',
    'deal.lost.v1',
    'deal.reopened.v1',
    'deal.won.v1',
    'exception.changed.v1',
    'financial-project.changed.v1',
    'invoice.changed.v1',
    'journey.step.v1',
    'mapping.changed.v1',
    'project.activated.v1',
    'project.changed.v1',
    'staffing-request.changed.v1',
    'staffing-request.raised.v1',
    'worker.changed.v1',
  ],
};
