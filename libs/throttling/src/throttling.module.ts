import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Budgets, type Limits, MINUTE_MS, MOST_COUNTED } from './budgets.js';
import { ClientThrottlerGuard } from './client-throttler.guard.js';
import { Windows } from './windows.js';

@Module({})
export class ThrottlingModule {
  static forApp(limits: Limits): DynamicModule {
    const callers = new Windows(MINUTE_MS, MOST_COUNTED);
    return {
      module: ThrottlingModule,
      imports: [ThrottlerModule.forRoot({ storage: callers, throttlers: [{ ttl: MINUTE_MS, limit: limits.perMinute }] })],
      providers: [{ provide: Budgets, useFactory: () => new Budgets(limits, { callers }) }, ClientThrottlerGuard],
      exports: [Budgets, ClientThrottlerGuard],
    };
  }
}
