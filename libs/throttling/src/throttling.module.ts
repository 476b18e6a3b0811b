import { Module, type DynamicModule } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Consumers } from '#auth';
import { Database } from '#persistence';
import { Budgets, type Limits, MINUTE_MS } from './budgets.js';
import { ClientThrottlerGuard } from './client-throttler.guard.js';
import { builtInPlan } from './plans/plan.rules.js';
import { Plans } from './plans/plans.js';

/** Documents are emitted, and some specs start, without one. */
const DATABASE = { token: Database, optional: true };

@Module({})
class BudgetsModule {
  static forApp(limits: Limits): DynamicModule {
    const plans = {
      provide: Plans,
      useFactory: (consumers: Consumers, database?: Database) => new Plans(database, consumers, builtInPlan(limits.perMinute)),
      inject: [Consumers, DATABASE],
    };
    const budgets = {
      provide: Budgets,
      useFactory: (plans: Plans, consumers: Consumers, database?: Database) => new Budgets({ limits, plans, consumers, database }),
      inject: [Plans, Consumers, DATABASE],
    };
    return { module: BudgetsModule, providers: [plans, budgets], exports: [Plans, Budgets] };
  }
}

/** The framework's throttler over the consumers' budgets. */
@Module({})
export class ThrottlingModule {
  static forApp(limits: Limits): DynamicModule {
    const budgets = BudgetsModule.forApp(limits);
    const throttler = ThrottlerModule.forRootAsync({
      imports: [budgets],
      inject: [Budgets],
      useFactory: (storage: Budgets) => ({ storage, throttlers: [{ ttl: MINUTE_MS, limit: limits.perMinute }] }),
    });
    return { module: ThrottlingModule, imports: [throttler, budgets], providers: [ClientThrottlerGuard], exports: [budgets, ClientThrottlerGuard] };
  }
}
