import type { EventData } from '#apis';
import type { ProjectInPsa } from '#canonical';
import { recordset, type WrittenRow } from '#persistence';
import { entitiesOf, withoutEmpty } from '#read-model';
import { defined, type PortalBatch } from './batch.js';
import { project } from './project.table.js';

const delivered = project.without('activatedAt', 'erp', 'erpSeq', 'legalEntities');
const UPSERT_DELIVERED = delivered.upsert({
  from: recordset('r', delivered.columns),
  as: 'p',
  where: 'excluded.psa_seq >= coalesce(p.psa_seq, 0)',
  instead: {
    dealId: `coalesce(excluded.deal_id, p.erp ->> 'dealId')`,
    customerId: `coalesce(excluded.customer_id, p.erp ->> 'customerId')`,
  },
});

// Where both state a value, delivery's holds. A project that only the ERP has is shown by the ERP's.
const financed = project.without('activatedAt', 'psa', 'psaSeq', 'budget', 'currency', 'legalEntities');
const UPSERT_FINANCED = financed.upsert({
  from: recordset('r', financed.columns),
  as: 'p',
  where: 'excluded.erp_seq >= coalesce(p.erp_seq, 0)',
  instead: {
    title: 'p.title',
    dealId: `coalesce(p.psa ->> 'dealId', excluded.deal_id, p.deal_id)`,
    customerId: `coalesce(p.psa ->> 'customerId', excluded.customer_id, p.customer_id)`,
    status: 'p.status',
    legalEntity: 'coalesce(p.legal_entity, excluded.legal_entity)',
    costCentre: 'coalesce(p.cost_centre, excluded.cost_centre)',
    billingMethod: 'coalesce(p.billing_method, excluded.billing_method)',
    startDate: 'p.start_date',
    endDate: 'p.end_date',
    gone: 'case when p.psa is null then excluded.gone else p.gone end',
  },
});

const activated = project.only('id', 'title', 'dealId', 'customerId', 'status', 'activatedAt', 'changedAt');
const UPSERT_ACTIVATED = activated.upsert({
  from: recordset('r', activated.columns),
  as: 'p',
  instead: {
    title: 'p.title',
    dealId: 'coalesce(p.deal_id, excluded.deal_id)',
    customerId: 'coalesce(p.customer_id, excluded.customer_id)',
    status: 'p.status',
    changedAt: 'p.changed_at',
  },
});

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
  await batch.em.query(UPSERT_DELIVERED, [JSON.stringify(events.map(deliveredRow))]);
  await concerns(
    batch,
    'psa',
    events.map(event => ({ id: event.data.state.id, others: othersOf(event.data.state), entities: entitiesOf(event, event.data.state.legalEntity) })),
  );
}

/** An event that states the whole of a project. */
interface Stated<P> {
  data: { state: P; deleted?: boolean };
  pos: string;
  time: string;
}

const deliveredRow = ({ data: { state, deleted }, pos, time }: Stated<ProjectInPsa>): WrittenRow<typeof delivered.columns> => ({
  id: state.id,
  title: state.title,
  dealId: state.dealId,
  customerId: state.customerId,
  status: state.status,
  legalEntity: state.legalEntity,
  costCentre: state.costCentre,
  billingMethod: state.billingMethod,
  budget: state.budget?.amount,
  currency: state.budget?.currency ?? state.currency,
  startDate: state.startDate,
  endDate: state.endDate,
  psa: state,
  psaSeq: pos,
  gone: deleted === true,
  changedAt: time,
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
  await batch.em.query(UPSERT_FINANCED, [JSON.stringify(events.map(financedRow))]);
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

const financedRow = ({
  data: { state, deleted },
  pos,
  time,
}: Stated<EventData['financial-project.changed.v1']['state']>): WrittenRow<typeof financed.columns> => ({
  id: state.id,
  title: state.title,
  dealId: state.dealId,
  customerId: state.customerId,
  status: state.status,
  legalEntity: state.dimensions?.legalEntity,
  costCentre: state.dimensions?.costCentre,
  billingMethod: state.billingMethod,
  startDate: state.startDate,
  endDate: state.endDate,
  erp: state,
  erpSeq: pos,
  gone: deleted === true,
  changedAt: time,
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
  const rows = events.map(({ data, time }): WrittenRow<typeof activated.columns> => ({
    id: data.projectId,
    title: titleOf(data.dealId),
    dealId: data.dealId,
    customerId: data.customerId,
    status: 'active',
    activatedAt: time,
    changedAt: time,
  }));
  await batch.em.query(UPSERT_ACTIVATED, [JSON.stringify(rows)]);
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
