import type { ProjectInPsa } from '#canonical';
import type { Transaction } from '#persistence';

/** What is whoever's the project is. */
const NOUNS_OF_PROJECTS = ['time-entry', 'expense', 'assignment'];

// So that a line that comes in beside its project can't keep the legal entity that the project had before, or none.
const LOCK = `hashtextextended('psa:legal-entities-of-projects', 0)`;

/** The legal entities of records, as the PSA last showed the projects they are on; none of a project not seen yet. */
export async function entitiesByProject(em: Transaction, items: { projectId: string }[]): Promise<string[][]> {
  await em.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  const rows = await em.query<{ id: string; legal_entities: string[] }[]>(
    `select id, legal_entities from capture.shadow where system = 'psa' and noun = 'project' and id = any($1)`,
    [[...new Set(items.map(({ projectId }) => projectId))]],
  );
  const known = new Map(rows.map(row => [row.id, row.legal_entities]));
  return items.map(({ projectId }) => known.get(projectId) ?? []);
}

/** Takes what is on the projects along to their legal entities: what came before its project did, and a project that was moved. */
export async function moveWithProjects(em: Transaction, projects: ProjectInPsa[]): Promise<void> {
  if (projects.length === 0) return;
  await em.query(`select pg_advisory_xact_lock(${LOCK})`);
  await em.query(
    `update capture.shadow s set legal_entities = p.legal_entities from capture.shadow p
     where p.system = 'psa' and p.noun = 'project' and p.id = any($1) and s.system = 'psa' and s.noun = any($2)
       and s.state ->> 'projectId' = p.id and s.legal_entities <> p.legal_entities`,
    [projects.map(({ id }) => id), NOUNS_OF_PROJECTS],
  );
}
