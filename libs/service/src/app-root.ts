import { Module, type DynamicModule } from '@nestjs/common';
import type { AppDefinition } from './app-definition.js';
import { ServiceModule, type Configured } from './service.module.js';

@Module({})
class AppRoot {}

/** An app's whole composition: its own module under everything that ServiceModule puts it under. */
export const rootOf = (def: AppDefinition, configured: Configured): DynamicModule => ({
  module: AppRoot,
  imports: [ServiceModule.forApp(def, configured), def.module],
});
