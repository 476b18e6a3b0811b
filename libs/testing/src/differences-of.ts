import type { Database } from '#persistence';

interface DeclaredTable {
  name: string;
  declared(): { name: string; type: string; nullable: boolean; key: boolean }[];
}

/**
 * The differences between a table in the database and its declaration, a sentence each; empty when
 * they agree.
 */
export async function differencesOf(database: Database, table: DeclaredTable): Promise<string[]> {
  const there = await database.query<ReturnType<DeclaredTable['declared']>>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable, coalesce(a.attnum = any(i.indkey), false) as key
     from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
     where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
    [table.name],
  );
  const said = ({ type, nullable, key }: (typeof there)[number]): string => `${type}${nullable ? '' : ' not null'}${key ? ', of its key' : ''}`;
  const [inDatabase, declared] = [there, table.declared()].map(columns => new Map(columns.map(column => [column.name, said(column)])));
  return [...new Set([...inDatabase.keys(), ...declared.keys()])]
    .filter(name => inDatabase.get(name) !== declared.get(name))
    .map(name => `${table.name}.${name} is ${inDatabase.get(name) ?? 'not there'}, and declared ${declared.get(name) ?? 'not at all'}`);
}
