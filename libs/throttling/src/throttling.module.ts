import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Consumers } from '#auth';
import { Database } from '#persistence';
import { Budgets, type Limits, MINUTE_MS, MOST_COUNTED } from './budgets.js';
import { ClientThrottlerGuard } from './client-throttler.guard.js';
import { builtInPlan } from './plans/plan.rules.js';
import { Plans } from './plans/plans.js';
import { Windows } from './windows.js';

@Module({})
export class ThrottlingModule {
  static forApp(limits: Limits): DynamicModule {
    const callers = new Windows(MINUTE_MS, MOST_COUNTED);
    const plans = {
      provide: Plans,
      useFactory: (database: Database | undefined, consumers: Consumers) => new Plans(database, consumers, builtInPlan(limits.perMinute)),
      inject: [{ token: Database, optional: true }, Consumers],
    };
    return {
      module: ThrottlingModule,
      imports: [ThrottlerModule.forRoot({ storage: callers, throttlers: [{ ttl: MINUTE_MS, limit: limits.perMinute }] })],
      providers: [{ provide: Budgets, useFactory: () => new Budgets(limits, { callers }) }, ClientThrottlerGuard, plans],
      exports: [Budgets, Plans, ClientThrottlerGuard],
    };
  }
}
