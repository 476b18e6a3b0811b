import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type InjectionToken,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ModuleRef } from '@nestjs/core';
import type { AbilitiesOperation } from '#apis/abilities';
import type { SystemKind } from '#canonical';
import { Database } from '#persistence';
import { Metrics, VENDOR, type VendorDefinition } from '#service';
import { Abilities, type AbilityList } from './abilities.js';
import { abilitiesController } from './abilities.controller.js';
import type { CheckResult } from './check-result.js';
import { NeedsInterceptor } from './needs.js';
import type { VendorClock } from './vendor-clock.js';

/** What every vendor of every kind does. */
export interface Vendor<A extends string = string> {
  /** The tenant at the vendor, as used in minted ids. */
  readonly account: string;
  /** The optional abilities that it has. */
  readonly abilities: readonly A[];
  /** How far the vendor's clock differs from ours. */
  readonly clock: VendorClock;
  /** Checks writes whose answer was lost, until stopped. */
  watch?(): { stop(): Promise<void> };
  /** Logs in, reads one page of everything needed and reports in plain words what is missing. */
  check(): Promise<CheckResult[]>;
  close(): Promise<void>;
}

export interface VendorOptions<A extends string> {
  kind: SystemKind;
  /** Injects the vendor. */
  token: InjectionToken;
  abilities: AbilityList<A>;
  /** The operation of the kind's API that lists them. */
  shown: AbilitiesOperation<A>;
  /** The app's settings that vendors of the kind get besides their own. */
  given?: { inject: InjectionToken[]; useFactory(...settings: never[]): object };
}

const CONNECTED = Symbol('connected vendor');

/**
 * The back end of a system app: connects the vendor that was chosen from the app's list; provides
 * its abilities as `Abilities`, in the API and for handlers that declare what they `@Needs`; closes
 * it when the app stops.
 */
@Module({})
export class VendorModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #watch: { stop(): Promise<void> } | undefined;

  constructor(@Inject(CONNECTED) private readonly vendor: Vendor) {}

  static forKind<A extends string>({ kind, token, abilities, shown, given }: VendorOptions<A>): DynamicModule {
    return {
      module: VendorModule,
      controllers: [abilitiesController(shown)],
      providers: [
        {
          provide: token,
          inject: [VENDOR, ModuleRef, Database, Metrics, ...(given?.inject ?? [])],
          useFactory: (vendor: VendorDefinition, modules: ModuleRef, dataSource: Database, metrics: Metrics, ...settings: never[]) =>
            vendor.connect({
              config: modules.get<object>(vendor.config, { strict: false }),
              dataSource,
              metrics,
              ...given?.useFactory(...settings),
            }),
        },
        { provide: CONNECTED, useExisting: token },
        { provide: Abilities, inject: [token], useFactory: (vendor: Vendor<A>) => new Abilities(kind, abilities, vendor.abilities) },
        { provide: APP_INTERCEPTOR, useClass: NeedsInterceptor },
      ],
      exports: [token, Abilities],
    };
  }

  onApplicationBootstrap(): void {
    this.#watch = this.vendor.watch?.();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#watch?.stop();
  }

  /** Closed last: until here feed readers and request handlers needed it. */
  async onApplicationShutdown(): Promise<void> {
    await this.vendor.close();
  }
}
