import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor, SystemKind } from '#canonical';
import { Audit } from '#service';
import { questionOfNeed, type Decision, type Outcome, type Question } from './ownership.rules.js';

interface DecisionRow {
  attribute: string;
  noun: string;
  target: SystemKind;
  stands: string;
  wanted: string;
  outcome: Outcome | null;
}

/** What people were asked about differences between systems, and what they decided. A decision holds as long as the difference is the same. */
@Injectable()
export class Decisions {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Audit) private readonly audit: Audit,
  ) {}

  async of(recordId: string): Promise<Decision[]> {
    const rows = await this.dataSource.query<DecisionRow[]>(
      'select attribute, noun, target, stands, wanted, outcome from ownership.decision where record_id = $1',
      [recordId],
    );
    return rows.map(({ outcome, ...question }) => ({ ...question, ...(outcome ? { outcome } : {}) }));
  }

  /** Notes the questions. One that was asked before in the same words keeps what was decided; another on the same attribute replaces it. */
  async ask(recordId: string, questions: Question[], legalEntities: string[]): Promise<void> {
    await this.dataSource.query(
      `insert into ownership.decision as d (record_id, attribute, noun, target, stands, wanted, legal_entities)
       select $1, attribute, noun, target, stands, wanted, $3
       from jsonb_to_recordset($2::jsonb) as q(attribute text, noun text, target text, stands text, wanted text)
       on conflict (record_id, attribute) do update set noun = excluded.noun, target = excluded.target, stands = excluded.stands,
         wanted = excluded.wanted, legal_entities = excluded.legal_entities, asked_at = now(), outcome = null, base = null, reason = null,
         decided_by = null, decided_at = null
       where (d.stands, d.wanted) is distinct from (excluded.stands, excluded.wanted)`,
      [recordId, JSON.stringify(questions), legalEntities],
    );
  }

  /** A person's answer to the question behind a need. What stands from now on is the new base. False where the need is no question. */
  async decide(em: EntityManager, need: string, outcome: Outcome, by: Actor, reason: string): Promise<boolean> {
    const question = questionOfNeed(need);
    if (!question) return false;
    const [rows] = await em.query<[{ stands: string; base: string }[], number]>(
      `update ownership.decision set outcome = $3, base = case when $3 = 'keep' then stands else wanted end, reason = $4, decided_by = $5,
         decided_at = now() where record_id = $1 and attribute = $2 returning stands, base`,
      [question.recordId, question.attribute, outcome, reason, by],
    );
    for (const { stands, base } of rows)
      await this.audit.record(em, { what: `decision-${outcome}`, subject: need, before: stands, after: base, why: reason });
    return rows.length > 0;
  }

  /** What was decided has come to pass: only these attributes still differ, and what was decided of them goes on holding. */
  async settle(em: EntityManager, recordId: string, differing: string[]): Promise<void> {
    await em.query('delete from ownership.decision where record_id = $1 and attribute <> all($2)', [recordId, differing]);
  }
}
