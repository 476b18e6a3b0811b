import type { AppDefinition } from '#service';
import { projectInitiationApp } from '../../process/project-initiation/src/project-initiation.app.js';

/** Every app there is. The platform hosts them all; `npm run app -- <name>` runs one alone. */
export const APPS: AppDefinition[] = [projectInitiationApp];
