import { Module } from '@nestjs/common';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import { AcknowledgementsController } from './acknowledgements/acknowledgements.controller.js';
import { Accounts } from './apis/accounts.js';
import { CatalogueController } from './apis/catalogue.controller.js';
import { PagesController } from './catalogue/pages.controller.js';
import { ConsumersController } from './consumers/consumers.controller.js';
import { PartnerClientsController } from './partners/partner-clients.controller.js';
import { PartnersController } from './partners/partners.controller.js';
import { ReleasedDocuments } from './releases/released-documents.js';
import { ReleasesController } from './releases/releases.controller.js';
import { RetirementsController } from './retirements/retirements.controller.js';
import { PlansController } from './plans/plans.controller.js';

@Module({
  imports: [DatabaseModule.forApp({ name: 'governance', migrations: serviceMigrations })],
  controllers: [
    AcknowledgementsController,
    PagesController,
    CatalogueController,
    ConsumersController,
    PartnersController,
    PartnerClientsController,
    PlansController,
    ReleasesController,
    RetirementsController,
  ],
  providers: [Accounts, ReleasedDocuments],
})
export class GovernanceModule {}
