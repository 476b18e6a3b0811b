import type { TermLevel } from '#apis/time-to-billing';
import { maySee, maySeeAll, type Principal } from '#auth';
import { Problem } from '#canonical';
import { type Transaction, withFullView } from '#persistence';

/** Ids or codes of changed subjects that rates and terms may be stated for. */
export type Touched = Set<string>;

interface Owners {
  known: boolean;
  entities: string[];
}

/**
 * The legal entities of a subject that a rate or term is stated for. Throws `not-found`, naming the
 * field, both for a subject that does not exist and for one of other legal entities.
 */
export async function ownersOf(em: Transaction, level: TermLevel, subject: string, principal: Principal): Promise<string[]> {
  const { known, entities } = await knownOwners(em, level, subject);
  if (!known || !maySee(principal, entities)) throw noSubject(level, subject);
  refuseShared(principal, entities);
  return entities;
}

/**
 * Read without row security: a customer shared with other legal entities must be known to be
 * shared.
 */
const knownOwners = async (em: Transaction, level: TermLevel, subject: string): Promise<Owners> =>
  withFullView('whose the subject of a rate is', async () => {
    const [owners] = await em.query<Owners[]>('select known, entities from billing.owners_of($1, $2)', [level, subject]);
    return owners;
  });

/** Changing what concerns several legal entities requires access to all of them. */
export function refuseShared(principal: Principal, entities: string[]): void {
  if (maySeeAll(principal, entities)) return;
  throw new Problem('forbidden', 'It concerns legal entities that you cannot access as well: ask somebody who sees all of them.', {
    code: 'not-your-entities',
  });
}

/**
 * Throws `unprocessable`, naming the field, for a legal entity that neither the books nor a project
 * nor a mapping knows.
 */
export async function refuseUnknownEntity(em: Transaction, field: string, code: string): Promise<void> {
  if ((await knownOwners(em, 'legal-entity', code)).known) return;
  const message = `${field} must be the code of a legal entity`;
  throw new Problem('unprocessable', `${message}: there is no ${code}.`, { code: 'unknown-target', fields: [{ field, rule: 'known', message }] });
}

const noSubject = (level: TermLevel, subject: string): Problem => {
  const message = `subject must be the id or code of what the level ${level} names`;
  return new Problem('not-found', `There is no ${subject} at the level ${level}.`, {
    code: 'unknown-subject',
    fields: [{ field: 'subject', rule: 'known', message }],
  });
};

/**
 * Updates the legal entities of these subjects' rates and terms. A deal's own rates keep the legal
 * entity that sold the deal until a project states one.
 */
export async function followOwners(em: Transaction, touched: Touched): Promise<void> {
  if (touched.size === 0) return;
  for (const table of ['billing.rate', 'billing.expense_term']) {
    const kept = table === 'billing.rate' ? `and t.level <> 'card' and (o.entities <> '{}' or t.origin = 'stated')` : '';
    await em.query(
      `update ${table} t set legal_entities = o.entities
       from ${table} s cross join lateral billing.owners_of(s.level, s.subject) o
       where s.subject = any($1) and t.id = s.id and t.legal_entities is distinct from o.entities ${kept}`,
      [[...touched]],
    );
  }
}

const SCOPES = { 'billing.rate': ['role', 'resourcing_entity', 'overtime', 'from_date'], 'billing.expense_term': ['category', 'from_date'] };

/**
 * Moves what is stated under other ids of a customer to the customer. Rows that the customer
 * already has in the same scope from the same day take precedence.
 */
export async function moveToCustomer(em: Transaction, from: string[], to: string): Promise<void> {
  if (from.length === 0) return;
  for (const [table, scope] of Object.entries(SCOPES)) {
    const same = scope.map(name => `h.${name} is not distinct from t.${name}`).join(' and ');
    await em.query(
      `update ${table} t set subject = $1 where level = 'customer' and subject = any($2)
         and not exists (select 1 from ${table} h where h.level = 'customer' and h.subject = $1 and ${same})`,
      [to, from],
    );
  }
}

/**
 * Subjects that belong to projects: the projects, their customers, and the cards that their
 * contracts name.
 */
export async function subjectsOfProjects(em: Transaction, projects: string[]): Promise<string[]> {
  if (projects.length === 0) return [];
  const rows = await em.query<{ subject: string }[]>(
    `select unnest(array[p.id, p.customer_id]) subject from billing.project p where p.id = any($1)
     union select a.id from billing.assignment a where a.project_id = any($1) and exists (
       select 1 from billing.rate r where r.level = 'assignment' and r.subject = a.id
       union all select 1 from billing.expense_term t where t.level = 'assignment' and t.subject = a.id)`,
    [projects],
  );
  return rows.map(({ subject }) => subject).filter(subject => subject !== null);
}
