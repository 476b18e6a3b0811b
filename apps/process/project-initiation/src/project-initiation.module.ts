import { Module } from '@nestjs/common';
import { ProcessModule } from '#flow';
import { MappingsController, MappingsModule, MappingTargets } from '#mappings';
import { OwnershipModule } from '#ownership';
import { ChecksController } from './checks/checks.controller.js';
import { SystemApis } from './clients.js';
import { AppliedDealStore } from './engagements/applied-deal.store.js';
import { initiationMigrations, libsMigrations } from './engagements/engagements.migrations.js';
import { DealDecider } from './flows/deal-to-project/deal-decider.js';
import { flows } from './flows/index.js';
import { KnownTargets } from './mappings/known-targets.js';
import { NeedsSubscriber } from './needs/needs.subscriber.js';
import { Answers } from './needs/answers.js';
import { Planner } from './plans/planner.js';
import { PlansController } from './plans/plans.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { SoldRateAnswersController } from './sold-rates/sold-rate-answers.controller.js';
import { SoldRateAgreements } from './sold-rates/sold-rate-agreements.js';
import { SoldRatesStore } from './sold-rates/sold-rates.store.js';

@Module({
  imports: [
    ProcessModule.forApp({
      app: 'project-initiation',
      flows,
      migrations: [...libsMigrations, ...initiationMigrations],
      poolSize: 20,
    }),
    MappingsModule,
    OwnershipModule,
  ],
  controllers: [ChecksController, PlansController, RunsController, SoldRateAnswersController, MappingsController],
  providers: [
    SystemApis,
    Answers,
    AppliedDealStore,
    SoldRatesStore,
    SoldRateAgreements,
    Planner,
    DealDecider,
    NeedsSubscriber,
    { provide: MappingTargets, useClass: KnownTargets },
    ...Object.values(flows),
  ],
})
export class ProjectInitiationModule {}
