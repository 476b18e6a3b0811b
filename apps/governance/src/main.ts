import { serve } from '#service';
import { governanceApp } from './governance.app.js';

await serve(governanceApp);
