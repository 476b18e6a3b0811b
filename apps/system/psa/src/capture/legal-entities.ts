import type { ProjectInPsa } from '#canonical';
import { legalEntitiesOfShadows, moveWithOwners } from '#capture';
import type { Transaction } from '#persistence';

const PROJECTS = { system: 'psa', noun: 'project' };
/** The nouns that have the legal entity of their project. */
const NOUNS_OF_PROJECTS = ['time-entry', 'expense', 'assignment'];

// A lock, so that a line that arrives together with its project can't keep the project's former
// legal entity, or none.
const LOCK = `hashtextextended('psa:legal-entities-of-projects', 0)`;

/**
 * The legal entities of records, by the PSA's latest state of their projects; none for a project
 * not seen yet.
 */
export async function entitiesByProject(em: Transaction, items: { projectId: string }[]): Promise<string[][]> {
  await em.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  const known = await legalEntitiesOfShadows(em, { ...PROJECTS, ids: [...new Set(items.map(({ projectId }) => projectId))] });
  return items.map(({ projectId }) => known.get(projectId) ?? []);
}

/**
 * Gives records the legal entities of their projects: records that came before their project, and
 * records of a project that changed its legal entity.
 */
export async function moveWithProjects(em: Transaction, projects: ProjectInPsa[]): Promise<void> {
  if (projects.length === 0) return;
  await em.query(`select pg_advisory_xact_lock(${LOCK})`);
  await moveWithOwners(em, { ...PROJECTS, ids: projects.map(({ id }) => id) }, { nouns: NOUNS_OF_PROJECTS, by: 'projectId' });
}
