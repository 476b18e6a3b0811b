import { Module } from '@nestjs/common';
import { abilities } from '#apis/crm';
import { CaptureModule, captureMigrations } from '#capture';
import { connectorMigrations, VendorModule } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { MappingsModule, mappingsMigrations } from '#mappings';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { CrmFeeds } from './capture/crm-feeds.js';
import { CRM } from './crm.token.js';
import { CustomersController } from './customers/customers.controller.js';
import { CustomersService } from './customers/customers.service.js';
import { DealsController } from './deals/deals.controller.js';
import { DealsService } from './deals/deals.service.js';
import { RateCardsController } from './rate-cards/rate-cards.controller.js';
import { RateCardsService } from './rate-cards/rate-cards.service.js';
import { LACKING } from './vendors/port/crm-abilities.js';

@Module({
  imports: [
    DatabaseModule.forApp({
      name: 'crm',
      migrations: [...serviceMigrations, ...eventsMigrations, ...connectorMigrations, ...captureMigrations, ...mappingsMigrations],
    }),
    EventsModule,
    MappingsModule,
    CaptureModule.forApp({ system: 'crm' }),
    VendorModule.forKind({ kind: 'crm', token: CRM, abilities: LACKING, shown: abilities.getAbilities }),
  ],
  controllers: [DealsController, CustomersController, RateCardsController],
  providers: [CrmFeeds, DealsService, CustomersService, RateCardsService],
})
export class CrmModule {}
