import { Module } from '@nestjs/common';
import { EventsModule, eventsMigrations } from '#events';
import { ExceptionsController, ExceptionsModule, exceptionsMigrations } from '#exceptions';
import { FlowModule, flowMigrations } from '#flow';
import { MappingsController, MappingsModule, mappingsMigrations, MappingTargets } from '#mappings';
import { OwnershipModule, ownershipMigrations } from '#ownership';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { ChecksController } from './checks/checks.controller.js';
import { SystemApis } from './clients.js';
import { EngagementStore } from './engagements/engagement.store.js';
import { initiationMigrations } from './engagements/engagements.migrations.js';
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
    DatabaseModule.forApp({
      name: 'project-initiation',
      migrations: [
        ...serviceMigrations,
        ...eventsMigrations,
        ...mappingsMigrations,
        ...ownershipMigrations,
        ...exceptionsMigrations,
        ...flowMigrations,
        ...initiationMigrations,
      ],
      poolSize: 20,
    }),
    EventsModule,
    MappingsModule,
    OwnershipModule,
    ExceptionsModule,
    FlowModule.forApp({ app: 'project-initiation', flows }),
  ],
  controllers: [ChecksController, PlansController, RunsController, SoldRateAnswersController, ExceptionsController, MappingsController],
  providers: [
    SystemApis,
    Answers,
    EngagementStore,
    SoldRatesStore,
    SoldRateAgreements,
    Planner,
    NeedsSubscriber,
    { provide: MappingTargets, useClass: KnownTargets },
    ...Object.values(flows),
  ],
})
export class ProjectInitiationModule {}
