import { serve } from '#service';
import { timeToBillingApp } from './time-to-billing.app.js';

await serve(timeToBillingApp);
