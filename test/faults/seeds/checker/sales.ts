import { type Evidence, type Fields, type Finding, type LedgerEntry, type MoneyKind, publishedId } from './evidence.js';

/** A deal that was deleted is over in both systems, and whose account was merged is the survivor's, whose record the ERP has once. */
export function salesOf({ crm, psa, erp, known }: Evidence): { findings: Finding[]; right: MoneyKind[] } {
  const findings: Finding[] = [];
  const right: MoneyKind[] = [];
  const judge = (kind: MoneyKind, rule: Finding['rule'], line: string, wrong: string[]) => {
    if (wrong.length === 0) right.push(kind);
    else findings.push({ rule, line, detail: wrong.join('; ') });
  };
  const last = (rows: LedgerEntry[], type: string, is: (row: LedgerEntry) => boolean) => {
    const row = rows.findLast(one => one.type === type && is(one));
    return row && (row.after as Fields | null);
  };
  const idOf = (prefix: string, id: unknown) => publishedId(prefix, 'salesforce', known.crmAccount, String(id));
  for (const { id, before } of crm.filter(({ type, before, after }) => type === 'Opportunity' && before !== null && after === null)) {
    const project = publishedId('prj', idOf('dea', id));
    if (!known.sold.has(project)) continue;
    const job = last(erp, 'job', ({ externalId }) => externalId === project);
    const workspace = last(psa, 'workspaces', row => row.id === known.sold.get(project));
    const wrong = [...(job?.isInactive === true ? [] : ['the ERP has its project open']), ...(workspace?.archived === true ? [] : ['the PSA too'])];
    judge('deal-deleted', 'deal-goes-on', String((before as Fields).Name), wrong);
  }
  for (const { id, before, after } of crm.filter(({ type, before, after }) => type === 'Opportunity' && isMoved(before, after))) {
    const [loser, winner] = [before, after].map(deal => idOf('cus', (deal as Fields).AccountId));
    if (!known.sold.has(publishedId('prj', idOf('dea', id)))) continue;
    const states = new Map(erp.filter(({ type }) => type === 'customer').map(row => [row.id, { row, state: row.after as Fields | null }]));
    const live = [...states.values()].filter(({ state }) => state !== null && state.isInactive !== true);
    const ofWinner = live.filter(({ row }) => row.externalId === winner).length;
    const wrong = [
      ...(ofWinner === 1 ? [] : [`the ERP has the survivor ${ofWinner} times`]),
      ...(live.some(({ row }) => row.externalId === loser) ? ['it has the merged one still'] : []),
    ];
    judge('account-merged', 'customer-not-followed', String((after as Fields).Name), wrong);
  }
  return { findings, right };
}

const isMoved = (before: unknown, after: unknown): boolean =>
  before !== null && after !== null && (before as Fields).AccountId !== (after as Fields).AccountId;
