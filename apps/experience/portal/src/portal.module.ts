import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { portalApi } from '#apis/portal';
import { captureMigrations } from '#capture';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { ServiceConfig, serviceMigrations } from '#service';
import { PublicHolidays } from './billing/public-holidays.js';
import { ExceptionApps, Hcm, ProjectInitiation, Psa, TimeToBilling } from './clients.js';
import { ContextFactory } from './request/context-factory.js';
import { declared } from './graph/declared-schema.js';
import { GraphqlController } from './graph/graphql.controller.js';
import { formatError } from './graph/graphql-errors.js';
import { limitsPlugin } from './graph/limits/limits-plugin.js';
import { PortalDriver } from './graph/portal-driver.js';
import { selectedFieldsPlugin } from './graph/selected-fields.js';
import { resolvers } from './graph/resolvers.js';
import { GraphiqlController } from './graphiql/graphiql.controller.js';
import { PortalConfig } from './portal.config.js';
import { portalMigrations } from './read-model/portal.migrations.js';
import { ReadModelSubscription } from './read-model/read-model.subscriber.js';
import { CostRates } from './read-model/cost-rates.js';

@Module({
  imports: [
    DatabaseModule.forApp({
      name: 'portal',
      migrations: [...serviceMigrations, ...eventsMigrations, ...captureMigrations, ...portalMigrations],
      poolSize: 20,
    }),
    EventsModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: PortalDriver,
      inject: [PortalConfig, ServiceConfig],
      useFactory: ({ maxDepth, maxCost, maxValues, queryTimeoutMs }: PortalConfig, { answerLimitBytes }: ServiceConfig): ApolloDriverConfig => ({
        autoSchemaFile: true,
        sortSchema: true,
        transformSchema: schema => declared(schema, portalApi),
        path: '/graphql',
        graphiql: false,
        // The schema is published with the code; the entrance decides who may query it.
        introspection: true,
        inheritResolversFromInterfaces: true,
        includeStacktraceInErrorResponses: false,
        // Nothing of a caller's is stored for others: every request contains its whole query.
        persistedQueries: false,
        plugins: [
          ApolloServerPluginLandingPageDisabled(),
          selectedFieldsPlugin,
          limitsPlugin({ depth: maxDepth, cost: maxCost, values: maxValues }, queryTimeoutMs, answerLimitBytes),
        ],
        formatError,
      }),
    }),
  ],
  controllers: [GraphqlController, GraphiqlController],
  providers: [
    ProjectInitiation,
    ExceptionApps,
    TimeToBilling,
    Hcm,
    Psa,
    ContextFactory,
    ReadModelSubscription,
    CostRates,
    PublicHolidays,
    ...resolvers,
  ],
})
export class PortalModule {}
