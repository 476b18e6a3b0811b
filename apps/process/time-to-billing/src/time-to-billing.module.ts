import { Module } from '@nestjs/common';
import { ProcessModule } from '#flow';
import { MappingsModule } from '#mappings';
import { Assessor } from './assessment/assessor.js';
import { billingMigrations, libsMigrations } from './billing.migrations.js';
import { ChecksController } from './assessment/checks.controller.js';
import { SystemApis } from './clients.js';
import { ErpMeans } from './erp-means.js';
import { CorrectionStore } from './corrections/correction.store.js';
import { CorrectionsController } from './corrections/corrections.controller.js';
import { Corrections } from './corrections/corrections.js';
import { LineExceptions } from './lines/line-exceptions.js';
import { IntakeSubscriber } from './intake/intake.subscriber.js';
import { InvoicesSubscriber } from './invoices/invoices.subscriber.js';
import { LineAdvancer } from './lines/advance.js';
import { LineReleaser } from './lines/line-releaser.js';
import { LineAnnouncer } from './lines/line-announcer.js';
import { Lines } from './lines/lines.js';
import { LinesController } from './lines/lines.controller.js';
import { NeedsProbe } from './needs/needs-probe.js';
import { OverageReleaser } from './postings/overage-releaser.js';
import { Poster } from './postings/poster.js';
import { PostingStore } from './postings/posting.store.js';
import { Removals } from './postings/removals.js';
import { BatchOutcomes } from './postings/batch-outcomes.js';
import { BillingMetrics } from './queue/billing-metrics.js';
import { QueueController } from './queue/queue.controller.js';
import { QueueStore } from './queue/queue.store.js';
import { RatesController } from './facts/rates.controller.js';
import { ReferenceStore } from './facts/reference.store.js';
import { ReferenceSubscriber } from './facts/reference.subscriber.js';
import { SetAsideAgain } from './set-aside/set-aside-again.js';
import { StatusBack } from './status-back/status-back.js';

@Module({
  imports: [ProcessModule.forApp({ app: 'time-to-billing', migrations: [...libsMigrations, ...billingMigrations], poolSize: 24 }), MappingsModule],
  controllers: [LinesController, CorrectionsController, QueueController, RatesController, ChecksController],
  providers: [
    SystemApis,
    ReferenceStore,
    ReferenceSubscriber,
    IntakeSubscriber,
    InvoicesSubscriber,
    LineExceptions,
    LineReleaser,
    LineAnnouncer,
    LineAdvancer,
    Lines,
    Assessor,
    NeedsProbe,
    PostingStore,
    ErpMeans,
    Poster,
    BatchOutcomes,
    Removals,
    OverageReleaser,
    CorrectionStore,
    Corrections,
    StatusBack,
    SetAsideAgain,
    QueueStore,
    BillingMetrics,
  ],
})
export class TimeToBillingModule {}
