import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SANDBOX_VENDORS } from '../../sandbox/src/vendors.js';
import type { PlatformSettings } from './settings.js';

/** A port that another process listens on. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
  constructor(port: number, setting: string, what: string) {
    super(`Port ${port}, for ${what}, is in use. Stop what listens there, or set ${setting} to a free port: ${setting}=${port + 100} npm start`);
  }
}

/** A port that this user may not listen on. */
export class PortForbidden extends Error {
  override readonly name = 'PortForbidden';
  constructor(port: number, setting: string, what: string, code: string) {
    super(`This user may not listen on port ${port}, for ${what} (${code}): set ${setting} to one from 1024 on: ${setting}=8080 npm start`);
  }
}

const SANDBOX_PORTS = ['control', ...Object.values(SANDBOX_VENDORS).map(({ title }) => title)];

/** Checks that every port is free before anything starts, and chooses those that are set to 0. */
export async function claimPorts(settings: PlatformSettings): Promise<PlatformSettings> {
  const port = await claim(settings.port, 'PORT', 'the gateway');
  const issuerPort = await claim(settings.issuerPort, 'ISSUER_PORT', 'the OpenID provider');
  if (settings.sandboxPort !== 0) {
    for (const [index, name] of SANDBOX_PORTS.entries()) await claim(settings.sandboxPort + index, 'SANDBOX_PORT', `the ${name} sandbox`);
  }
  return { ...settings, port, issuerPort };
}

async function claim(port: number, setting: string, what: string): Promise<number> {
  const free = await bound(port);
  if (typeof free === 'number') return free;
  throw free === 'EADDRINUSE' ? new PortInUse(port, setting, what) : new PortForbidden(port, setting, what, free);
}

/** The port itself if it is free (for 0: any free one), else undefined. */
export async function tryPort(port: number): Promise<number | undefined> {
  const free = await bound(port);
  return typeof free === 'number' ? free : undefined;
}

/** The port, or the code of the error when listening on it failed. */
function bound(port: number): Promise<number | string> {
  return new Promise(done => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => done(free));
    });
  });
}
