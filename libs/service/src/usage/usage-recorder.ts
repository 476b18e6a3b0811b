import { Inject, Injectable, Optional, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Database, withFullView } from '#persistence';
import { addUsage, daysAgo, forgetUsage, operationUses, UsageCounts, usesOf, type OperationUse, type Used, type UsesAsked } from '#versioning';
import { APP, newestApi, type App } from '../app-definition.js';
import { outage } from '../logs/outage.js';
import { ServiceConfig } from '../service.config.js';

const FLUSH_MS = 10_000;
/** Rows of one statement. */
const MOST_ROWS = 2_000;

/** How apps of the house name themselves when they call: with their release. */
const HOUSE_AGENT = /^throughline\/(\d{1,5}\.\d{1,5}\.\d{1,5})$/;

/**
 * Counts who uses which operation and field of the app, in memory, and adds the counts to the rows
 * of the day every ten seconds. A process that is killed loses at most the counts of its last ten
 * seconds. Calls without a good token have no consumer and are not counted.
 */
@Injectable()
export class UsageRecorder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #counts: UsageCounts;
  readonly #uses: ReadonlyMap<string, OperationUse>;
  #flushing: NodeJS.Timeout | undefined;
  #forgotten = '';

  constructor(
    @Inject(APP) private readonly app: App,
    private readonly config: ServiceConfig,
    @Optional() private readonly database?: Database,
  ) {
    this.#counts = new UsageCounts(app.name);
    this.#uses = operationUses(app.apis);
  }

  onApplicationBootstrap(): void {
    if (!this.database) return;
    this.#flushing = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#flushing);
    await this.flush();
  }

  /**
   * Counts an answered request. What a refused request sent counts only as a call, and a call of
   * whoever may not use the operation does not count: nothing breaks for them when it ends.
   */
  count(request: FastifyRequest, status: number): void {
    const { principal } = request;
    const { url } = request.routeOptions;
    if (!this.database || !principal || url === undefined) return;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const use = this.#uses.get(`${method} ${url}`) ?? this.#graphqlUse(url);
    if (!use || (use.scope && !principal.scopes.includes(use.scope))) return;
    const fields = status === 400 ? new Set<string>() : use.fieldsOf(request);
    for (const field of request.context.used ?? []) fields.add(field);
    const { version, operation } = use;
    this.#counts.add({ version, operation, consumer: principal.clientId, release: releaseOf(request), fields });
  }

  #graphqlUse(url: string): OperationUse | undefined {
    const { graphql, version } = newestApi(this.app);
    return graphql && url === '/graphql' ? { version, operation: 'graphql', fieldsOf: () => new Set() } : undefined;
  }

  /**
   * Stores what was counted. What can't be stored now is kept for the next time; a set whose answer
   * was lost may be counted twice.
   */
  async flush(): Promise<void> {
    const { database } = this;
    if (!database) return;
    const rows = this.#counts.take();
    await outage.during('usage: storing counts', () =>
      withFullView('usage is counted for all callers', async () => {
        while (rows.length > 0) {
          await addUsage(database, rows.slice(0, MOST_ROWS));
          rows.splice(0, MOST_ROWS);
        }
        await this.#forget(database);
      }),
    );
    this.#counts.putBack(rows);
  }

  /** Who used what, and whether there are more than are answered. */
  async uses(asked: UsesAsked): Promise<{ used: Used[]; cut: boolean }> {
    const { database } = this;
    if (!database) return { used: [], cut: false };
    return withFullView('usage is counted for all callers', () => usesOf(database, this.app.name, asked));
  }

  /** The first day (UTC) of which counts are kept. */
  get oldest(): string {
    return daysAgo(this.config.usageDays);
  }

  /** Once a day, what is older than the setting allows is removed. */
  async #forget(database: Database): Promise<void> {
    const { oldest } = this;
    if (oldest === this.#forgotten) return;
    await forgetUsage(database, this.app.name, oldest);
    this.#forgotten = oldest;
  }
}

/** The caller's release, if it is an app of the house. */
function releaseOf({ headers, principal }: FastifyRequest): string {
  if (!principal?.scopes.includes('act-for')) return '';
  return HOUSE_AGENT.exec(headers['user-agent'] ?? '')?.[1] ?? '';
}
