import { serve } from '#service';
import { hcmApp } from './hcm.app.js';

await serve(hcmApp);
