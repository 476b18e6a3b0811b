import { serve } from '#service';
import { crmApp } from './crm.app.js';

await serve(crmApp);
