import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from '../endpoints.js';
import type { ThroughlineApi } from './throughline-api.js';

interface Feed {
  feed: string;
  polledAt: string | null;
  state: string;
}

const LIMIT_MS = 60_000;

/**
 * Waits until every system app has read its back end once: later changes are then published as
 * changes, not as initial state.
 */
export async function eachFeedRead(api: ThroughlineApi, endpoints: Endpoints): Promise<void> {
  const systems = endpoints.apis.filter(({ layer }) => layer === 'system');
  await Promise.all(systems.map(({ name, baseUrl }) => feedsRead(api, name, new URL(baseUrl).pathname)));
}

async function feedsRead(api: ThroughlineApi, name: string, base: string): Promise<void> {
  const giveUpAt = Date.now() + LIMIT_MS;
  for (;;) {
    const feeds = await api.get<Feed[] | { items: Feed[] }>(`${base}/feeds`);
    const list = Array.isArray(feeds) ? feeds : feeds.items;
    const unread = list.filter(feed => feed.polledAt === null || feed.polledAt === undefined);
    if (list.length > 0 && unread.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`${name} has not read ${unread.map(feed => feed.feed).join(', ')} within ${LIMIT_MS / 1000} s`);
    await sleep(50);
  }
}
