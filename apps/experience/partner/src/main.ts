import { serve } from '#service';
import { partnerApp } from './partner.app.js';

await serve(partnerApp);
