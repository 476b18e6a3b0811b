import { Module, type DynamicModule } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { Authority } from './authority.js';
import { Database } from '#persistence';
import { Consumers } from './consumers/consumers.js';
import { Partners } from './partners/partners.js';
import type { KeepingOptions } from './signing-keys.js';

/** Documents are emitted, and some specs start, without one. */
const DATABASE = { token: Database, optional: true };

/**
 * Authentication and authorisation. The guards are global to the app that imports this (see
 * libs/service).
 */
@Module({})
export class AuthModule {
  static forApp(o: { issuerUrl: string; keeping?: KeepingOptions }): DynamicModule {
    const partners = { provide: Partners, useFactory: (database?: Database) => new Partners(database), inject: [DATABASE] };
    const consumers = {
      provide: Consumers,
      useFactory: (partners: Partners, database?: Database) => new Consumers(database, partners),
      inject: [Partners, DATABASE],
    };
    return {
      module: AuthModule,
      global: true,
      providers: [
        { provide: Authority, useFactory: () => new Authority(o.issuerUrl, o.keeping) },
        AuthenticationGuard,
        AccessGuard,
        partners,
        consumers,
      ],
      exports: [Authority, Consumers, Partners, AuthenticationGuard, AccessGuard],
    };
  }
}
