import { Module, type DynamicModule } from '@nestjs/common';
import { Budgets, type Limits } from './budgets.js';

@Module({})
export class ThrottlingModule {
  static forApp(limits: Limits): DynamicModule {
    return { module: ThrottlingModule, providers: [{ provide: Budgets, useFactory: () => new Budgets(limits) }], exports: [Budgets] };
  }
}
