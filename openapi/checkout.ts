import { resolve } from 'node:path';

/** The checkout this was compiled from: this file runs as `dist/openapi/checkout.js`. */
export const TOP = resolve(import.meta.dirname, '../..');
