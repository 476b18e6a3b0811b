import { Module } from '@nestjs/common';
import { CaptureModule, captureMigrations } from '#capture';
import { connectorMigrations } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { WorkersFeed } from './capture/workers.feed.js';
import { EligibilityController } from './eligibility/eligibility.controller.js';
import { Eligibility } from './eligibility/eligibility.service.js';
import { hcmMigrations } from './hcm.migrations.js';
import { ConnectedVendor } from './vendors/connected-vendor.js';
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
  ],
  controllers: [WorkersController, EligibilityController],
  providers: [ConnectedVendor, WorkersFeed, Workers, WorkersAsOf, Eligibility],
})
export class HcmModule {}
