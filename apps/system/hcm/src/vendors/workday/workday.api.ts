import { Problem } from '#canonical';
import { basic, chunksOf, Connector, none, Paging, QuotaGate, type VendorClock } from '#connector';
import type { VendorConnection } from '#service';
import { workdayCodes } from './workday.codes.js';
import type { WorkdayConfig } from './workday.config.js';
import { getWorkersEnvelope, readGetWorkers, type GetWorkersAnswer, type GetWorkersRequest, type WorkdayWorker } from './workers/workers.wire.js';

export type WorkersQuery = Pick<GetWorkersRequest, 'workers' | 'log' | 'asOfDate' | 'groups'>;

/** Calls a tenant: Get_Workers by SOAP, and a report, which share its quota. */
export class WorkdayApi {
  readonly #soap: Connector;
  readonly #reports: Connector;
  readonly config: WorkdayConfig;
  readonly #login: { username: string; password: string };

  constructor({ config, dataSource, metrics }: Pick<VendorConnection<WorkdayConfig>, 'config' | 'dataSource' | 'metrics'>) {
    const { baseUrl, tenant, concurrency, timeoutMs, password } = config;
    const user = config.username.split('@')[0];
    const gate = new QuotaGate({ dataSource, vendor: 'workday', account: tenant, limit: concurrency });
    const common = { vendor: 'workday', account: tenant, baseUrl, concurrency, timeoutMs, dataSource, metrics, codes: workdayCodes, gate };
    this.#soap = new Connector({ ...common, auth: none([password]) });
    this.#reports = new Connector({ ...common, auth: basic(user, password) });
    this.config = config;
    this.#login = { username: `${user}@${tenant}`, password };
  }

  get clock(): VendorClock {
    return this.#soap.clock;
  }

  /** Reads these workers. */
  async workersOf(wids: string[], query: Omit<WorkersQuery, 'workers' | 'log'>, moment: Date): Promise<WorkdayWorker[]> {
    const found: WorkdayWorker[] = [];
    for (const workers of chunksOf(wids, this.config.pageSize)) found.push(...(await this.workers({ ...query, workers }, moment)));
    return found;
  }

  /**
   * Reads every page. An answer with fewer workers than its announced total is refused: the others
   * would look deleted.
   */
  async workers(query: WorkersQuery, moment: Date): Promise<WorkdayWorker[]> {
    const found: WorkdayWorker[] = [];
    const paging = new Paging('Workday');
    for (let page = 1; ; page++) {
      const answer = await this.workersPage(query, moment, page, this.config.pageSize);
      found.push(...answer.workers);
      paging.page(answer.workers.length, page < answer.totalPages);
      if (page < answer.totalPages) continue;
      if (found.length === answer.totalResults) return found;
      throw new Problem('vendor-unavailable', `Workday announced ${answer.totalResults} workers and showed ${found.length}`, {
        code: 'incomplete-answer',
      });
    }
  }

  async workersPage(query: WorkersQuery, moment: Date, page: number, count: number): Promise<GetWorkersAnswer> {
    const { tenant, version } = this.config;
    const answer = await this.#soap.send({
      operation: 'get-workers',
      kind: 'read',
      method: 'POST',
      path: `/ccx/service/${tenant}/Human_Resources/${version}`,
      headers: { 'content-type': 'text/xml;charset=UTF-8', accept: 'text/xml', soapaction: '' },
      body: getWorkersEnvelope({ ...query, version, asOfMoment: moment.toISOString(), page, count }, this.#login),
    });
    return readGetWorkers(answer.text);
  }

  /** A report of the firm's own, as JSON. */
  async report(operation: string, name: string, prompts: Record<string, string>): Promise<unknown> {
    const path = `/ccx/service/customreport2/${this.config.tenant}/${name}`;
    return (await this.#reports.send({ operation, kind: 'read', method: 'GET', path, query: { format: 'json', ...prompts } })).json();
  }

  async close(): Promise<void> {
    await Promise.all([this.#soap.close(), this.#reports.close()]);
  }
}
