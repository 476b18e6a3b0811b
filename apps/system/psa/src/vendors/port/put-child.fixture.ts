import 'reflect-metadata';
import { hashOf, Problem } from '#canonical';
import { dataSourceFor } from '#persistence';
import { loadConfig, Metrics } from '#service';
import { vendors } from '../index.js';
import type { PutOrder } from './put-elsewhere.fixture.js';
import type { TimeToWrite } from './submissions.port.js';

// A separate process that writes a project or a line on a signal, and can be frozen or killed meanwhile.

const { vendor: name, databaseUrl, env, put: wanted } = JSON.parse(process.argv[2]) as PutOrder;

const dataSource = await dataSourceFor({ name: 'elsewhere', migrations: [] }, databaseUrl).initialize();
const { config, connect } = vendors.find(one => one.name === name)!;
const vendor = connect({ config: loadConfig(config, env), dataSource, metrics: new Metrics() });

async function put(): Promise<string> {
  try {
    const [key, plan] =
      'line' in wanted
        ? [`line:${wanted.line.id}`, () => vendor.submissions!.timeEntries.plan(wanted.line as TimeToWrite, wanted.project)]
        : [`project:${wanted.id}`, () => vendor.projects.plan(wanted)];
    await vendor.exclusively(key, hashOf(wanted), async () => (await plan()).apply());
    return 'done';
  } catch (error) {
    return error instanceof Problem ? `${error.kind} ${error.code ?? ''}: ${error.detail}` : String(error);
  }
}

process.once('message', () => {
  void put().then(ended => process.send!({ ended }, undefined, undefined, () => process.exit(0)));
});
process.send!({ ready: true });
