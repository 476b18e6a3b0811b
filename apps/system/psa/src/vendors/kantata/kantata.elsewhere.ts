import 'reflect-metadata';
import { hashOf, Problem, type Project } from '#canonical';
import { dataSourceFor } from '#persistence';
import { loadConfig, Metrics } from '#service';
import { KantataConfig } from './kantata.config.js';
import { KantataVendor } from './kantata.vendor.js';

/** What the contract suite sends to a process of its own: it puts the project when it is told to go, and can be frozen meanwhile. */
export interface Elsewhere {
  databaseUrl: string;
  env: Record<string, string>;
  project: Project;
}

const { databaseUrl, env, project } = JSON.parse(process.argv[2]) as Elsewhere;

const dataSource = await dataSourceFor({ name: 'elsewhere', migrations: [] }, databaseUrl).initialize();
const vendor = new KantataVendor({ config: loadConfig(KantataConfig, env), dataSource, metrics: new Metrics() });

async function put(): Promise<string> {
  try {
    await vendor.alone(`project:${project.id}`, hashOf(project), async () => (await vendor.projects.plan(project)).apply());
    return 'done';
  } catch (error) {
    return error instanceof Problem ? `${error.kind} ${error.code ?? ''}: ${error.detail}` : String(error);
  }
}

process.once('message', () => {
  void put().then(ended => process.send!({ ended }, undefined, undefined, () => process.exit(0)));
});
process.send!({ ready: true });
