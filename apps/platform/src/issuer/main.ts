import { sampleClients, samplePeople, serviceClients } from './sample-identities.js';
import { keptIssuerKeys } from './issuer-keys.js';
import { startIssuer } from './issuer.js';

/** Sent to the supervisor once the issuer answers. */
export interface IssuerReady {
  ready: { url: string; secrets: Record<string, string> };
}

// The OpenID provider in its own process: strangers call it, so a failure there must end nothing
// else.
const { ISSUER_KEYS = '.data/issuer.json', ISSUER_PORT = '8081', CONSOLE_URL } = process.env;

const keys = await keptIssuerKeys(ISSUER_KEYS);
const issuer = await startIssuer({ keys, port: Number(ISSUER_PORT), consoleUrl: CONSOLE_URL });

async function stop(): Promise<void> {
  await issuer.close();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
// Ctrl-C reaches every process of the terminal; the supervisor decides when to stop this one.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => void stop());

const clientIds = [...sampleClients, ...serviceClients, ...samplePeople].map(({ clientId }) => clientId);
process.send?.({ ready: { url: issuer.url, secrets: Object.fromEntries(clientIds.map(id => [id, issuer.secretOf(id)])) } } satisfies IssuerReady);
