import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SANDBOX_VENDORS } from '../../sandbox/src/vendors.js';
import type { PlatformSettings } from './settings.js';

interface Taken {
  port: number;
  setting: string;
  what: string;
  code: string;
}

/** Ports that can't be listened on: another process does, or this user may not. */
export class PortsTaken extends Error {
  override readonly name = 'PortsTaken';
  constructor(taken: Taken[]) {
    const settings = new Map(taken.map(({ setting, port, code }) => [setting, code === 'EADDRINUSE' ? port + 100 : 8080]));
    const command = [...settings].map(([setting, port]) => `${setting}=${port}`).join(' ');
    super(`${taken.map(saidOf).join('.\n')}: ${command} npm start`);
  }
}

const saidOf = ({ port, setting, what, code }: Taken): string =>
  code === 'EADDRINUSE'
    ? `Port ${port}, for ${what}, is in use. Stop what listens there, or set ${setting} to a free port`
    : `This user may not listen on port ${port}, for ${what} (${code}): set ${setting} to one from 1024 on`;

const SANDBOX_PORTS = ['control', ...Object.values(SANDBOX_VENDORS).map(({ title }) => title)];

/**
 * Checks that every port is free before anything starts, and chooses those that are set to 0. All
 * that are taken are named at once.
 */
export async function claimPorts(settings: PlatformSettings): Promise<PlatformSettings> {
  const taken: Taken[] = [];
  const claim = async (port: number, setting: string, what: string): Promise<number> => {
    const free = await bound(port);
    if (typeof free === 'number') return free;
    if (taken.every(one => one.setting !== setting)) taken.push({ port, setting, what, code: free });
    return port;
  };
  const port = await claim(settings.port, 'PORT', 'the gateway');
  const issuerPort = await claim(settings.issuerPort, 'ISSUER_PORT', 'the OpenID provider');
  if (settings.sandboxPort !== 0) {
    for (const [index, name] of SANDBOX_PORTS.entries()) await claim(settings.sandboxPort + index, 'SANDBOX_PORT', `the ${name} sandbox`);
  }
  if (taken.length > 0) throw new PortsTaken(taken);
  return { ...settings, port, issuerPort };
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
