import type { Type } from '@nestjs/common';
import { billedResolvers } from './resolvers/billed.resolver.js';
import { billingLines } from '../billing/billing-line.list.js';
import { BillingBlocksResolver, BillingLinesResolver, IntercompanyResolver } from './resolvers/billing-lines.resolver.js';
import { BillingQueueResolver } from './resolvers/billing-queue.resolver.js';
import { ProjectMonthsResolver, SubmissionsResolver, WorkerWeeksResolver } from './resolvers/submissions.resolver.js';
import { WorkerBillingResolver, ProjectBillingResolver } from './resolvers/work.resolver.js';
import { customers } from '../customers/customer.list.js';
import { CustomersResolver } from './resolvers/customers.resolver.js';
import { deals } from '../deals/deal.list.js';
import { DealsResolver } from './resolvers/deals.resolver.js';
import { ExceptionActionsResolver } from './resolvers/exception-actions.resolver.js';
import { exceptionGroups, exceptions } from '../exceptions/exception.list.js';
import { ExceptionGroupsResolver, ExceptionsResolver } from './resolvers/exceptions.resolver.js';
import { invoices } from '../invoices/invoice.list.js';
import { InvoicesResolver } from './resolvers/invoices.resolver.js';
import { journeySteps } from '../journeys/journey.list.js';
import { JourneysResolver, JourneyStepsResolver, NextStepsResolver } from './resolvers/journeys.resolver.js';
import { MappingsResolver } from './resolvers/mappings.resolver.js';
import { PlansResolver } from './resolvers/plans.resolver.js';
import { projects } from '../projects/project.list.js';
import { ProjectsResolver } from './resolvers/projects.resolver.js';
import { candidates, staffingRequests } from '../staffing-requests/staffing-request.list.js';
import { CandidatesResolver, EligibilityResolver, StaffingRequestsResolver } from './resolvers/staffing-requests.resolver.js';
import { MatchesResolver, SubjectsResolver } from './resolvers/subjects.resolver.js';
import { ActionsResolver, SentencesResolver } from './resolvers/sentences.resolver.js';
import { ViewerResolver } from './resolvers/viewer.resolver.js';
import { workers } from '../workers/worker.list.js';
import { WorkersResolver } from './resolvers/workers.resolver.js';

/** All resolvers of the schema. */
export const resolvers: Type[] = [
  DealsResolver,
  ProjectsResolver,
  CustomersResolver,
  WorkersResolver,
  StaffingRequestsResolver,
  EligibilityResolver,
  CandidatesResolver,
  BillingLinesResolver,
  BillingBlocksResolver,
  IntercompanyResolver,
  SubmissionsResolver,
  WorkerWeeksResolver,
  ProjectMonthsResolver,
  WorkerBillingResolver,
  ProjectBillingResolver,
  BillingQueueResolver,
  ...billedResolvers,
  InvoicesResolver,
  JourneysResolver,
  JourneyStepsResolver,
  NextStepsResolver,
  ExceptionsResolver,
  ExceptionGroupsResolver,
  ExceptionActionsResolver,
  MappingsResolver,
  PlansResolver,
  SubjectsResolver,
  MatchesResolver,
  SentencesResolver,
  ActionsResolver,
  ViewerResolver,
  ...[deals, projects, customers, workers, staffingRequests, candidates, journeySteps, exceptions, exceptionGroups, billingLines, invoices].flatMap(
    list => list.resolvers,
  ),
];
