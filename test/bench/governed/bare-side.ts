import fastify from 'fastify';
import type { Pool } from 'pg';
import { dataSourceFor, databaseUrl, withView } from '#persistence';
import { ENTITIES, type ParcelRow, READ_PARCEL, viewOf } from './parcel-app.js';
import { runSide, type Served, type ToSide } from './side.js';
import { Stopwatch } from './stopwatch.js';

/** What the caller of the governed side may see. */
const VIEW = { legalEntities: [ENTITIES[0]], seesUnassigned: false, fieldRights: [] };

/**
 * The same read with nothing around it: Fastify, and the pool of node-postgres connections that
 * TypeORM would use, as many and under the same role; the view is set as it is in the product.
 */
async function serve({ environment, timed }: ToSide): Promise<Served> {
  const database = await dataSourceFor({ name: 'bare', migrations: [] }, databaseUrl(environment, 'parcels')).initialize();
  const pool = (database.driver as unknown as { master: Pool }).master;
  const watch = timed ? new Stopwatch() : undefined;
  const inStage = <T>(stage: string, work: () => T): T => (watch ? watch.time(stage, work) : work());

  const read = async (id: string): Promise<ParcelRow | undefined> => {
    const connection = await pool.connect();
    try {
      return (await withView(VIEW, () => connection.query<ParcelRow>(READ_PARCEL, [id]))).rows[0];
    } finally {
      connection.release();
    }
  };

  const app = fastify();
  app.get<{ Params: { id: string } }>('/system/parcels/v1/parcels/:id', async ({ params: { id } }, reply) => {
    const row = await inStage('statement', () => read(id));
    watch?.on('answer');
    return row ? viewOf(row) : reply.code(404).send();
  });
  if (watch)
    app.server.prependListener('request', (_, response) => {
      watch.begin('arrival');
      response.once('close', () => queueMicrotask(() => watch.end()));
    });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), watch };
}

runSide(serve);
