import { Controller, Get, Optional, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus';
import { Public } from '#auth';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { outage } from '../logs/outage.js';
import { publicReason } from './public-reason.rules.js';
import { Readiness, type Check } from './readiness.js';

const PART = 'readiness';

/** `/healthz`: the process is alive, regardless of the database. `/readyz`: it can do its work. */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class HealthController {
  readonly #running = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
    @Optional() private readonly dataSource?: Database,
  ) {}

  @Get('healthz')
  @Public('Asked by the machinery that restarts a dead process; tells nothing but that it lives.')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public('Asked by load balancers; tells which part is not well, and no more.')
  async ready(): Promise<HealthCheckResult> {
    if (this.readiness.draining) throw new Problem('vendor-unavailable', 'This process is stopping.', { code: 'draining' });
    const checks: [string, Check][] = [...(this.dataSource ? [['database', this.#database] as [string, Check]] : []), ...this.readiness.checks];
    const results: HealthIndicatorResult[] = await Promise.all(checks.map(([name, check]) => this.#result(name, check)));
    const unwell = results.flatMap(result => Object.entries(result)).filter(([, { status }]) => status !== 'up');
    if (unwell.length === 0) {
      outage.over(PART);
      return this.health.check(results.map(result => () => result));
    }
    const reasons = unwell.map(([name, { message }]) => `${name}: ${String(message)}`).join('; ');
    const problem = new Problem('vendor-unavailable', `Not ready: ${reasons}.`, { code: 'not-ready' });
    outage.note(PART, problem);
    throw problem;
  }

  readonly #database: Check = async () => {
    await this.dataSource!.query('select 1');
  };

  /**
   * Callers that ask while a check runs share its result, so any number of probes costs one
   * statement at a time.
   */
  #once(name: string, check: Check): Promise<string | undefined> {
    const running = this.#running.get(name) ?? this.#look(name, check).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  /**
   * Why the part is degraded, if it is. A degradation that can't be determined makes nothing
   * unready.
   */
  async #look(name: string, check: Check): Promise<string | undefined> {
    await check();
    return this.readiness.degradationOf(name).catch((error: unknown) => `not known: ${publicReason(error)}`);
  }

  async #result(name: string, check: Check): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    try {
      const degraded = await this.#once(name, check);
      return degraded === undefined ? indicator.up() : indicator.up({ degraded: publicReason(degraded) });
    } catch (error) {
      return indicator.down({ message: publicReason(error) });
    }
  }
}
