import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { abilities, type PsaAbility } from '#apis/psa';
import { Capture, captureMigrations, CaptureModule } from '#capture';
import { Abilities, connectorMigrations, VendorModule } from '#connector';
import { eventsMigrations, EventsModule } from '#events';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { AssignmentsController } from './assignments/assignments.controller.js';
import { BillingStatusController } from './billing/billing-status.controller.js';
import { InvoicesController } from './billing/invoices.controller.js';
import { assignmentFeed, expenseFeed, timeEntryFeed } from './capture/line-feeds.js';
import { projectFeed } from './capture/project.feed.js';
import { staffingRequestFeed } from './capture/staffing-request.feed.js';
import { ExpensesController } from './expenses/expenses.controller.js';
import { ProjectsController } from './projects/projects.controller.js';
import { PsaConfig } from './psa.config.js';
import { PSA } from './psa.token.js';
import { StaffingRequestsController } from './staffing-requests/staffing-requests.controller.js';
import { LineWrites } from './submissions/line-writes.js';
import { SubmissionsController } from './submissions/submissions.controller.js';
import { TimeEntriesController } from './time-entries/time-entries.controller.js';
import { LACKING } from './vendors/port/psa-abilities.js';
import type { PsaVendor } from './vendors/port/psa.port.js';

const migrations = [...eventsMigrations, ...serviceMigrations, ...connectorMigrations, ...captureMigrations];

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'psa', migrations }),
    EventsModule,
    CaptureModule.forApp({ system: 'psa' }),
    VendorModule.forKind({ kind: 'psa', token: PSA, abilities: LACKING, shown: abilities.getAbilities }),
  ],
  controllers: [
    ProjectsController,
    StaffingRequestsController,
    TimeEntriesController,
    ExpensesController,
    AssignmentsController,
    BillingStatusController,
    InvoicesController,
    SubmissionsController,
  ],
  providers: [LineWrites],
})
export class PsaModule implements OnModuleInit {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly abilities: Abilities<PsaAbility>,
    private readonly config: PsaConfig,
    private readonly capture: Capture,
  ) {}

  /** Register only feeds that the vendor can serve: any other would never be up to date. */
  onModuleInit(): void {
    const { vendor, config, abilities } = this;
    this.capture.register(projectFeed(vendor, config));
    this.capture.register(timeEntryFeed(vendor, config));
    if (abilities.has('staffing')) this.capture.register(staffingRequestFeed(vendor, config));
    if (abilities.has('expenses')) this.capture.register(expenseFeed(vendor, config));
    if (abilities.has('assignments')) this.capture.register(assignmentFeed(vendor, config));
  }
}
