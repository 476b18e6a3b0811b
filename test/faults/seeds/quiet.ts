import { Client } from 'pg';
import type { Scene } from './stage.js';
import { patiently } from './waiting.js';

/**
 * What is still under way in the platform, and what has not been read yet since `since`; undefined when all has come to rest. This one looks
 * into the product's tables, since rest is a matter of the product; what it came to is judged from outside.
 */
export async function underWay(scene: Scene, since: Date, besides: { status: boolean; deals: boolean }): Promise<string | undefined> {
  await scene.cluster.recovered();
  return patiently(async () => {
    const client = new Client({ connectionString: scene.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const busy: string[] = [];
      for (const [what, text, values] of [...questions(since), ...(besides.status ? [STATUS] : []), ...(besides.deals ? ofDeals(since) : [])]) {
        const { rows } = await client.query<{ what: string }>(text, values);
        if (rows.length > 0) busy.push(`${what}: ${rows.map(row => row.what).join(', ')}`);
      }
      return busy.length > 0 ? busy.join('; ') : undefined;
    } finally {
      await client.end();
    }
  });
}

type Question = [what: string, text: string, values: unknown[]];

/** What the PSA did not take is told again after half a minute, which says nothing about what is in the ERP. */
const STATUS: Question = [
  'status to tell',
  `select count(*)::text as what
   from (select 1 from billing.status_back where wanted > told and last_error is null union all select 1 from billing.status_moved) untold
   having count(*) > 0`,
  [],
];

const ofDeals = (since: Date): Question[] => [
  [
    'deals not read',
    `select wanted.name as what from (values ('crm', 'deals'), ('crm', 'customers')) wanted(system, name)
     left join capture.feed f on f.system = wanted.system and f.name = wanted.name where read_to is null or read_to < $1`,
    [since],
  ],
  [
    'events of deals not read',
    `select s.name as what from events.subscription s where s.name like 'project-initiation%' and exists (
       select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid >= s.last_xid and e.type like 'deal.%')`,
    [],
  ],
  ['deals on their way', `select key as what from flow.turn where state = 'queued'`, []],
];

const questions = (since: Date): Question[] => [
  [
    'feeds not read',
    `select wanted.name as what from (values ('psa', 'time-entries'), ('psa', 'expenses'), ('erp', 'projects'), ('erp', 'invoices')) wanted(system, name)
     left join capture.feed f on f.system = wanted.system and f.name = wanted.name where read_to is null or read_to < $1`,
    [since],
  ],
  [
    'events not read',
    `select s.name as what from events.subscription s where exists (
       select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid >= s.last_xid
         and e.type in ('time-entry.changed.v1', 'expense-entry.changed.v1', 'invoice.changed.v1', 'financial-project.changed.v1')) and s.name like 'time-to-billing%'`,
    [],
  ],
  [
    'lines',
    `select state || ' ' || count(*) as what from billing.line where state in ('received', 'ready', 'sending', 'correcting') group by state`,
    [],
  ],
  ['room to give', `select project_id as what from billing.cap where freed`, []],
  ['postings', `select state || ' ' || count(*) as what from billing.posting where state in ('ready', 'claimed') group by state`, []],
  [
    'batches',
    `select b.operation || ' ' || b.kind || ' of ' || b.lines || ', lease ' || round(extract(epoch from b.lease_until - clock_timestamp()), 1) || ' s, at the ERP '
       || coalesce(case when c.done then 'done' else 'not done, jobs ' || cardinality(c.jobs) || ', sent ' || cardinality(c.sent_at) || ' times' end, 'unknown') as what
     from billing.batch b left join connector.batch c on c.id::text = b.id::text where b.state = 'open'`,
    [],
  ],
];
