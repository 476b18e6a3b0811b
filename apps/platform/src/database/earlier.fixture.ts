import type { Client } from 'pg';

/**
 * What the first releases made besides tables: one role with a fixed name for the portal's queries,
 * and their own policies.
 */
const READER = 'throughline_portal_reader';

const FUNCTIONS = `
  create function portal.viewer_entities() returns text[] language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('portal.entities', true), ''), '{}')::text[] $$;
  create function portal.viewer_sees_all() returns boolean language sql stable parallel safe as
    $$ select coalesce(current_setting('portal.all_entities', true) = 'on', false) $$;
  create function portal.viewer_sees_unassigned() returns boolean language sql stable parallel safe as
    $$ select coalesce(current_setting('portal.unassigned', true) = 'on', false) $$;
  create function portal.viewer_field_rights() returns text[] language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('portal.field_rights', true), ''), '{}')::text[] $$;`;

const MAY_SEE = `case when cardinality(legal_entities) = 0 then (select portal.viewer_sees_unassigned())
  else (select portal.viewer_sees_all()) or legal_entities && (select portal.viewer_entities()) end`;

/**
 * Turns a database with today's migrations, except the portal's last, into the state in which those
 * releases left it.
 */
export async function asEarlier(admin: Client): Promise<void> {
  await admin.query(`
    do $$ begin create role ${READER} nologin; exception when duplicate_object then null; end $$;
    grant ${READER} to current_user;
    ${FUNCTIONS}
    grant usage on schema portal, capture, events to ${READER};
    ${['subject', 'deal', 'billing_line']
      .map(
        table => `alter table portal.${table} enable row level security;
          create policy viewer on portal.${table} for select to ${READER} using (${MAY_SEE}); grant select on portal.${table} to ${READER};`,
      )
      .join('\n')}
    alter table portal.alias enable row level security;
    create policy viewer on portal.alias for select to ${READER} using (exists (select 1 from portal.subject s where s.id = alias.subject));
    grant select (system, name, paused) on capture.feed to ${READER};
    grant select (xid, pos, recorded_at) on events.event to ${READER};`);
}
