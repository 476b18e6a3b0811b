import type { AddressInfo } from 'node:net';
import { createServer, type RequestListener } from 'node:http';
import { createApp, routeByPrefix, type AppDefinition } from '#service';
import { portalApp } from '../../../apps/experience/portal/src/portal.app.js';
import { governanceApp } from '../../../apps/governance/src/governance.app.js';

/** What the process is told: its environment. It answers where it listens. */
export type ToReplica = Record<string, string>;
export type FromReplica = { url: string };

/** One replica of two apps: one that answers REST and one that answers GraphQL. */
async function serve(environment: ToReplica): Promise<string> {
  Object.assign(process.env, environment);
  const mounted: { prefix: string; handle: RequestListener }[] = [];
  for (const def of [governanceApp, portalApp] as AppDefinition[]) {
    const fastify = (await createApp(def, { env: process.env })).getHttpAdapter().getInstance();
    mounted.push({ prefix: def.prefix, handle: fastify.routing.bind(fastify) });
  }
  const server = createServer(routeByPrefix(mounted));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// Ends with the bench, whenever and however that ends.
process.once('disconnect', () => process.exit(0));
process.once('message', (environment: ToReplica) => {
  void serve(environment).then(
    url => void process.send!({ url } satisfies FromReplica),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
