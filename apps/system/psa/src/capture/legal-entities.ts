import type { ProjectInPsa } from '#canonical';
import { legalEntitiesOfShadows, moveWithOwners } from '#capture';
import type { Transaction } from '#persistence';

const PROJECTS = { system: 'psa', noun: 'project' };
/** What is whoever's the project is. */
const NOUNS_OF_PROJECTS = ['time-entry', 'expense', 'assignment'];

// So that a line that comes in beside its project can't keep the legal entity that the project had before, or none.
const LOCK = `hashtextextended('psa:legal-entities-of-projects', 0)`;

/** The legal entities of records, as the PSA last showed the projects they are on; none of a project not seen yet. */
export async function entitiesByProject(em: Transaction, items: { projectId: string }[]): Promise<string[][]> {
  await em.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  const known = await legalEntitiesOfShadows(em, { ...PROJECTS, ids: [...new Set(items.map(({ projectId }) => projectId))] });
  return items.map(({ projectId }) => known.get(projectId) ?? []);
}

/** Takes what is on the projects along to their legal entities: what came before its project did, and a project that was moved. */
export async function moveWithProjects(em: Transaction, projects: ProjectInPsa[]): Promise<void> {
  if (projects.length === 0) return;
  await em.query(`select pg_advisory_xact_lock(${LOCK})`);
  await moveWithOwners(em, { ...PROJECTS, ids: projects.map(({ id }) => id) }, { nouns: NOUNS_OF_PROJECTS, by: 'projectId' });
}
