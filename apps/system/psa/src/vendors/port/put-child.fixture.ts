import 'reflect-metadata';
import { hashOf, Problem } from '#canonical';
import { dataSourceFor } from '#persistence';
import { loadConfig, Metrics } from '#service';
import { vendors } from '../index.js';
import type { PutOrder } from './put-elsewhere.fixture.js';

// A separate process that writes a project on a signal, and can be frozen or killed meanwhile.

const { vendor: name, databaseUrl, env, project } = JSON.parse(process.argv[2]) as PutOrder;

const dataSource = await dataSourceFor({ name: 'elsewhere', migrations: [] }, databaseUrl).initialize();
const { config, connect } = vendors.find(one => one.name === name)!;
const vendor = connect({ config: loadConfig(config, env), dataSource, metrics: new Metrics() });

async function put(): Promise<string> {
  try {
    await vendor.exclusively(`project:${project.id}`, hashOf(project), async () => (await vendor.projects.plan(project)).apply());
    return 'done';
  } catch (error) {
    return error instanceof Problem ? `${error.kind} ${error.code ?? ''}: ${error.detail}` : String(error);
  }
}

process.once('message', () => {
  void put().then(ended => process.send!({ ended }, undefined, undefined, () => process.exit(0)));
});
process.send!({ ready: true });
