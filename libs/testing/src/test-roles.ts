import { APPS, databaseSetting, makeRoles, Roles } from '#persistence/roles';

const PASSWORD = 'of-a-test';

const ALL_ROOMS = Object.fromEntries(Object.values(APPS).flatMap(({ full }) => Object.keys(full).map(schema => [schema, 'rows' as const])));

/**
 * One installation's roles, shared by all databases of a test's server. The apps that specs define
 * have one more.
 */
export const TEST_ROLES = new Roles('t', { ...APPS, fixture: { full: ALL_ROOMS } });

export function makeTestRoles(adminUrl: string): Promise<void> {
  return makeRoles(adminUrl, TEST_ROLES, Object.fromEntries(TEST_ROLES.logins.map(role => [role, PASSWORD])));
}

/**
 * Installs all apps in a database that `makeTestRoles` has prepared; returns the settings with
 * which they reach it.
 */
export async function installedIn(url: string): Promise<Record<string, string>> {
  const { prepareInstallation } = await import('../../../apps/platform/src/database/installation.js');
  await prepareInstallation(urlAs(TEST_ROLES.owner, url), TEST_ROLES);
  return databaseEnvironment(url);
}

export const urlAs = (role: string, url: string): string => Object.assign(new URL(url), { username: role, password: PASSWORD }).href;

/** The settings with which apps reach a database, each as its own role. */
export const databaseEnvironment = (url: string, apps = Object.keys(APPS)): Record<string, string> =>
  Object.fromEntries(apps.map(app => [databaseSetting(app), urlAs(TEST_ROLES.app(app in APPS ? app : 'fixture'), url)]));
