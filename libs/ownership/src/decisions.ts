import { Injectable } from '@nestjs/common';
import { Database, type ReadRow, recordset, type Transaction, type WrittenRow } from '#persistence';
import { Audit } from '#service';
import { decision } from './decision.table.js';
import { ITSELF, NOTHING, questionOfNeed, type Answer, type Decision, type Detail, type Question } from './ownership.rules.js';

const made = decision.only('attribute', 'noun', 'target', 'stands', 'wanted', 'outcome', 'detail');
const asked = decision.only('recordId', 'attribute', 'noun', 'target', 'stands', 'wanted', 'legalEntities');

/**
 * Questions about differences, and people's decisions. A decision holds while the difference stays
 * the same.
 */
@Injectable()
export class Decisions {
  constructor(
    private readonly dataSource: Database,
    private readonly audit: Audit,
  ) {}

  async of(recordId: string): Promise<Decision[]> {
    const rows = await this.dataSource.query<ReadRow<typeof made.columns>[]>(
      `select ${made.selected('d')} from ownership.decision d where record_id = $1 order by decided_at nulls last, asked_at`,
      [recordId],
    );
    return rows.map(({ outcome, detail, ...question }) => ({ ...question, ...(outcome ? { outcome } : {}), ...(detail ? { detail } : {}) }));
  }

  /**
   * Stores the questions. One that was asked before with the same values keeps its decision.
   * Another question on the same attribute replaces it, unless the decision was to keep the current
   * value.
   */
  async ask(recordId: string, questions: Question[], legalEntities: string[]): Promise<void> {
    const rows = questions.map((question): WrittenRow<typeof asked.columns> => ({ ...question, recordId, legalEntities }));
    await this.dataSource.query(
      `with q as (select * from ${recordset('q', asked.columns)}),
       replaced as (
         delete from ownership.decision d using q where d.record_id = q."recordId" and d.attribute = q.attribute
           and (d.stands, d.wanted) is distinct from (q.stands, q.wanted) and d.outcome is distinct from 'keep')
       ${asked.insert({ from: 'q', as: 'd' })}
       on conflict (record_id, attribute, difference) do update set asked_at = now(), legal_entities = excluded.legal_entities`,
      [JSON.stringify(rows)],
    );
  }

  /**
   * Stores a person's answer to a need's question, as it was last asked. The current value becomes
   * the new base. False where the need is no question, and where there is nothing to keep.
   */
  async decide(em: Transaction, need: string, { outcome, by, reason }: Answer, detail?: Detail): Promise<boolean> {
    const question = questionOfNeed(need);
    if (!question) return false;
    const decisions = em.getRepository(decision.entity);
    const open = await decisions.findOne({ where: question, order: { askedAt: 'desc' }, lock: { mode: 'pessimistic_write' } });
    if (!open || (outcome === 'keep' && open.stands === NOTHING)) return false;
    const base = outcome === 'keep' ? open.stands : open.wanted;
    await decisions.update(
      { ...question, difference: open.difference },
      { outcome, base, reason, decidedBy: by, detail: detail ?? null, decidedAt: () => 'now()' },
    );
    await this.audit.record(em, {
      what: `decision-${outcome}`,
      subject: need,
      before: open.stands,
      after: detail ? { base, ...detail } : base,
      why: reason,
    });
    return true;
  }

  /**
   * The decisions were carried out. In systems only these attributes still differ, and their
   * decisions go on holding. Decisions about what Throughline itself keeps hold whenever the same
   * value is wanted again.
   */
  async markCarriedOut(em: Transaction, recordId: string, differing: string[]): Promise<void> {
    await em.query(`delete from ownership.decision where record_id = $1 and attribute <> all($2) and (target <> $3 or outcome is null)`, [
      recordId,
      differing,
      ITSELF,
    ]);
  }
}
