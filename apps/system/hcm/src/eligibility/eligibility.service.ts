import { Injectable } from '@nestjs/common';
import type { EligibilityAnswer, EligibilityQuestion } from '#apis/hcm';
import type { Principal } from '#auth';
import { folded, Problem } from '#canonical';
import { Database } from '#persistence';
import { visibleTo } from '../workers/worker-visibility.js';
import { candidateOf, type EligibilityFacts } from './eligibility.rules.js';

type Row = EligibilityFacts & { eligible: string; considered: string };

const DEFAULT_LIMIT = 200;

/**
 * $1 role, $2 legal entity, $3 skills, $4 first day, $5 last day, $6 how many, and the folded
 * skills, one parameter each, in `skills`. Versions that hold on any of the days are aggregated per
 * worker who has the role or belongs to the legal entity on any of them. The exact obstacles are
 * looked up only for the workers that are shown.
 */
const facts = (skills: string[], visible: string): string => `
  with fact as (
    select v.worker_id, min(v.name) "name", bool_or(v.role <> $1) other_role, bool_or(v.legal_entity <> $2) other_entity,
      max(v.hired_on) filter (where v.hired_on > greatest(v.from_date, $4::date)) starts_on,
      least(min(v.terminated_on) filter (where v.terminated_on < least(v.until_date - 1, $5::date)),
        -- A history that ends is that of a record that is gone.
        case when max(v.until_date) <= $5::date then max(v.until_date) - 1 end) ends_on,
      array[${skills.map(skill => `bool_or(not v.skill_keys @> array[${skill}::text])`).join(', ')}]::boolean[] lacks
    from hcm.worker_version v where v.from_date <= $5::date and v.until_date > $4::date and ${visible}
    group by v.worker_id having bool_or(v.role = $1 or v.legal_entity = $2)),
  away as (
    select worker_id, count(*) times, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('from', from_date, 'to', to_date)) order by from_date) leave
    from hcm.worker_leave where from_date <= $5::date and (to_date is null or to_date >= $4::date) group by worker_id),
  judged as (
    select f.*, coalesce(away.leave, '[]') leave,
      other_role::int + other_entity::int + num_nonnulls(starts_on, ends_on) + cardinality(array_remove(lacks, false)) + coalesce(away.times, 0) reasons
    from fact f left join away using (worker_id)),
  best as (
    select *, count(*) filter (where reasons = 0) over () eligible, count(*) over () considered
    from judged order by reasons, name, worker_id limit $6)
  select b.worker_id, b.name, b.starts_on::text, b.ends_on::text, b.leave, b.eligible, b.considered,
    role.other other_role, role.since other_role_from, entity.other other_entity, entity.since other_entity_from,
    array(select skill from unnest($3::text[], b.lacks) as asked(skill, lacking) where lacking) missing_skills
  from best b
  left join lateral (${firstOther('role', '$1')}) role on b.other_role
  left join lateral (${firstOther('legal_entity', '$2')}) entity on b.other_entity
  order by b.reasons, b.name, b.worker_id`;

/**
 * The first version in the period with a value other than the wanted one, and the day on which it
 * begins in the period.
 */
const firstOther = (column: string, wanted: string): string =>
  `select v.${column} other, greatest(v.from_date, $4::date)::text since from hcm.worker_version v
   where v.worker_id = b.worker_id and v.from_date <= $5::date and v.until_date > $4::date and v.${column} <> ${wanted} order by v.from_date limit 1`;

/** Who could fill a role, from the replica alone. */
@Injectable()
export class Eligibility {
  constructor(private readonly dataSource: Database) {}

  async answer(principal: Principal, asked: EligibilityQuestion): Promise<EligibilityAnswer> {
    if (asked.endDate < asked.startDate) {
      const message = 'endDate must not be before startDate';
      throw new Problem('invalid', `One field is not valid: ${message}.`, {
        code: 'validation',
        fields: [{ field: 'endDate', rule: 'order', message }],
      });
    }
    const skills = [...new Map(asked.skills.map(skill => [folded(skill), skill])).values()];
    const values: unknown[] = [asked.role, asked.legalEntity, skills, asked.startDate, asked.endDate, asked.limit ?? DEFAULT_LIMIT];
    const keys = skills.map(skill => `$${values.push(folded(skill))}`);
    const rows = await this.dataSource.query<Row[]>(facts(keys, visibleTo(principal, values)), values);
    return {
      candidates: rows.map(row => candidateOf(row, asked)),
      eligible: Number(rows[0]?.eligible ?? 0),
      considered: Number(rows[0]?.considered ?? 0),
    };
  }
}
