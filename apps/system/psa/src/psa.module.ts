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
import { assignmentFeed, expenseFeed, timeEntryFeed } from './capture/line.feeds.js';
import { projectFeed } from './capture/project.feed.js';
import { staffingRequestFeed } from './capture/staffing-request.feed.js';
import { AssignmentsController } from './assignments/assignments.controller.js';
import { BillingStatusController } from './billing/billing-status.controller.js';
import { InvoicesController } from './billing/invoices.controller.js';
import { ExpensesController } from './expenses/expenses.controller.js';
import { TimeEntriesController } from './time-entries/time-entries.controller.js';
import { ProjectsController } from './projects/projects.controller.js';
import { PsaConfig } from './psa.config.js';
import { PSA } from './psa.token.js';
import { StaffingRequestsController } from './staffing-requests/staffing-requests.controller.js';
import { vendors } from './vendors/index.js';
import type { PsaVendor } from './vendors/psa-vendor.js';

const migrations = [...eventsMigrations, ...serviceMigrations, ...connectorMigrations, ...captureMigrations];

/** The vendor that is configured. Nothing is called until somebody asks. */
const psa = {
  provide: PSA,
  inject: [PsaConfig, Database, Metrics, ModuleRef],
  useFactory: (config: PsaConfig, dataSource: Database, metrics: Metrics, module: ModuleRef): PsaVendor => {
    const vendor = vendors.find(({ name }) => name === config.vendor) ?? vendors[0];
    return vendor.connect({ config: module.get<object>(vendor.config, { strict: false }), dataSource, metrics });
  },
};

@Module({
  imports: [DatabaseModule.forApp({ name: 'psa', migrations }), EventsModule, CaptureModule.forApp({ system: 'psa' })],
  controllers: [
    ProjectsController,
    StaffingRequestsController,
    TimeEntriesController,
    ExpensesController,
    AssignmentsController,
    BillingStatusController,
    InvoicesController,
  ],
  providers: [psa],
})
export class PsaModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #watch: { stop(): Promise<void> } | undefined;

  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly config: PsaConfig,
    private readonly capture: Capture,
  ) {}

  onModuleInit(): void {
    this.capture.register(projectFeed(this.vendor, this.config));
    this.capture.register(staffingRequestFeed(this.vendor, this.config));
    this.capture.register(timeEntryFeed(this.vendor, this.config));
    this.capture.register(expenseFeed(this.vendor, this.config));
    this.capture.register(assignmentFeed(this.vendor, this.config));
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
