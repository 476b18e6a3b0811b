import type { QueryRunner } from '#persistence';

/** What apps lean on in a schema: things by name, each with what is said of it. */
export interface SchemaShape {
  tables: string[];
  /** By `schema.table.column`. */
  columns: Map<string, Column>;
  /** What rows are held to beyond their columns, by name; and what `on conflict` names. */
  constraints: Map<string, Constraint>;
  functions: string[];
}

interface Column {
  name: string;
  type: string;
  required: boolean;
  /** An insert that leaves it out gives it a value. */
  filled: boolean;
  generated: boolean;
}

interface Constraint {
  name: string;
  /** `schema.table.column` of each; none for an expression. */
  columns: string[];
  unique: boolean;
  definition: string;
}

const OURS = `n.nspname !~ '^(pg_|information_schema$|dbos$|public$)'`;

/** The schema as the catalogue of Postgres has it: whatever way a migration went to make it so. */
export async function schemaShape(runner: QueryRunner): Promise<SchemaShape> {
  const ask = async <T>(sql: string): Promise<T[]> => (await runner.query(sql)) as T[];
  const tables = await ask<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm') and ${OURS}`,
  );
  const columns = await ask<Column>(`
    select n.nspname || '.' || c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
      a.atthasdef or a.attidentity <> '' as filled, a.attgenerated <> '' as generated
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and ${OURS}`);
  const named = (numbers: string) => `array(select n.nspname || '.' || c.relname || '.' || a.attname from pg_attribute a
    where a.attrelid = c.oid and a.attnum = any(${numbers}) order by a.attname)`;
  const constraints = await ask<Constraint>(`
    select n.nspname || '.' || c.relname || ' ' || k.conname as name, ${named('k.conkey')} as columns, false as unique, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where k.contype in ('c', 'f', 'x') and ${OURS}
    union all
    select n.nspname || '.' || c.relname || ' ' || i.indexrelid::regclass, ${named('i.indkey')}, true, regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING', 'unique')
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where i.indisunique and ${OURS}`);
  const functions = await ask<{ name: string }>(
    `select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS}`,
  );
  return {
    tables: tables.map(({ name }) => name),
    columns: new Map(columns.map(column => [column.name, column])),
    constraints: new Map(constraints.map(constraint => [constraint.name, constraint])),
    functions: functions.map(({ name }) => name),
  };
}

/**
 * What apps of before can't use any more as they did: what went (a renamed thing goes), what means something else, and what rows are held
 * to that they weren't. Nothing of a migration that only expands. A thing that is new itself may be as strict as it likes.
 */
export function takenAway(before: SchemaShape, after: SchemaShape): string[] {
  const tables = new Set(before.tables);
  const tableOf = (column: string) => column.split('.').slice(0, 2).join('.');
  const ofOldTable = ({ name }: { name: string }) => tables.has(tableOf(name.split(' ')[0]));
  return [
    ...before.tables.filter(table => !after.tables.includes(table)).map(table => `table ${table} goes`),
    ...before.functions.filter(name => !after.functions.includes(name)).map(name => `function ${name} goes`),
    ...[...before.columns.values()]
      .filter(({ name }) => after.tables.includes(tableOf(name)))
      .flatMap(column => narrowed(column, after.columns.get(column.name))),
    ...[...after.columns.values()]
      .filter(column => !before.columns.has(column.name) && ofOldTable(column) && column.required && !column.filled)
      .map(({ name }) => `column ${name} is required and new: inserts leave it out`),
    ...[...before.constraints.values()]
      .filter(({ name, unique }) => unique && !after.constraints.has(name) && after.tables.includes(tableOf(name.split(' ')[0])))
      .map(({ name }) => `unique ${name} goes: "on conflict" may name its columns`),
    ...[...after.constraints.values()]
      .filter(({ name, definition }) => before.constraints.get(name)?.definition !== definition)
      .filter(
        ({ columns, ...constraint }) => ofOldTable(constraint) && !columns.some(column => after.columns.has(column) && !before.columns.has(column)),
      )
      .map(({ name, definition }) => `rows are held to ${name}: ${definition}`),
  ];
}

function narrowed(column: Column, now: Column | undefined): string[] {
  const { name } = column;
  if (!now) return [`column ${name} goes`];
  return [
    ...(now.type === column.type ? [] : [`column ${name} is ${now.type} and was ${column.type}`]),
    ...(now.required && !column.required ? [`column ${name} is required`] : []),
    ...(now.generated === column.generated
      ? []
      : [`column ${name} is ${now.generated ? 'generated: nobody may write it' : 'generated no more: it has to be written'}`]),
    ...(now.required && column.filled && !now.filled ? [`column ${name} has no value of its own any more`] : []),
  ];
}
