import type { FinancialProject, ProjectInPsa } from '#canonical';
import { entitiesOf, withoutEmpty } from '#read-model';
import { defined, type PortalBatch } from './batch.js';

/** Projects as the PSA and the ERP tell them, each its own side; and when one became active. */
export async function projectProjects(batch: PortalBatch): Promise<void> {
  await delivery(batch);
  await finance(batch);
  await activation(batch);
}

async function delivery(batch: PortalBatch): Promise<void> {
  const events = batch.latest('project.changed.v1').map(event => ({ ...event, data: { ...event.data, state: withoutEmpty(event.data.state) } }));
  if (events.length === 0) return;
  await batch.subjects(
    events.map(({ data: { state: project, deleted }, time }) => ({
      id: project.id,
      kind: 'project' as const,
      title: project.title,
      words: defined(project.customerName, project.id),
      gone: deleted === true,
      at: time,
    })),
  );
  await batch.refs(
    'psa',
    events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
  );
  await batch.em.query(
    `insert into portal.project as p (id, title, deal_id, customer_id, status, legal_entity, cost_centre, billing_method, budget, currency, start_date, end_date,
       psa, psa_seq, gone, changed_at)
     select id, title, deal_id, customer_id, status, legal_entity, cost_centre, billing_method, budget, currency, start_date, end_date, data, seq, gone, at
     from jsonb_to_recordset($1::jsonb) as r(id text, title text, deal_id text, customer_id text, status text, legal_entity text, cost_centre text,
       billing_method text, budget numeric, currency text, start_date date, end_date date, data jsonb, seq bigint, gone boolean, at timestamptz)
     on conflict (id) do update set title = excluded.title, status = excluded.status, deal_id = coalesce(excluded.deal_id, p.erp ->> 'dealId'),
       customer_id = coalesce(excluded.customer_id, p.erp ->> 'customerId'), legal_entity = excluded.legal_entity, cost_centre = excluded.cost_centre, billing_method = excluded.billing_method, budget = excluded.budget,
       currency = excluded.currency, start_date = excluded.start_date, end_date = excluded.end_date, psa = excluded.psa, psa_seq = excluded.psa_seq,
       gone = excluded.gone, changed_at = excluded.changed_at
     where excluded.psa_seq >= coalesce(p.psa_seq, 0)`,
    [JSON.stringify(events.map(({ data, pos, time }) => ({ ...deliveryRow(data.state), seq: pos, gone: data.deleted === true, at: time })))],
  );
  await concerns(
    batch,
    'psa',
    events.map(event => ({ id: event.data.state.id, others: othersOf(event.data.state), entities: entitiesOf(event, event.data.state.legalEntity) })),
  );
}

const deliveryRow = (project: ProjectInPsa) => ({
  id: project.id,
  title: project.title,
  deal_id: project.dealId ?? null,
  customer_id: project.customerId ?? null,
  status: project.status,
  legal_entity: project.legalEntity ?? null,
  cost_centre: project.costCentre ?? null,
  billing_method: project.billingMethod ?? null,
  budget: project.budget?.amount ?? null,
  currency: project.budget?.currency ?? project.currency ?? null,
  start_date: project.startDate ?? null,
  end_date: project.endDate ?? null,
  data: project,
});

async function finance(batch: PortalBatch): Promise<void> {
  const events = batch
    .latest('financial-project.changed.v1')
    .map(event => ({ ...event, data: { ...event.data, state: withoutEmpty(event.data.state) } }));
  if (events.length === 0) return;
  await batch.subjects(
    events.map(({ data: { state: project, deleted }, time }) => ({
      id: project.id,
      kind: 'project' as const,
      title: project.title,
      words: defined(project.id),
      gone: deleted === true,
      at: time,
    })),
    { keepTitle: true },
  );
  await batch.refs(
    'erp',
    events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
  );
  // What both tell, delivery's word stands; a project only the ERP has is shown by the ERP's.
  await batch.em.query(
    `insert into portal.project as p (id, title, deal_id, customer_id, status, legal_entity, cost_centre, billing_method, start_date, end_date, erp, erp_seq, gone, changed_at)
     select id, title, deal_id, customer_id, status, legal_entity, cost_centre, billing_method, start_date, end_date, data, seq, gone, at
     from jsonb_to_recordset($1::jsonb) as r(id text, title text, deal_id text, customer_id text, status text, legal_entity text, cost_centre text,
       billing_method text, start_date date, end_date date, data jsonb, seq bigint, gone boolean, at timestamptz)
     on conflict (id) do update set erp = excluded.erp, erp_seq = excluded.erp_seq, changed_at = excluded.changed_at,
       deal_id = coalesce(p.psa ->> 'dealId', excluded.deal_id, p.deal_id), customer_id = coalesce(p.psa ->> 'customerId', excluded.customer_id, p.customer_id),
       legal_entity = coalesce(p.legal_entity, excluded.legal_entity), cost_centre = coalesce(p.cost_centre, excluded.cost_centre),
       billing_method = coalesce(p.billing_method, excluded.billing_method), gone = case when p.psa is null then excluded.gone else p.gone end
     where excluded.erp_seq >= coalesce(p.erp_seq, 0)`,
    [JSON.stringify(events.map(({ data, pos, time }) => ({ ...financeRow(data.state), seq: pos, gone: data.deleted === true, at: time })))],
  );
  await concerns(
    batch,
    'erp',
    events.map(event => ({
      id: event.data.state.id,
      others: othersOf(event.data.state),
      entities: entitiesOf(event, event.data.state.dimensions?.legalEntity),
    })),
  );
}

const financeRow = (project: FinancialProject) => ({
  id: project.id,
  title: project.title,
  deal_id: project.dealId ?? null,
  customer_id: project.customerId ?? null,
  status: project.status,
  legal_entity: project.dimensions?.legalEntity ?? null,
  cost_centre: project.dimensions?.costCentre ?? null,
  billing_method: project.billingMethod ?? null,
  start_date: project.startDate ?? null,
  end_date: project.endDate ?? null,
  data: project,
});

/** Told by the flow once both systems have it; also the first that is known of it when their own events come later. */
async function activation(batch: PortalBatch): Promise<void> {
  const events = batch.latest('project.activated.v1');
  if (events.length === 0) return;
  const titles = await batch.em.query<{ id: string; name: string }[]>('select id, name from portal.deal where id = any($1)', [
    events.map(({ data }) => data.dealId),
  ]);
  const titleOf = (dealId: string): string => titles.find(deal => deal.id === dealId)?.name ?? dealId;
  await batch.subjects(
    events.map(({ data, time }) => ({
      id: data.projectId,
      kind: 'project' as const,
      title: titleOf(data.dealId),
      words: [data.projectId],
      gone: false,
      at: time,
    })),
    { keepTitle: true },
  );
  await batch.refs(
    'activation',
    events.map(({ data }) => ({ subject: data.projectId, refs: data.refs })),
  );
  await batch.em.query(
    `insert into portal.project as p (id, title, deal_id, customer_id, status, activated_at, changed_at)
     select id, title, deal_id, customer_id, 'active', at, at
     from jsonb_to_recordset($1::jsonb) as r(id text, title text, deal_id text, customer_id text, at timestamptz)
     on conflict (id) do update set activated_at = excluded.activated_at, deal_id = coalesce(p.deal_id, excluded.deal_id),
       customer_id = coalesce(p.customer_id, excluded.customer_id)`,
    [
      JSON.stringify(
        events.map(({ data, time }) => ({
          id: data.projectId,
          title: titleOf(data.dealId),
          deal_id: data.dealId,
          customer_id: data.customerId,
          at: time,
        })),
      ),
    ],
  );
  await concerns(
    batch,
    'activation',
    events.map(event => ({ id: event.data.projectId, others: othersOf(event.data), entities: event.legalEntities })),
  );
}

const othersOf = ({ dealId, customerId }: { dealId?: string; customerId?: string }): string[] => defined(dealId, customerId);

/** A project makes itself, its deal and its customer concern its legal entity. */
async function concerns(batch: PortalBatch, teller: string, projects: { id: string; others: string[]; entities: string[] }[]): Promise<void> {
  const because = (id: string): string => `${teller} ${id}`;
  await batch.concerns(
    projects.map(({ id }) => because(id)),
    projects.flatMap(({ id, others, entities }) => [id, ...others].map(subject => ({ subject, because: because(id), entities }))),
  );
}
