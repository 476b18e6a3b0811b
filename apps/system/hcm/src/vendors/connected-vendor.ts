import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Database } from '#persistence';
import { Metrics } from '#service';
import { HcmConfig } from '../hcm.config.js';
import { vendors } from './index.js';
import type { HcmVendor } from './hcm-vendor.js';

/** The vendor that configuration chose, connected when it is first needed. */
@Injectable()
export class ConnectedVendor implements OnApplicationShutdown {
  #vendor?: HcmVendor;

  constructor(
    private readonly config: HcmConfig,
    private readonly dataSource: Database,
    private readonly metrics: Metrics,
    private readonly modules: ModuleRef,
  ) {}

  get vendor(): HcmVendor {
    return (this.#vendor ??= this.#connect());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#vendor?.close();
  }

  #connect(): HcmVendor {
    const definition = vendors.find(({ name }) => name === this.config.vendor)!;
    const config = this.modules.get<object>(definition.config, { strict: false });
    return definition.connect({ config, dataSource: this.dataSource, metrics: this.metrics, history: { years: this.config.historyYears } });
  }
}
