import { existsSync } from 'node:fs';

/** The browser, where Debian installs it. npm has no package that brings it. */
const CHROMIUM = '/usr/bin/chromium';

/** Why tests in a browser are skipped on this machine; undefined if they run. */
export const withoutChromium = (): string | undefined => (existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}: apt-get install chromium`);

/**
 * How Playwright starts it: without a sandbox, since tests may run as root, and without what it
 * asks of the internet by itself.
 */
export const CHROMIUM_OPTIONS = {
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
