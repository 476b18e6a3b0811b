import { recordset, type WrittenRow } from '#persistence';
import { type Batch, entitiesOf, withoutEmpty } from '#read-model';
import { project } from './project.table.js';

const delivered = project.without('erpSeq', 'erpCustomerId', 'customerId');
const UPSERT_DELIVERED = delivered.upsert({ from: recordset('r', delivered.columns), as: 'p', where: 'excluded.seq >= p.seq' });

const financed = project.only('id', 'erpSeq', 'erpCustomerId');
const UPSERT_FINANCED = financed.upsert({ from: recordset('r', financed.columns), as: 'p', where: 'excluded.erp_seq >= p.erp_seq' });

/** Projects as the PSA has them, and the customers that the ERP has for them. */
export async function projectProjects(batch: Batch): Promise<void> {
  const delivery = batch.latest('project.changed.v1').map((event): WrittenRow<typeof delivered.columns> => {
    const { state, deleted } = event.data;
    const { id, title, status, startDate, endDate, customerId, legalEntity } = withoutEmpty(state);
    return {
      id,
      seq: event.pos,
      title,
      status,
      startDate,
      endDate,
      milestones: state.milestones
        .toSorted((a, b) => a.sequence - b.sequence)
        .map(({ id: milestone, title: name, sequence, dueDate, amount }) => ({ id: milestone, title: name, sequence, dueDate, amount })),
      psaCustomerId: customerId,
      legalEntities: entitiesOf(event, legalEntity),
      gone: deleted === true,
    };
  });
  if (delivery.length > 0) await batch.em.query(UPSERT_DELIVERED, [JSON.stringify(delivery)]);

  const finance = batch.latest('financial-project.changed.v1').map((event): WrittenRow<typeof financed.columns> => {
    const { id, customerId } = withoutEmpty(event.data.state);
    return { id, erpSeq: event.pos, erpCustomerId: customerId };
  });
  if (finance.length > 0) await batch.em.query(UPSERT_FINANCED, [JSON.stringify(finance)]);
}
