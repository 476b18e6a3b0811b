import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { EventsModule, eventsMigrations } from '#events';
import { ExceptionsController, ExceptionsModule, exceptionsMigrations } from '#exceptions';
import { DatabaseModule } from '#persistence';
import { serviceMigrations } from '#service';
import type { AnyNeedKind } from '#work';
import type { Flow } from './flow.js';
import { flowMigrations } from './flow.migrations.js';
import { FlowModule } from './flow.module.js';
import { NEED_KINDS, NeedsReader } from './needs-reader.js';

type Migrations = Parameters<typeof DatabaseModule.forApp>[0]['migrations'];

/** Migrations of the libs that every process app uses; they run before all others. */
export const processMigrations = [...serviceMigrations, ...eventsMigrations, ...exceptionsMigrations];

export interface Process {
  /** The app's name. */
  app: string;
  /** Its flows by name, which never changes. Without flows the app hosts no engine. */
  flows?: Record<string, Type<Flow>>;
  /** The need kinds whose events by themselves release what waits for them. */
  needs?: readonly AnyNeedKind[];
  /** Migrations of its own tables and of the other libs that it uses. */
  migrations?: Migrations;
  poolSize?: number;
}

/**
 * What every process app is built on: its database, the event log, its desk with the API of
 * exceptions, its flows, and the readers that meet its needs.
 */
@Module({})
export class ProcessModule {
  static forApp({ app, flows, needs = [], migrations = [], poolSize }: Process): DynamicModule {
    const reads: Provider[] = needs.length > 0 ? [{ provide: NEED_KINDS, useValue: needs }, NeedsReader] : [];
    return {
      module: ProcessModule,
      imports: [
        DatabaseModule.forApp({
          name: app,
          migrations: [...processMigrations, ...(flows ? flowMigrations : []), ...migrations],
          ...(poolSize ? { poolSize } : {}),
        }),
        EventsModule,
        ExceptionsModule,
        ...(flows ? [FlowModule.forApp({ app, flows })] : []),
      ],
      controllers: [ExceptionsController],
      providers: reads,
    };
  }
}
