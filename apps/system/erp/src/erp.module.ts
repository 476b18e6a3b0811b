import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { abilities, type ErpAbility } from '#apis/erp';
import { Capture, CaptureModule, captureMigrations } from '#capture';
import { Abilities, connectorMigrations, VendorModule } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { BillableTransactions } from './billing/billable-transactions.service.js';
import { BillableTransactionsController, BillingBatchesController, BillingMeansController } from './billing/billing-batches.controller.js';
import { BATCH_PARTS, BillingBatches } from './billing/billing-batches.service.js';
import { AccountingPeriodsController, ExchangeRatesController, InvoicesController } from './books/books.controller.js';
import { accountingPeriodFeed, exchangeRateFeed, invoiceFeed } from './capture/books.feed.js';
import { customerFeed } from './capture/customer.feed.js';
import { projectFeed } from './capture/project.feed.js';
import { referenceDataFeed } from './capture/reference-data.feed.js';
import { CustomersController } from './customers/customers.controller.js';
import { ErpConfig } from './erp.config.js';
import { erpMigrations } from './erp.migrations.js';
import { ERP } from './erp.token.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ReferenceDataController } from './reference-data/reference-data.controller.js';
import { LACKING } from './vendors/port/erp-abilities.js';
import type { ErpVendor } from './vendors/port/erp.port.js';

const migrations = [...serviceMigrations, ...eventsMigrations, ...connectorMigrations, ...captureMigrations, ...erpMigrations];

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'erp', migrations }),
    EventsModule,
    CaptureModule.forApp({ system: 'erp' }),
    VendorModule.forKind({ kind: 'erp', token: ERP, abilities: LACKING, shown: abilities.getAbilities }),
  ],
  controllers: [
    CustomersController,
    ProjectsController,
    ReferenceDataController,
    BillingBatchesController,
    BillingMeansController,
    BillableTransactionsController,
    ExchangeRatesController,
    AccountingPeriodsController,
    InvoicesController,
  ],
  providers: [{ provide: BATCH_PARTS, useValue: {} }, BillingBatches, BillableTransactions],
})
export class ErpModule implements OnModuleInit {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly abilities: Abilities<ErpAbility>,
    private readonly config: ErpConfig,
    private readonly capture: Capture,
  ) {}

  /** Register only feeds that the vendor can serve: any other would never be up to date. */
  onModuleInit(): void {
    const { vendor, config } = this;
    this.capture.register(customerFeed(vendor, config));
    this.capture.register(projectFeed(vendor, config));
    this.capture.register(referenceDataFeed(vendor, config));
    if (!this.abilities.has('books')) return;
    this.capture.register(exchangeRateFeed(vendor.books!, config));
    this.capture.register(accountingPeriodFeed(vendor.books!, config));
    this.capture.register(invoiceFeed(vendor.books!, () => vendor.clock, config));
  }
}
