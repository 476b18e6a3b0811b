import { APPS, AT_MOST, type Roles } from './roles.js';
import type { Rows } from './rows.js';

// An unset setting reads as null or '', which shows nobody anything. In sub-selects, so that each
// is evaluated once a statement.
const ENTITIES = `(select coalesce(nullif(current_setting('throughline.entities', true), ''), '{}')::text[])`;
const ALL = `(select coalesce(current_setting('throughline.entities', true) = '{*}', false))`;
const UNASSIGNED = `(select coalesce(current_setting('throughline.unassigned', true) = 'on', false))`;
const CUSTOMERS = `(select coalesce(nullif(current_setting('throughline.customers', true), ''), '{}')::text[])`;
const AGENCY = `(select nullif(current_setting('throughline.agency', true), ''))`;
const fieldRight = (right: string): string =>
  `(select coalesce(nullif(current_setting('throughline.field_rights', true), ''), '{}')::text[] && '{*,${right}}'::text[])`;

/**
 * `maySee` of #auth as SQL: a row without a legal entity is visible only with the right to
 * unassigned rows.
 */
const maySee = (entities: string): string =>
  `case when cardinality(${entities}) = 0 then ${UNASSIGNED} else ${ALL} or ${entities} && ${ENTITIES} end`;
const maySeeOne = (entity: string): string =>
  `case when coalesce(${entity}, '') = '' then ${UNASSIGNED} else ${ALL} or (${entity}) = any(${ENTITIES}::text[]) end`;

function conditionOf(rows: Rows): string | undefined {
  if ('customer' in rows) return `${rows.customer} = any(${CUSTOMERS}::text[]) and ${maySee(rows.entities)}`;
  if ('agency' in rows) return `${rows.agency} = ${AGENCY} and ${maySee(rows.entities)}`;
  if ('entities' in rows) return maySee(rows.entities);
  if ('entity' in rows) return maySeeOne(rows.entity);
  if ('of' in rows) return `exists (select 1 from ${rows.of})${rows.right ? ` and ${fieldRight(rows.right)}` : ''}`;
  if ('rule' in rows)
    return rows.rule.replace(/\{(entity|entities):([\w.]+)\}/g, (_, kind: string, column: string) =>
      kind === 'entity' ? maySeeOne(column) : maySee(column),
    );
  return undefined;
}

const EVERYTHING = `(select ${ALL} and ${UNASSIGNED})`;

/**
 * The policies of one table. There are three kinds of role: an app for a principal, under the rule;
 * an app for itself, whose policy is simply true, so that the planner drops it and uses indexes as
 * without row security; the owner, when a migration says so.
 */
function securityOf(table: string, rows: Rows, roles: Roles): string[] {
  const drop = `do $$ declare p name; begin
    for p in select policyname from pg_policies where schemaname || '.' || tablename = '${table}' loop execute format('drop policy %I on ${table}', p); end loop;
  end $$;`;
  if ('everybody' in rows) return [drop, `alter table ${table} disable row level security, no force row level security;`];
  if ('app' in rows) return [drop, ...securedTable(table, roles), ...perApp(table, rows, roles)];
  const condition = conditionOf(rows);
  const full = 'right' in rows && rows.right ? fieldRight(rows.right) : 'true';
  return [
    drop,
    ...securedTable(table, roles),
    `create policy everything on ${table} to ${roles.fulls.join(', ')} using (${full});`,
    ...(condition ? [`create policy viewer on ${table} to ${roles.viewers.join(', ')} using (${condition});`] : []),
  ];
}

const securedTable = (table: string, roles: Roles): string[] => [
  `alter table ${table} enable row level security, force row level security;`,
  `create policy owner on ${table} to ${roles.owner} using (${EVERYTHING});`,
];

/**
 * Both roles of an app have the app's own rows. A role that is not in the list of apps has the rows
 * of no app.
 */
function perApp(table: string, { app, shared, past }: Extract<Rows, { app: string }>, roles: Roles): string[] {
  const ownOf = (name: string): string => (name in APPS ? `${app} = '${name}'` : `${app} <> all('{${Object.keys(APPS).join(',')}}')`);
  const everyone = [...roles.viewers, ...roles.fulls].join(', ');
  return [
    ...Object.keys(roles.apps).map(
      name => `create policy "of ${name}" on ${table} to ${roles.app(name)}, ${roles.full(name)} using (${ownOf(name)} and not (${shared}));`,
    ),
    `create policy shared on ${table} for select to ${everyone} using (${shared});`,
    `create policy past on ${table} for delete to ${everyone} using (${shared} and ${past});`,
  ];
}

const VERBS = { rows: 'select, insert, update, delete', read: 'select' };

/** Table by table: a schema-wide grant would give what the list withholds. */
function grantsOf(role: string, grants: Record<string, 'rows' | 'read'>, tables: string[]): string[] {
  return Object.entries(grants).flatMap(([where, grant]) => {
    const [schema, table] = where.split('.');
    const there = tables.filter(name => (table ? name === where : name.startsWith(`${schema}.`)));
    if (there.length === 0) return [];
    const kept = there.filter(name => grant === 'rows' && name in AT_MOST);
    const rest = there.filter(name => !kept.includes(name));
    return [
      `grant usage on schema ${schema} to ${role};`,
      ...(rest.length > 0 ? [`grant ${VERBS[grant]} on ${rest.join(', ')} to ${role};`] : []),
      ...kept.map(name => `grant ${AT_MOST[name]} on ${name} to ${role};`),
      ...(grant === 'rows' && !table ? [`grant usage on all sequences in schema ${schema} to ${role};`] : []),
    ];
  });
}

/**
 * What the owner runs after the migrations: policies and grants, made from the lists, for the
 * existing tables. Earlier grants and policies are revoked first, so that the lists are the whole
 * truth.
 */
export function accessSql(roles: Roles, lists: Record<string, Rows>, tables: string[], stated: string[]): string {
  const schemas = [...new Set(tables.map(table => table.split('.')[0]))];
  const everyone = [...roles.viewers, ...roles.fulls].join(', ');
  const known = Object.entries(lists).filter(([table]) => tables.includes(table));
  const takenBack =
    schemas.length === 0
      ? []
      : [
          `revoke all on all tables in schema ${schemas.join(', ')} from public, ${everyone};`,
          `revoke all on all sequences in schema ${schemas.join(', ')} from public, ${everyone};`,
          `revoke all on schema ${schemas.join(', ')} from public, ${everyone};`,
        ];
  return [
    ...takenBack,
    `grant select on ${stated.join(', ')} to ${everyone};`,
    ...Object.entries(roles.apps).flatMap(([name, { full, viewer = full }]) => [
      ...grantsOf(roles.full(name), full, tables),
      ...grantsOf(
        roles.app(name),
        viewer,
        tables.filter(table => !(table in lists && 'hidden' in lists[table])),
      ),
    ]),
    ...known.flatMap(([table, rows]) => securityOf(table, rows, roles)),
  ].join('\n');
}
