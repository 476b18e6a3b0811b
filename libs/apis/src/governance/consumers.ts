import { Email, OneOf, Text, Whole } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';

const STATES = ['active', 'suspended'] as const;

/** A client of the issuer by which somebody calls our APIs, and who that is. */
export class ConsumerBody {
  @Text({ min: 1, max: 200 }) name: string;
  @Email({ description: 'Whom to write to before something that it uses ends.' }) contact: string;
  @Text({ min: 1, max: 100, description: 'The name of its plan.' }) plan: string;
  @OneOf(STATES, { description: 'A suspended consumer is refused.' }) state: (typeof STATES)[number];
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class ConsumerView {
  @Text({ max: 200, description: "The client's id at the issuer." }) id: string;
  @Text({ max: 200 }) name: string;
  @Text({ max: 254 }) contact: string;
  @Text({ max: 100 }) plan: string;
  @OneOf(STATES) state: (typeof STATES)[number];
}

/** How much a consumer may ask of all apps together. A GraphQL operation counts by its cost. */
export class PlanBody {
  @Whole({ min: 1, max: 10_000_000, description: 'Calls in any window of windowSeconds.' }) rate: number;
  @Whole({ min: 10, max: 3_600 }) windowSeconds: number;
  @Whole({ min: 1, max: 1_000_000, description: 'Calls in any second.' }) burst: number;
  @Whole({ min: 1, max: 10_000, optional: true, description: 'Requests at the same time; any number if left out.' }) concurrency?: number;
  @Whole({ min: 1, optional: true, description: 'Calls in a day (UTC); any number if left out.' }) dailyQuota?: number;
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class PlanView {
  @Text({ max: 100 }) id: string;
  @Whole({ min: 1 }) rate: number;
  @Whole({ min: 10 }) windowSeconds: number;
  @Whole({ min: 1 }) burst: number;
  @Whole({ min: 1, optional: true }) concurrency?: number;
  @Whole({ min: 1, optional: true }) dailyQuota?: number;
  @Whole({ min: 0, description: 'Registered consumers that have it.' }) consumerCount: number;
}

export class Removal {
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class ClientPath {
  @Text({ min: 1, max: 200, description: "The client's id at the issuer." }) id: string;
}

export class PlanPath {
  @Text({ min: 1, max: 100, description: 'The name of a plan.' }) id: string;
}

export const consumers = operations('consumers', {
  listConsumers: get('consumers', {
    scope: 'governance.read',
    summary: 'The registered consumers, by their ids',
    query: PageQuery,
    pageOf: ConsumerView,
  }),
  putConsumer: put('consumers/:id', {
    scope: 'governance.write',
    summary: 'Register a consumer or change it; every app follows at once',
    params: ClientPath,
    body: ConsumerBody,
    answer: ConsumerView,
  }),
  removeConsumer: del('consumers/:id', {
    scope: 'governance.write',
    summary: 'Forget a consumer: its client then has the smallest plan',
    params: ClientPath,
    query: Removal,
  }),
});

export const plans = operations('plans', {
  listPlans: get('plans', { scope: 'governance.read', summary: 'The plans, by their names', query: PageQuery, pageOf: PlanView }),
  putPlan: put('plans/:id', {
    scope: 'governance.write',
    summary: 'Make a plan or change it; every app follows at once',
    params: PlanPath,
    body: PlanBody,
    answer: PlanView,
  }),
  removePlan: del('plans/:id', {
    scope: 'governance.write',
    summary: 'Remove a plan that no consumer has',
    params: PlanPath,
    query: Removal,
  }),
});
