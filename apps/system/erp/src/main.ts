import 'reflect-metadata';
import { serve } from '#service';
import { erpApp } from './erp.app.js';

await serve(erpApp);
