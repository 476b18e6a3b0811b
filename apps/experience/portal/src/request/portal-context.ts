import type { FastifyReply, FastifyRequest } from 'fastify';
import DataLoader from 'dataloader';
import type { Principal } from '#auth';
import { type Freshness, type ListContext, Lists, type ListSource, type Reader, readFreshness } from '#read-model';
import { portalReadModel } from '../read-model/read-model.subscriber.js';

/**
 * The context of one GraphQL request: the viewer, the language, and the one consistent, row-secured
 * view that it reads.
 */
export class PortalContext implements ListContext {
  readonly beganAt = Date.now();
  lists: Lists;
  // Not #private: Apollo passes resolvers a copy of this object, which would lack private fields.
  private readonly loaders = new Map<string, DataLoader<string, unknown>>();
  private fresh: Promise<Freshness[]> | undefined;

  constructor(
    readonly req: FastifyRequest,
    readonly reply: FastifyReply,
    readonly viewer: Principal,
    readonly language: string,
    readonly reader: Reader,
    /**
     * Charges the caller for this many calls. Throws `rate-limited` when the budget is too small.
     */
    readonly charge: (calls: number) => Promise<void>,
  ) {
    this.lists = new Lists(reader);
  }

  /** How far each source has been read; queried once per request. */
  freshness(): Promise<Freshness[]> {
    this.fresh ??= readFreshness(portalReadModel, this.reader, this.viewer);
    return this.fresh;
  }

  /**
   * A named loader of this request: `read` gets the keys of one tick and answers per key, in order.
   */
  loader<T>(name: string, read: (keys: readonly string[]) => Promise<T[]>): DataLoader<string, T> {
    let loader = this.loaders.get(name) as DataLoader<string, T> | undefined;
    if (!loader) this.loaders.set(name, (loader = new DataLoader<string, T>(read)));
    return loader;
  }

  /** One row of a list's source by id; null when there is none for this viewer. */
  row<R extends object>(source: Pick<ListSource<object>, 'name' | 'from' | 'columns' | 'id'>, id: string): Promise<R | null> {
    return this.loader<R | null>(`row ${source.name}`, async ids => {
      const rows = await this.reader.query<R & { row_id: string }>(
        `select ${source.columns}, ${source.id} row_id from ${source.from} where ${source.id} = any($1::text[])`,
        [ids],
      );
      const byId = new Map(rows.map(row => [row.row_id, row]));
      return ids.map(key => byId.get(key) ?? null);
    }).load(id);
  }

  /** Call after a change: later reads see the new state. */
  async refresh(): Promise<void> {
    await this.reader.close();
    this.loaders.clear();
    this.fresh = undefined;
    this.lists = new Lists(this.reader);
  }
}

/**
 * The first language of an Accept-Language header, as its primary tag: `de-AT,de;q=0.9` is `de`.
 */
export function languageOf(header: string | undefined): string {
  const preferred = (header ?? '')
    .split(',')
    .map((part, position) => {
      const [tag, ...parameters] = part.trim().split(';');
      const weight = parameters.map(parameter => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(value => value !== undefined);
      return { tag: tag.toLowerCase(), weight: Number(weight ?? 1), position };
    })
    .filter(({ tag, weight }) => /^[a-z]{2,3}(-|$)/.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight || a.position - b.position)[0];
  return preferred?.tag.split('-')[0] ?? 'en';
}
