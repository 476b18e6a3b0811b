import { Problem } from '#canonical';
import type { PortalContext } from '../request/portal-context.js';
import type { PortalConfig } from '../portal.config.js';
import type { Worker } from '../workers/worker.model.js';
import { shareOf } from './billing-summary.rules.js';
import type { PublicHolidays } from './public-holidays.js';
import type { Utilisation } from './utilisation.model.js';
import { capacity } from './utilisation.rules.js';

const DAY_MS = 86_400_000;
const DAYS_AT_MOST = 366;

/**
 * One statement for all workers with the same range of days. Throws `invalid` when the days are in
 * the wrong order or too many.
 */
export async function utilisationOf(
  context: PortalContext,
  worker: Worker,
  holidays: PublicHolidays,
  { from, to, minutesPerDay, overDay }: { from: string; to: string } & Pick<PortalConfig, 'minutesPerDay' | 'overDay'>,
): Promise<Utilisation> {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 0 || days > DAYS_AT_MOST) {
    const message = `to must be at or after from, at most ${DAYS_AT_MOST} days`;
    throw new Problem('invalid', `${message}.`, { fields: [{ field: 'to', rule: 'range', message }] });
  }
  const billableMinutes = await context
    .loader<number>(`billable minutes ${from} ${to}`, async workers => {
      const rows = await context.reader.query<{ worker_id: string; minutes: number }>(
        `select t.worker_id, sum(t.minutes)::int minutes from portal.billing_line t
         where t.worker_id = any($1::text[]) and t.work_date between $2 and $3 and t.kind = 'time' and t.billable and t.state not in ('withdrawn', 'skipped')
           and ($4 or t.state <> 'blocked' or (t.reasons @> '[{"code": "time.over-day"}]') is not true) group by t.worker_id`,
        [workers, from, to, overDay === 'counted'],
      );
      const byWorker = new Map(rows.map(row => [row.worker_id, row.minutes]));
      return workers.map(id => byWorker.get(id) ?? 0);
    })
    .load(worker.id);
  const { place: holidaysOf, unknown, has } = holidays.of(worker);
  const { workingMinutes, publicHolidays } = capacity(worker, from, to, minutesPerDay, has);
  return {
    from,
    to,
    billableMinutes,
    workingMinutes,
    share: shareOf(billableMinutes, workingMinutes),
    publicHolidays,
    holidaysOf,
    unknown: [...unknown, ...(worker.fullTimeShare === undefined ? (['full-time-share'] as const) : [])],
  };
}
