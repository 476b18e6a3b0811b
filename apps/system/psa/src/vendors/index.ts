import type { PsaVendorDefinition } from './port/psa.port.js';
import { KantataConfig } from './kantata/kantata.config.js';
import { KantataVendor } from './kantata/kantata.vendor.js';

const kantata: PsaVendorDefinition<KantataConfig> = { name: 'kantata', config: KantataConfig, connect: connection => new KantataVendor(connection) };

/** The one list of the PSAs there are adapters for. */
export const vendors: PsaVendorDefinition[] = [kantata];
