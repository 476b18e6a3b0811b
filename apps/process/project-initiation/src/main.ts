import { serve } from '#service';
import { projectInitiationApp } from './project-initiation.app.js';

await serve(projectInitiationApp);
