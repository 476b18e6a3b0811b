import { Inject, Injectable, Module, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { CaptureModule, captureMigrations } from '#capture';
import { connectorMigrations } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { MappingsModule, mappingsMigrations } from '#mappings';
import { Database, DatabaseModule } from '#persistence';
import { Metrics, serviceMigrations } from '#service';
import { CrmFeeds } from './capture/crm-feeds.js';
import { CrmConfig } from './crm.config.js';
import { CustomersController } from './customers/customers.controller.js';
import { CustomersService } from './customers/customers.service.js';
import { DealsController } from './deals/deals.controller.js';
import { DealsService } from './deals/deals.service.js';
import { RateCardsController } from './rate-cards/rate-cards.controller.js';
import { RateCardsService } from './rate-cards/rate-cards.service.js';
import { CRM_VENDOR, type CrmVendor } from './vendors/crm-vendor.js';
import { vendors } from './vendors/index.js';

const vendor: Provider = {
  provide: CRM_VENDOR,
  inject: [CrmConfig, Database, Metrics, ...vendors.map(({ config }) => config)],
  useFactory: ({ vendor: name }: CrmConfig, dataSource: Database, metrics: Metrics, ...configs: object[]): CrmVendor => {
    const chosen = Math.max(
      0,
      vendors.findIndex(one => one.name === name),
    );
    return vendors[chosen].connect({ config: configs[chosen], dataSource, metrics });
  },
};

/** Gives the vendor's quota back when the app stops. */
@Injectable()
class VendorConnection implements OnApplicationShutdown {
  constructor(@Inject(CRM_VENDOR) private readonly vendor: CrmVendor) {}

  onApplicationShutdown(): Promise<void> {
    return this.vendor.close();
  }
}

@Module({
  imports: [
    DatabaseModule.forApp({
      name: 'crm',
      migrations: [...serviceMigrations, ...eventsMigrations, ...connectorMigrations, ...captureMigrations, ...mappingsMigrations],
    }),
    EventsModule,
    MappingsModule,
    CaptureModule.forApp({ system: 'crm' }),
  ],
  controllers: [DealsController, CustomersController, RateCardsController],
  providers: [vendor, VendorConnection, CrmFeeds, DealsService, CustomersService, RateCardsService],
})
export class CrmModule {}
