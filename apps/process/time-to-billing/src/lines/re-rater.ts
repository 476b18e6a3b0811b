import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ReRating } from '#canonical';
import { EventLog } from '#events';
import { ExceptionDesk } from '#exceptions';
import { Advance } from './advance.js';
import { againAs } from './intake.rules.js';
import { LineBook } from './line-book.js';

// Lines of time that were priced by a sold line's rate, of which nothing is on an invoice.
const PRICED_BY = `
  select l.id from billing.line l
  where l.project_id = $1 and l.kind = 'time' and l.approved and l.assessment = 'priced' and l.work_date >= $3
    and exists (
      select 1 from jsonb_array_elements(l.priced -> 'explanation') e
      where e ->> 'code' in ('price.rate', 'price.rate-until') and (e -> 'params' ->> 'row' = $2 or starts_with(e -> 'params' ->> 'row', $2 || ':')))
    and not exists (select 1 from billing.posting p where p.line_id = l.id and p.billing <> 'unbilled' and p.state not in ('removed', 'reversed', 'credited'))
  order by l.id`;

/** Prices lines again whose rate was agreed anew for days that were worked already: each gets a next version, before which its older one is taken out. */
@Injectable()
export class ReRater {
  constructor(
    @Inject(EventLog) private readonly events: EventLog,
    @Inject(ExceptionDesk) private readonly desk: ExceptionDesk,
    @Inject(Advance) private readonly advance: Advance,
  ) {}

  async again(em: EntityManager, projectId: string, reRatings: ReRating[]): Promise<void> {
    const ids = new Set<string>();
    for (const { line, from } of reRatings) {
      const rows = await em.query<{ id: string }[]>(PRICED_BY, [projectId, `deal:${line}`, from]);
      for (const { id } of rows) ids.add(id);
    }
    if (ids.size === 0) return;
    const book = await LineBook.open(em, [...ids].sort());
    const overtaken: string[] = [];
    for (const line of book.lines) {
      if (line.exceptionId) overtaken.push(line.exceptionId);
      const waiting = line.postings.filter(({ state, operation }) => state === 'ready' && operation === 'post');
      Object.assign(line, againAs(line));
      for (const posting of waiting) book.drop(line, posting);
      book.changed(line, 'whole');
    }
    await this.advance.all(em, book);
    await book.close(this.events, this.desk);
    await this.desk.finished(em, overtaken.sort());
  }
}
