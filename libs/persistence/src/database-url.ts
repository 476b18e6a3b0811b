import { readFileSync } from 'node:fs';
import { Problem } from '#canonical';

/** Where Postgres is: `DATABASE_URL`, or what the file that `DATABASE_URL_FILE` names holds. Throws a Problem that says what to set. */
export function databaseUrl(env: Record<string, string | undefined> = process.env): string {
  const url = env.DATABASE_URL || (env.DATABASE_URL_FILE ? readFileSync(env.DATABASE_URL_FILE, 'utf8').trim() : undefined);
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
