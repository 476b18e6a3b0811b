import { readFileSync } from 'node:fs';
import { Problem } from '#canonical';
import { databaseSetting } from './access/roles.js';

/**
 * The address of Postgres: `DATABASE_URL`, or the content of the file that `DATABASE_URL_FILE`
 * names. The same two settings with an app's prefix take precedence for that app: apps of one
 * process each have a role of their own. Throws a Problem that says what to set.
 */
export function databaseUrl(env: Record<string, string | undefined> = process.env, app?: string): string {
  const given = (name: string): string | undefined =>
    env[name] || (env[`${name}_FILE`] ? readFileSync(env[`${name}_FILE`]!, 'utf8').trim() : undefined);
  const url = (app ? given(databaseSetting(app)) : undefined) ?? given('DATABASE_URL');
  if (!url)
    throw new Problem('internal', 'DATABASE_URL is not set: give it a Postgres URL, e.g. postgres://user:password@127.0.0.1:5432/throughline', {
      code: 'setting-missing',
    });
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new Problem('internal', 'DATABASE_URL is not a Postgres URL like postgres://user:password@127.0.0.1:5432/throughline', {
      code: 'setting-invalid',
    });
  return url;
}
