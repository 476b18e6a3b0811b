import type { PortalContext } from '../request/portal-context.js';
import type { BilledScope } from './billed.rules.js';
import { billingScopes } from './billing-scopes.js';
import type { BillingSummary } from './billing-summary.model.js';
import { summed, type LineGroup } from './billing-summary.rules.js';

const SCOPES = billingScopes('t');

/** Sums lines: one statement for all keys of a scope that are requested at once. */
export const summaryOfLines = (context: PortalContext, scope: BilledScope, key: string): Promise<BillingSummary> =>
  context
    .loader<BillingSummary>(`billing summary ${scope}`, async keys => {
      const rows = await context.reader.query<LineGroup & { ord: string }>(
        `select k.ord, x.* from unnest($1::text[]) with ordinality k(key, ord) cross join lateral (
           select t.state, t.desk, t.currency, t.overage_currency, t.estimated, count(*)::int lines, coalesce(sum(t.minutes), 0)::int minutes, sum(t.amount)::text amount,
             count(t.overage_amount)::int over_lines, coalesce(sum(t.overage_minutes), 0)::int over_minutes, sum(t.overage_amount)::text over_amount, min(t.since) oldest
           from portal.billing_line t where ${SCOPES[scope]} group by t.state, t.desk, t.currency, t.overage_currency, t.estimated) x`,
        [keys],
      );
      const byOrd = Map.groupBy(rows, row => Number(row.ord));
      return keys.map((_, index) => summed(byOrd.get(index + 1) ?? []));
    })
    .load(key);
