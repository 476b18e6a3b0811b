import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '#auth';
import { Problem } from '#canonical';
import { visibleTo } from '../workers/worker-visibility.js';
import type { EligibilityAnswer, EligibilityQuestion } from './eligibility.model.js';
import { candidateOf, type EligibilityFacts } from './eligibility.rules.js';

type Row = EligibilityFacts & { eligible: string; considered: string };

const DEFAULT_LIMIT = 200;

/**
 * $1 role, $2 legal entity, $3 skills, $4 first day, $5 last day, $6 how many. One row per worker who has the role or belongs to the legal
 * entity on any of the days, with what stands against it on any of them.
 */
const FACTS = (visible: string): string => `
  with span as (
    select v.worker_id, v.from_date, v.name, v.hired_on, v.terminated_on, v.role, v.legal_entity, greatest(v.from_date, $4::date)::text since,
      array(select skill from unnest($3::text[]) skill where lower(skill) <> all(v.skill_keys)) missing
    from hcm.worker_version v where v.from_date <= $5::date and v.until_date > $4::date and ${visible}),
  fact as (
    select worker_id, (array_agg(name order by from_date))[1] "name",
      (array_agg(role order by from_date) filter (where role <> $1))[1] other_role,
      (array_agg(since order by from_date) filter (where role <> $1))[1] other_role_from,
      (array_agg(legal_entity order by from_date) filter (where legal_entity <> $2))[1] other_entity,
      (array_agg(since order by from_date) filter (where legal_entity <> $2))[1] other_entity_from,
      case when (array_agg(hired_on order by from_date desc))[1] > $4::date then (array_agg(hired_on order by from_date desc))[1]::text end starts_on,
      case when (array_agg(terminated_on order by from_date desc))[1] < $5::date then (array_agg(terminated_on order by from_date desc))[1]::text end ends_on
    from span group by worker_id having bool_or(role = $1 or legal_entity = $2)),
  lacking as (select worker_id, array_agg(distinct skill order by skill) skills from span cross join unnest(missing) skill group by worker_id),
  judged as (
    select f.*, coalesce(k.skills, '{}') missing_skills, away.leave,
      num_nonnulls(other_role, other_entity, starts_on, ends_on) + coalesce(cardinality(k.skills), 0) + jsonb_array_length(away.leave) reasons
    from fact f left join lacking k using (worker_id) cross join lateral (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('from', l.from_date, 'to', l.to_date)) order by l.from_date), '[]') leave
      from hcm.worker_leave l where l.worker_id = f.worker_id and l.from_date <= $5::date and (l.to_date is null or l.to_date >= $4::date)) away)
  select worker_id, name, other_role, other_role_from, other_entity, other_entity_from, missing_skills, starts_on, ends_on, leave,
    count(*) filter (where reasons = 0) over () eligible, count(*) over () considered
  from judged order by reasons, name, worker_id limit $6`;

/** Who could fill a role, from the replica alone. */
@Injectable()
export class Eligibility {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async answer(principal: Principal, asked: EligibilityQuestion): Promise<EligibilityAnswer> {
    if (asked.endDate < asked.startDate) {
      const message = 'endDate must not be before startDate';
      throw new Problem('invalid', `One field is not valid: ${message}.`, {
        code: 'validation',
        fields: [{ field: 'endDate', rule: 'order', message }],
      });
    }
    const values: unknown[] = [asked.role, asked.legalEntity, asked.skills, asked.startDate, asked.endDate, asked.limit ?? DEFAULT_LIMIT];
    const rows = await this.dataSource.query<Row[]>(FACTS(visibleTo(principal, values)), values);
    return {
      candidates: rows.map(row => candidateOf(row, asked)),
      eligible: Number(rows[0]?.eligible ?? 0),
      considered: Number(rows[0]?.considered ?? 0),
    };
  }
}
