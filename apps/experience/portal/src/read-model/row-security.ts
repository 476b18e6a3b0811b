/** The role every portal query runs as: it owns nothing, may only select from `portal`, and is under row security. */
export const READER_ROLE = 'throughline_portal_reader';

/**
 * Tables whose rows carry the legal entities they concern. A row is seen by viewers of one of them; a row of none, by viewers with
 * the right to what is unassigned. The same rule as `maySee` of #auth, in the database.
 */
export const TABLES_WITH_ENTITIES = [
  'subject',
  'deal',
  'customer',
  'project',
  'worker',
  'staffing_request',
  'journey_step',
  'exception',
  'exception_group',
  'exception_group_money',
] as const;

/** Tables whose rows are seen with the row they belong to: table -> that row, seen under its own policy. */
export const TABLES_OF_ANOTHER: Record<string, string> = {
  alias: 'portal.subject s where s.id = alias.subject',
  journey_line: 'portal.journey_step s where s.id = journey_line.step_id',
  exception_line: 'portal.exception x where x.id = exception_line.exception_id',
  exception_need: 'portal.exception x where x.id = exception_need.exception_id',
  exception_money: 'portal.exception x where x.id = exception_money.exception_id',
  // Who could take a role says who is on leave: seen only of requests and of workers that the viewer may see.
  candidate: `portal.staffing_request r where r.id = candidate.request_id
    and exists (select 1 from portal.worker w where w.id = candidate.worker_id)`,
  // Pay: besides the worker, the field right.
  worker_cost_rate: `portal.worker w where w.id = worker_cost_rate.worker_id and 'worker.cost-rate' = any((select portal.viewer_field_rights())::text[])`,
};

// A setting nobody made reads as null or '', which lets nobody see anything. In sub-selects, so that each is evaluated once a statement.
const FUNCTIONS = `
  create function portal.viewer_entities() returns text[] language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('portal.entities', true), ''), '{}')::text[] $$;
  create function portal.viewer_sees_all() returns boolean language sql stable parallel safe as
    $$ select coalesce(current_setting('portal.all_entities', true) = 'on', false) $$;
  create function portal.viewer_sees_unassigned() returns boolean language sql stable parallel safe as
    $$ select coalesce(current_setting('portal.unassigned', true) = 'on', false) $$;
  create function portal.viewer_field_rights() returns text[] language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('portal.field_rights', true), ''), '{}')::text[] $$;
`;

const MAY_SEE = `
  case when cardinality(legal_entities) = 0 then (select portal.viewer_sees_unassigned())
       else (select portal.viewer_sees_all()) or legal_entities && (select portal.viewer_entities()) end`;

// Roles belong to the cluster, not to the database: another database of it may be making the same one right now.
const ROLE = `
  do $$ begin
    if not exists (select 1 from pg_roles where rolname = '${READER_ROLE}') then create role ${READER_ROLE} nologin; end if;
  exception when duplicate_object or unique_violation then null;
  end $$;
  do $$ begin
    if not pg_has_role(current_user, '${READER_ROLE}', 'set') then execute format('grant ${READER_ROLE} to %I', current_user); end if;
  end $$;`;

// How far everything was read is told with every answer, from the same moment: marks only, nothing of what was read.
const WATERMARKS = `
  alter table portal.progress enable row level security;
  create policy everybody on portal.progress for select to ${READER_ROLE} using (true);
  grant select on portal.progress to ${READER_ROLE};
  grant usage on schema capture, events to ${READER_ROLE};
  grant select (system, name, paused, failures, loaded, last_error, polled_at, read_to, every_ms) on capture.feed to ${READER_ROLE};
  grant select (name, last_xid, last_pos, read_at) on events.subscription to ${READER_ROLE};
  grant select (xid, pos, recorded_at) on events.event to ${READER_ROLE};`;

const secured = (table: string, condition: string): string => `
  alter table portal.${table} enable row level security;
  create policy viewer on portal.${table} for select to ${READER_ROLE} using (${condition});
  grant select on portal.${table} to ${READER_ROLE};`;

/** Further tables, of a later migration: those with entities of their own, and those seen with a row of another. */
export const rowSecurityOf = (withEntities: readonly string[], ofAnother: Record<string, string>): string =>
  [
    ...withEntities.map(table => secured(table, MAY_SEE)),
    ...Object.entries(ofAnother).map(([table, row]) => secured(table, `exists (select 1 from ${row})`)),
  ].join('\n');

/** What the first migration runs once its tables are there. */
export const rowSecurity = (): string =>
  [ROLE, FUNCTIONS, `grant usage on schema portal to ${READER_ROLE};`, rowSecurityOf(TABLES_WITH_ENTITIES, TABLES_OF_ANOTHER), WATERMARKS].join('\n');
