import { serve } from '#service';
import { portalApp } from './portal.app.js';

await serve(portalApp);
