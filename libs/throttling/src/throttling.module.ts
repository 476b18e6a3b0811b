import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { requestOf } from '#auth';
import { ClientThrottlerGuard } from './client-throttler.guard.js';
import { WindowStorage } from './window.storage.js';

const MINUTE_MS = 60_000;

/** How many calls a minute an app takes from each client; `perMinuteOfServices` is for the firm's own services (scope `act-for`). */
export interface Limits {
  perMinute: number;
  perMinuteOfServices: number;
}

@Module({})
export class ThrottlingModule {
  static forApp(limits: Limits): DynamicModule {
    return {
      module: ThrottlingModule,
      imports: [
        ThrottlerModule.forRoot({
          storage: new WindowStorage(),
          throttlers: [
            {
              ttl: MINUTE_MS,
              limit: context => (requestOf(context).principal?.scopes.includes('act-for') ? limits.perMinuteOfServices : limits.perMinute),
            },
          ],
        }),
      ],
      providers: [ClientThrottlerGuard],
      exports: [ClientThrottlerGuard],
    };
  }
}
