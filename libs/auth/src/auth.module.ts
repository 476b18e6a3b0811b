import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { Authority } from './authority.js';
import type { KeepingOptions } from './signing-keys.js';
import { StatedAccess } from './stated-access.js';

/**
 * Authentication and authorisation. The guards are global to the app that imports this (see
 * libs/service).
 */
@Module({})
export class AuthModule {
  static forApp(o: { issuerUrl: string; keeping?: KeepingOptions }): DynamicModule {
    return {
      module: AuthModule,
      imports: [DiscoveryModule],
      providers: [{ provide: Authority, useFactory: () => new Authority(o.issuerUrl, o.keeping) }, AuthenticationGuard, AccessGuard, StatedAccess],
      exports: [Authority, AuthenticationGuard, AccessGuard],
    };
  }
}
