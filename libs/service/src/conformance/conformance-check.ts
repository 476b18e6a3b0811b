import { Inject, Injectable, Optional } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { deprecationFaults } from '#apis';
import { AuthenticationGuard } from '#auth';
import { Database } from '#persistence';
import { APP, type App } from '../app-definition.js';
import { ENTRANCE, passedStages, STAGES, type Step } from '../entrance/entrance.js';
import { log } from '../logs/log.js';
import { Documents } from '../openapi/documents.js';
import { ServiceConfig } from '../service.config.js';
import { AnswerCheck, type AnswerReport } from './answer-check.js';
import { findingsOf, type RouteFacts } from './conformance.rules.js';
import { apiFaults, placeFaults } from './definition.rules.js';
import { ConformanceError, type Finding } from './finding.js';
import { handlersOf, unstatedOperations, type Handler } from './handlers.js';
import { servedRoutes } from './served-routes.js';

/** What an app's conformance is, as of now. */
export interface ConformanceReport {
  /** In what the app differs from what it declares. */
  findings: Finding[];
  /** In what its answers differ from their documents. */
  answers: AnswerReport;
}

/**
 * Compares what the running app serves with what it declares. Both are made before it starts, so
 * what was found then is kept.
 */
@Injectable()
export class ConformanceCheck {
  #found: Finding[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly application: ApplicationConfig,
    private readonly authentication: AuthenticationGuard,
    @Inject(ENTRANCE) private readonly steps: Step[],
    private readonly server: HttpAdapterHost,
    private readonly documents: Documents,
    private readonly answers: AnswerCheck,
    private readonly config: ServiceConfig,
    @Inject(APP) private readonly app: App,
    @Optional() private readonly database?: Database,
  ) {}

  /** What was found when it was last looked for. The app must be built: later routes are not seen. */
  report(): ConformanceReport {
    return { findings: this.#found ?? this.look(), answers: this.answers.report() };
  }

  /** Looks anew. */
  look(): Finding[] {
    return (this.#found = this.#findings());
  }

  /** Throws ConformanceError when there is a finding; with `CONFORMANCE=report` it logs them. */
  refuseDifferences(): void {
    const findings = this.look();
    if (findings.length === 0) return;
    if (this.config.conformance === 'strict') throw new ConformanceError(findings);
    log.error({ app: this.app.name, findings }, 'the app does not conform to what it declares');
  }

  #findings(): Finding[] {
    const handlers = handlersOf(
      this.discovery,
      this.scanner,
      this.app.apis.map(({ version }) => version),
    );
    return findingsOf({
      app: this.app.name,
      routes: this.#routes(handlers),
      documented: this.#documented(),
      unstatedOperations: unstatedOperations(this.discovery, this.scanner),
      stages: passedStages(this.steps, this.authentication, this.application),
      declaredStages: STAGES,
      hasDatabase: this.database !== undefined,
      definitionFaults: [
        ...placeFaults(this.app),
        ...apiFaults(this.app.apis, handlers),
        // those of a GraphQL API are looked for in its schema
        ...this.app.apis.filter(({ graphql }) => !graphql).flatMap(deprecationFaults),
      ],
    });
  }

  #routes(handlers: Handler[]): RouteFacts[] {
    return servedRoutes(this.server.httpAdapter.getInstance<object>()).map(({ method, path, handler }) => ({
      method,
      path,
      handlers: handlers.filter(({ name }) => name === handler),
      graphql: this.app.apis.some(({ graphql }) => graphql) && path === '/graphql',
    }));
  }

  #documented(): string[] | Error {
    try {
      return this.documents.operations();
    } catch (error) {
      return error as Error;
    }
  }
}
