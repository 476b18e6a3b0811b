import { Module, type DynamicModule } from '@nestjs/common';
import type { AppDefinition } from './app-definition.js';
import { ServiceModule, type AppConfiguration } from './service.module.js';

@Module({})
class AppRoot {}

/** An app's complete composition: its own module, and everything that ServiceModule adds to it. */
export const rootOf = (def: AppDefinition, configured: AppConfiguration): DynamicModule => ({
  module: AppRoot,
  imports: [ServiceModule.forApp(def, configured), def.module],
});
