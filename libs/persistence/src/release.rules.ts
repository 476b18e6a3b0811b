/** A release of Throughline, as a migration run records it with the schema. */
export interface Release {
  version: string;
  /** The oldest release whose apps run on the schema. */
  servesFrom: string;
}

/** Whether a version is older than another: `0.9.0` than `0.10.0`. */
export function isBelow(version: string, other: string): boolean {
  const numbers = version.split('.').map(Number);
  const others = other.split('.').map(Number);
  const at = numbers.findIndex((number, n) => number !== others[n]);
  return at >= 0 && numbers[at] < others[at];
}

/**
 * Why an app of this version can't run on a schema, and what to do; nothing when it can. A newer
 * schema alone is no reason. A schema without a recorded release is older than such records.
 */
export function refusalOf(version: string, schema: Release | undefined, missing: string[]): string | undefined {
  const stated = schema ? `The database has the schema of release ${schema.version}` : 'The database has the schema of a release before 0.2.0';
  if (schema && isBelow(version, schema.servesFrom))
    return `${stated}, which serves apps from ${schema.servesFrom} on; this is ${version}. Run release ${schema.version}, or restore the database as it was before its migrations.`;
  if (missing.length > 0)
    return `${stated}, which is older than this app, of ${version}, needs (${missing.join(', ')}). Run npm run database -- migrate of release ${version} as its owner, then start again; or run ${schema ? `release ${schema.version}` : 'the release before'}.`;
  return undefined;
}
