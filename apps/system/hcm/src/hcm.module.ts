import { Module } from '@nestjs/common';
import { abilities } from '#apis/hcm';
import { CaptureModule, captureMigrations } from '#capture';
import { connectorMigrations, VendorModule } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { WorkersFeed } from './capture/workers.feed.js';
import { EligibilityController } from './eligibility/eligibility.controller.js';
import { Eligibility } from './eligibility/eligibility.service.js';
import { HcmConfig } from './hcm.config.js';
import { hcmMigrations } from './hcm.migrations.js';
import { HCM } from './hcm.token.js';
import { LACKING } from './vendors/port/hcm-abilities.js';
import type { HistoryDepth } from './vendors/port/hcm.port.js';
import { WorkersAsOf } from './workers/workers-as-of.service.js';
import { WorkersController } from './workers/workers.controller.js';
import { Workers } from './workers/workers.service.js';

@Module({
  imports: [
    DatabaseModule.forApp({
      name: 'hcm',
      migrations: [...serviceMigrations, ...eventsMigrations, ...connectorMigrations, ...captureMigrations, ...hcmMigrations],
    }),
    EventsModule,
    CaptureModule.forApp({ system: 'hcm' }),
    VendorModule.forKind({
      kind: 'hcm',
      token: HCM,
      abilities: LACKING,
      shown: abilities.getAbilities,
      given: {
        inject: [HcmConfig],
        useFactory: ({ historyYears }: HcmConfig): { history: HistoryDepth } => ({ history: { years: historyYears } }),
      },
    }),
  ],
  controllers: [WorkersController, EligibilityController],
  providers: [WorkersFeed, Workers, WorkersAsOf, Eligibility],
})
export class HcmModule {}
