import { randomUUID } from 'node:crypto';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import { projectIdOf, type Deal } from '#canonical';
import { EventLog } from '#events';
import type { Database } from '#persistence';
import { aDeal, eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer, type TokenRequest } from '#testing';
import { Around } from './around.fixture.js';
import { projectInitiationApp } from './project-initiation.app.js';

type Body = Record<string, any>;

export interface ExceptionSeen {
  id: string;
  state: string;
  desk: string;
  reasons: { code: string; text: string }[];
  needs: { need: string; met: boolean }[];
}

export interface TestInitiation {
  app: TestApp;
  around: Around;
  issuer: TestIssuer;
  dataSource: Database;
  publish<T extends EventType>(type: T, key: string, data: EventData[T], id?: string): Promise<void>;
  /** Wins the deal in the CRM and publishes it. */
  win(deal: Deal): Promise<void>;
  /** Changes it in the CRM and publishes that. */
  change(deal: Deal, over: Partial<Deal>): Promise<Deal>;
  rest<T = Body>(
    method: string,
    path: string,
    o?: { as?: TokenRequest; body?: unknown; headers?: Record<string, string> },
  ): Promise<{ status: number; body: T }>;
  act(id: string, body: object, as?: TokenRequest): Promise<{ status: number; body: any }>;
  /**
   * Decisions on one exception at the same moment: none proceeds before all wait for the exception.
   */
  atOnce<T>(exceptionId: string, decisions: (() => Promise<T>)[], meanwhile?: () => void): Promise<T[]>;
  /** Waits for the deal's exception in that state. */
  exception(dealId: string, state?: string, code?: string): Promise<ExceptionSeen>;
  /** Waits until as many of the deal's turns ended well, and nothing is under way. */
  done(dealId: string, turns: number): Promise<true>;
  /** The process is killed in the middle of its work, and another starts. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The app alone over a real database, with everything around it played. */
export async function testInitiation(env: Record<string, string> = {}): Promise<TestInitiation> {
  const [database, issuer]: [TestDatabase, TestIssuer] = await Promise.all([testDatabase(), testIssuer()]);
  const around = new Around();
  const GATEWAY_URL = await around.listen();
  const begin = () => testApp(projectInitiationApp, { env: { GATEWAY_URL, LOG_LEVEL: 'error', FLOW_PATIENCE_MS: '2000', ...env } });
  let app = await begin();
  const { dataSource } = database;
  await dataSource.query(
    `insert into mappings.mapping(kind, source, target, changed_by)
     select kind, source, target, 'spec' from jsonb_to_recordset($1::jsonb) as m(kind text, source text, target text)`,
    [JSON.stringify(MAPPINGS.map(([kind, source, target]) => ({ kind, source, target })))],
  );
  let modified = Date.parse('2026-11-02T10:00:00Z');
  const publish: TestInitiation['publish'] = async (type, key, data, id = randomUUID()) => {
    const event: CanonicalEvent = {
      id,
      source: '/spec',
      type,
      key,
      time: new Date().toISOString(),
      data,
      legalEntities: ['LF-UK'],
      correlationId: randomUUID(),
    };
    await dataSource.transaction(em => new EventLog().append(em, [event]));
  };
  const rest: TestInitiation['rest'] = async (method, path, { as = { client: 'operations' }, body, headers = {} } = {}) => {
    const answer = await fetch(`${app.url}/v1${path}`, {
      method,
      headers: { ...headers, ...(await issuer.bearer(as)), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as never };
  };
  return {
    app,
    around,
    issuer,
    dataSource,
    publish,
    win: async deal => {
      around.deals.set(deal.id, deal);
      await publish('deal.won.v1', deal.id, { state: deal, changed: ['stage'] });
    },
    change: async (deal, over) => {
      const changed = { ...deal, ...over, modifiedAt: new Date((modified += 1_000)).toISOString() };
      around.deals.set(deal.id, changed);
      await publish('deal.changed.v1', deal.id, { state: changed, changed: Object.keys(over) });
      return changed;
    },
    rest,
    act: (id, body, as) => rest('POST', `/exceptions/${id}/actions`, { as, body }),
    atOnce: (exceptionId, decisions, meanwhile) =>
      dataSource
        .transaction(async em => {
          await em.query('select 1 from exceptions.exception where id = $1 for update', [exceptionId]);
          const under = decisions.map(decision => decision());
          await eventually(async () => {
            const [{ waiting }] = await dataSource.query<[{ waiting: number }]>(
              `select count(*)::int waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            );
            return waiting === decisions.length;
          }, PATIENTLY);
          meanwhile?.();
          return under;
        })
        .then(under => Promise.all(under)),
    exception: (dealId, state = 'open', code) =>
      eventually(async () => {
        const { body } = await rest<{ items: (ExceptionSeen & { keys: { deal: string } })[] }>('GET', `/exceptions?limit=100`);
        const mine = body.items.filter(({ keys }) => keys.deal === dealId);
        const seen = mine.find(one => one.state === state && (code === undefined || one.reasons.some(reason => reason.code === code)));
        if (!seen) throw new Error(`no exception of ${dealId} is ${state}${code ? ` for ${code}` : ''}: ${JSON.stringify(mine)}`);
        return seen;
      }, PATIENTLY),
    done: (dealId, turns) =>
      eventually(async () => {
        const rows = await dataSource.query<{ state: string }[]>('select state from flow.turn where key = $1 order by seq', [dealId]);
        const states = rows.map(({ state }) => state);
        if (states.filter(state => state === 'done').length !== turns || states.includes('queued')) {
          const { body } = await rest<{ items: ExceptionSeen[] }>('GET', '/exceptions?limit=100');
          throw new Error(`turns of ${dealId} are ${states.join(', ')}: ${JSON.stringify(body.items.map(({ reasons, state }) => [state, reasons]))}`);
        }
        return true;
      }, PATIENTLY),
    restart: async () => {
      await app.close();
      app = await begin();
    },
    close: async () => {
      await app.close();
      await around.close();
      await issuer.close();
      await database.close();
    },
  };
}

/** On a machine that has other work too. */
const PATIENTLY = { withinMs: 25_000 };

const MAPPINGS = [
  ['legal-entity', 'Larkfield Ltd', 'LF-UK'],
  ['legal-entity', 'Larkfield GmbH', 'LF-DE'],
  ['cost-centre', 'Cloud and Data', 'CC-210'],
  ['tax-code', 'LF-UK:GB', 'GB-S20'],
  ['tax-code', 'LF-DE:GB', 'DE-Z0'],
  ['role', 'SVC-ARCHITECT', 'ARCHITECT'],
  ['role', 'SVC-CONSULTANT', 'CONSULTANT'],
  ['billing-method', 'Fixed price', 'fixed-price'],
  ['billing-method', 'T&M', 'time-and-materials'],
];

/** A deal of its own, with a customer of its own unless one is given. */
export function soldDeal(name: string, over: Partial<Deal> = {}): Deal {
  const id = `dea_${name}`;
  const deal = aDeal({ id, name, ...over });
  return over.customer ? deal : { ...deal, customer: { ...deal.customer, id: `cus_${name}`, name: `${name} Ltd` } };
}

/** The codes of an exception's reasons, in the order of the alphabet. */
export const codes = ({ reasons }: Pick<ExceptionSeen, 'reasons'>): string[] => reasons.map(({ code }) => code).sort();

/** A decision about an exception, with its reason. */
export const because = (action: string, reason = 'agreed with both desks') => ({ action, reason });

/** A deal of its own that was won, with its project running. */
export async function running(initiation: TestInitiation, name: string): Promise<Deal> {
  const deal = soldDeal(name);
  await initiation.win(deal);
  await initiation.done(deal.id, 1);
  return deal;
}

export const erpProject = (deal: Deal): string => `erp/projects/${projectIdOf(deal.id)}`;
export const psaProject = (deal: Deal): string => `psa/projects/${projectIdOf(deal.id)}`;
export const erpCustomer = ({ customer }: Deal): string => `erp/customers/${customer.id}`;
