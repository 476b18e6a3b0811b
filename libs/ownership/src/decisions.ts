import { Injectable } from '@nestjs/common';
import type { Outcome } from '#apis/exceptions';
import { Database, type Transaction } from '#persistence';
import { Audit } from '#service';
import { ITSELF, NOTHING, questionOfNeed, type Answer, type Decision, type Detail, type Question } from './ownership.rules.js';

interface DecisionRow extends Question {
  outcome: Outcome | null;
  detail: Detail | null;
}

/** What people were asked about differences, and what they decided. A decision holds as long as the difference is the same. */
@Injectable()
export class Decisions {
  constructor(
    private readonly dataSource: Database,
    private readonly audit: Audit,
  ) {}

  async of(recordId: string): Promise<Decision[]> {
    const rows = await this.dataSource.query<DecisionRow[]>(
      `select attribute, noun, target, stands, wanted, outcome, detail from ownership.decision where record_id = $1
       order by decided_at nulls last, asked_at`,
      [recordId],
    );
    return rows.map(({ outcome, detail, ...question }) => ({ ...question, ...(outcome ? { outcome } : {}), ...(detail ? { detail } : {}) }));
  }

  /**
   * Notes the questions. One that was asked before in the same words keeps what was decided; another on the same attribute replaces it, unless it
   * was decided to keep what stands.
   */
  async ask(recordId: string, questions: Question[], legalEntities: string[]): Promise<void> {
    await this.dataSource.query(
      `with q as (select * from jsonb_to_recordset($2::jsonb) as q(attribute text, noun text, target text, stands text, wanted text)),
       replaced as (
         delete from ownership.decision d using q where d.record_id = $1 and d.attribute = q.attribute
           and (d.stands, d.wanted) is distinct from (q.stands, q.wanted) and d.outcome is distinct from 'keep')
       insert into ownership.decision (record_id, attribute, noun, target, stands, wanted, legal_entities)
       select $1, attribute, noun, target, stands, wanted, $3 from q
       on conflict (record_id, attribute, difference) do update set asked_at = now(), legal_entities = excluded.legal_entities`,
      [recordId, JSON.stringify(questions), legalEntities],
    );
  }

  /**
   * A person's answer to the question behind a need, as it was asked last. What stands from now on is the new base. False where the need is no
   * question, and where there is nothing to keep.
   */
  async decide(em: Transaction, need: string, { outcome, by, reason }: Answer, detail?: Detail): Promise<boolean> {
    const question = questionOfNeed(need);
    if (!question) return false;
    const [rows] = await em.query<[{ stands: string; base: string }[], number]>(
      `update ownership.decision d set outcome = $3, base = case when $3 = 'keep' then d.stands else d.wanted end, reason = $4, decided_by = $5,
         detail = $6, decided_at = now()
       from (select difference from ownership.decision where record_id = $1 and attribute = $2 order by asked_at desc limit 1) as last
       where d.record_id = $1 and d.attribute = $2 and d.difference = last.difference and not ($3 = 'keep' and d.stands = $7)
       returning d.stands, d.base`,
      [question.recordId, question.attribute, outcome, reason, by, detail ?? null, NOTHING],
    );
    for (const { stands, base } of rows)
      await this.audit.record(em, {
        what: `decision-${outcome}`,
        subject: need,
        before: stands,
        after: detail ? { base, ...detail } : base,
        why: reason,
      });
    return rows.length > 0;
  }

  /**
   * What was decided has come to pass: of what stands in systems only these attributes still differ, and what was decided of them goes on
   * holding. What was decided of what Throughline keeps itself holds whenever the same is wanted again.
   */
  async settle(em: Transaction, recordId: string, differing: string[]): Promise<void> {
    await em.query(`delete from ownership.decision where record_id = $1 and attribute <> all($2) and (target <> $3 or outcome is null)`, [
      recordId,
      differing,
      ITSELF,
    ]);
  }
}
