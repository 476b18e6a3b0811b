import 'reflect-metadata';
import { serve } from '#service';
import { psaApp } from './psa.app.js';

await serve(psaApp);
