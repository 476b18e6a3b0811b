import { badParameter } from './errors.js';

export interface Page {
  limit: number;
  offset: number;
}

const MOST = 1000;

/** `limit` up to 1,000; `offset` a multiple of it. */
export function pageOf(query: URLSearchParams): Page {
  const limit = whole(query, 'limit', MOST);
  const offset = whole(query, 'offset', 0);
  if (limit < 1 || limit > MOST) throw badParameter(`Invalid query parameter value. limit must be between 1 and ${MOST}.`, 'limit');
  if (offset % limit !== 0) throw badParameter('Invalid query parameter value. The offset must be divisible by the limit.', 'offset');
  return { limit, offset };
}

function whole(query: URLSearchParams, name: string, otherwise: number): number {
  const value = query.get(name);
  if (value === null) return otherwise;
  if (!/^\d+$/.test(value)) throw badParameter(`Invalid query parameter value. ${name} must be a whole number.`, name);
  return Number(value);
}

/** A page of a list with its links. `total`: the number of all rows. */
export function collection(url: string, query: URLSearchParams, { limit, offset }: Page, items: unknown[], total: number): Record<string, unknown> {
  const at = (where: number) => {
    const there = new URLSearchParams(query);
    there.set('limit', String(limit));
    there.set('offset', String(where));
    return `${url}?${there.toString()}`;
  };
  const last = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit;
  const hasMore = offset + items.length < total;
  const links = [
    ...(offset > 0
      ? [
          { rel: 'previous', href: at(Math.max(0, offset - limit)) },
          { rel: 'first', href: at(0) },
        ]
      : []),
    ...(hasMore
      ? [
          { rel: 'next', href: at(offset + limit) },
          { rel: 'last', href: at(last) },
        ]
      : []),
    { rel: 'self', href: at(offset) },
  ];
  return { links, count: items.length, hasMore, items, offset, totalResults: total };
}
