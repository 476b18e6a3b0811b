import { Module } from '@nestjs/common';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { InvoicesController } from './invoices/invoices.controller.js';
import { LinesController } from './lines/lines.controller.js';
import { PartnerLists } from './partner-lists.js';
import { ProjectsController } from './projects/projects.controller.js';
import { partnerMigrations } from './read-model/partner.migrations.js';
import { PartnerSubscription } from './read-model/partner.subscriber.js';

@Module({
  imports: [DatabaseModule.forApp({ name: 'partner', migrations: [...serviceMigrations, ...eventsMigrations, ...partnerMigrations] }), EventsModule],
  controllers: [InvoicesController, LinesController, ProjectsController],
  providers: [PartnerLists, PartnerSubscription],
})
export class PartnerModule {}
