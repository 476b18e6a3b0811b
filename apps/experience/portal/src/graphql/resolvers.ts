import type { Type } from '@nestjs/common';
import { billedResolvers } from '../billing/billed.resolver.js';
import { billingLines } from '../billing/billing-line.list.js';
import { BillingBlocksResolver, BillingLinesResolver, IntercompanyResolver } from '../billing/billing-lines.resolver.js';
import { BillingQueueResolver } from '../billing/billing-queue.resolver.js';
import { ProjectMonthsResolver, SubmissionsResolver, WorkerWeeksResolver } from '../billing/submissions.resolver.js';
import { WorkerBillingResolver, ProjectBillingResolver } from '../billing/work.resolver.js';
import { customers } from '../customers/customer.list.js';
import { CustomersResolver } from '../customers/customers.resolver.js';
import { deals } from '../deals/deal.list.js';
import { DealsResolver } from '../deals/deals.resolver.js';
import { ExceptionActionsResolver } from '../exceptions/exception-actions.resolver.js';
import { exceptionGroups, exceptions } from '../exceptions/exception.list.js';
import { ExceptionGroupsResolver, ExceptionsResolver } from '../exceptions/exceptions.resolver.js';
import { invoices } from '../invoices/invoice.list.js';
import { InvoicesResolver } from '../invoices/invoices.resolver.js';
import { journeySteps } from '../journeys/journey.list.js';
import { JourneysResolver, JourneyStepsResolver, NextStepsResolver } from '../journeys/journeys.resolver.js';
import { MappingsResolver } from '../mappings/mappings.resolver.js';
import { PlansResolver } from '../plans/plans.resolver.js';
import { projects } from '../projects/project.list.js';
import { ProjectsResolver } from '../projects/projects.resolver.js';
import { candidates, staffingRequests } from '../staffing-requests/staffing-request.list.js';
import { CandidatesResolver, EligibilityResolver, StaffingRequestsResolver } from '../staffing-requests/staffing-requests.resolver.js';
import { MatchesResolver, SubjectsResolver } from '../subjects/subjects.resolver.js';
import { ActionsResolver, SentencesResolver } from '../values/sentences.resolver.js';
import { ViewerResolver } from '../viewer/viewer.resolver.js';
import { workers } from '../workers/worker.list.js';
import { WorkersResolver } from '../workers/workers.resolver.js';

/** Everything the schema is made of. */
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
