import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Capture, CaptureModule, captureMigrations } from '#capture';
import { connectorMigrations } from '#connector';
import { EventsModule, eventsMigrations } from '#events';
import { Database, DatabaseModule } from '#persistence';
import { Metrics, serviceMigrations } from '#service';
import { BillableTransactions } from './billing/billable-transactions.service.js';
import { BillableTransactionsController, BillingBatchesController } from './billing/billing-batches.controller.js';
import { BATCH_PARTS, BillingBatches } from './billing/billing-batches.service.js';
import { AccountingPeriodsController, ExchangeRatesController, InvoicesController } from './books/books.controllers.js';
import { accountingPeriodFeed, exchangeRateFeed, invoiceFeed } from './capture/books.feeds.js';
import { customerFeed } from './capture/customer.feed.js';
import { projectFeed } from './capture/project.feed.js';
import { referenceDataFeed } from './capture/reference-data.feed.js';
import { CustomersController } from './customers/customers.controller.js';
import { ErpConfig } from './erp.config.js';
import { erpMigrations } from './erp.migrations.js';
import { ERP } from './erp.token.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ReferenceDataController } from './reference-data/reference-data.controller.js';
import type { ErpVendor } from './vendors/erp-vendor.js';
import { vendors } from './vendors/index.js';

const migrations = [...serviceMigrations, ...eventsMigrations, ...connectorMigrations, ...captureMigrations, ...erpMigrations];

/** The vendor that is configured. Nothing is called until somebody asks. */
const erp = {
  provide: ERP,
  inject: [ErpConfig, Database, Metrics, ModuleRef],
  useFactory: (config: ErpConfig, dataSource: Database, metrics: Metrics, module: ModuleRef): ErpVendor => {
    const vendor = vendors.find(({ name }) => name === config.vendor) ?? vendors[0];
    return vendor.connect({ config: module.get<object>(vendor.config, { strict: false }), dataSource, metrics });
  },
};

@Module({
  imports: [DatabaseModule.forApp({ name: 'erp', migrations }), EventsModule, CaptureModule.forApp({ system: 'erp' })],
  controllers: [
    CustomersController,
    ProjectsController,
    ReferenceDataController,
    BillingBatchesController,
    BillableTransactionsController,
    ExchangeRatesController,
    AccountingPeriodsController,
    InvoicesController,
  ],
  providers: [erp, { provide: BATCH_PARTS, useValue: {} }, BillingBatches, BillableTransactions],
})
export class ErpModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #watch: { stop(): Promise<void> } | undefined;

  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly config: ErpConfig,
    private readonly capture: Capture,
  ) {}

  onModuleInit(): void {
    this.capture.register(customerFeed(this.vendor, this.config));
    this.capture.register(projectFeed(this.vendor, this.config));
    this.capture.register(referenceDataFeed(this.vendor, this.config));
    const { books } = this.vendor;
    if (!books) return;
    this.capture.register(exchangeRateFeed(books, this.config));
    this.capture.register(accountingPeriodFeed(books, this.config));
    this.capture.register(invoiceFeed(books, () => this.vendor.clock, this.config));
  }

  onApplicationBootstrap(): void {
    this.#watch = this.vendor.watch();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#watch?.stop();
  }

  /** Only now: what reads feeds and answers requests needed it until here. */
  async onApplicationShutdown(): Promise<void> {
    await this.vendor.close();
  }
}
