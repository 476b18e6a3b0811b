import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alive, eventually, rawAnswer, testPlatform, type TestPlatform } from '#testing';
import { DataFolder } from './data-folder.js';
import { atRest, followJourney, readJourney } from './sample/journeys.js';
import { SampleSales } from './sample/sample-sales.js';

const TOP = resolve(import.meta.dirname, '../../..');
const START = resolve(import.meta.dirname, '../start.mjs');
/** Inputs that are not requests, or not serious ones. */
const STRANGE = [
  ...[
    'http://[',
    '//[',
    'http://',
    'http://a:b:c/',
    '[',
    '*',
    '/%',
    '/%00',
    '/%ff%fe',
    '//',
    '/\\\\',
    `/${'a'.repeat(9_000)}`,
    '/?%',
    '/interaction/%',
  ].map(target => `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`),
  'GET / HTTP/1.1\r\nhost: [\r\nconnection: close\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(50_000)}\r\n\r\n`,
  'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

const VENDORS = ['salesforce', 'kantata', 'workday', 'netsuite'] as const;

/** Runs a command of the platform to its end. */
async function command(platform: TestPlatform, env: Record<string, string>, ...args: string[]): Promise<{ code: number; output: string }> {
  return run([process.execPath, START, ...args], platform, env);
}

/** The same without rights that only root has; other users have none to lose. */
async function commandWithout(rights: string[], platform: TestPlatform, env: Record<string, string>): Promise<{ code: number; output: string }> {
  const taken = rights.map(right => `-${right}`).join(',');
  const without = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', taken, '--inh-caps', taken] : [];
  return run([...without, process.execPath, START, 'start'], platform, env);
}

async function run([program, ...args]: string[], platform: TestPlatform, env: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, {
    env: { ...process.env, DATABASE_URL: '', BUILD: 'off', DATA_DIR: platform.dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

const ledgers = async (platform: TestPlatform) =>
  Object.fromEntries(await Promise.all(VENDORS.map(async vendor => [vendor, await platform.control.ledger(vendor)] as const)));

/** Wins the next open deal and follows it to its end. */
async function winOne(platform: TestPlatform) {
  const sales = new SampleSales(platform.endpoints.sandboxes);
  const deal = (await sales.nextOpenDeal())!;
  await sales.win(deal);
  return { deal, rest: () => followJourney(platform.api, deal.opportunityId, { settled: atRest, withinMs: 90_000 }) };
}

describe('npm start', { timeout: 240_000 }, () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ sampleJourneys: true });
  }, 240_000);
  afterAll(() => platform.close());

  it('shows three journeys on the first start: one to an active project, two to exceptions and their cures', () => {
    const output = platform.output();
    expect(output).toContain('The project is active.');
    expect(output).toContain('has no tax registration');
    expect(output).toContain('npm run resolve -- tax-registration');
    expect(output).toContain('the legal entity "Larkfield Nordics AB" has no mapping');
    expect(output).toContain('npm run resolve -- mapping');
    expect(output).toContain("120 of 120 lines are in NetSuite's billing.");
    expect(output).toMatch(/Ready in \d+\.\d s\./);
  });

  it('shows work in yen and dinars, of a worker lent by another legal entity, and old invoices of which some are paid', async () => {
    const written = (lines: { money: { amount: string; currency: string } | null }[], currency: string, form: RegExp) =>
      lines.filter(({ money }) => money?.currency === currency).map(({ money }) => form.test(money!.amount));
    await eventually(
      async () => {
        const { posted, open, paid } = await platform.api.graphql<{
          posted: { nodes: { money: { amount: string; currency: string } | null; intercompany: object | null }[] };
          open: { totalCount: { value: number } };
          paid: { totalCount: { value: number } };
        }>(
          `{
            posted: billingLines(first: 200, filter: { state: [POSTED] }) { nodes { money { amount currency } intercompany { __typename } } }
            open: invoices(filter: { status: [OPEN] }) { totalCount { value } }
            paid: invoices(filter: { status: [PAID] }) { totalCount { value } }
          }`,
        );
        expect([written(posted.nodes, 'JPY', /^\d+$/), written(posted.nodes, 'KWD', /^\d+\.\d{3}$/)]).toEqual([
          [true, true, true],
          [true, true],
        ]);
        expect(posted.nodes.filter(({ intercompany }) => intercompany !== null)).toHaveLength(1);
        expect(Math.min(open.totalCount.value, paid.totalCount.value)).toBeGreaterThan(0);
        return true;
      },
      { withinMs: 60_000 },
    );
  });

  it('shows a customer that two legal entities bill to the people of both, and its bills to those who issued them', async () => {
    const name = 'Rheintal Maschinenbau';
    const seenBy = async (person: string) => {
      const { customers, projects, posted } = await platform.as(person).graphql<{
        customers: { nodes: { name: string }[] };
        projects: { nodes: { title: string; customer: { name: string } | null }[] };
        posted: { nodes: { project: { title: string } | null }[] };
      }>(
        `{
          customers(first: 100) { nodes { name } }
          projects(first: 100) { nodes { title customer { name } } }
          posted: billingLines(first: 200, filter: { state: [POSTED] }) { nodes { project { title } } }
        }`,
      );
      const theirs = projects.nodes.filter(({ customer }) => customer?.name === name).map(({ title }) => title);
      return {
        customer: customers.nodes.some(customer => customer.name === name),
        second: theirs.some(title => title.includes('P-9008')),
        lines: posted.nodes.filter(({ project }) => project?.title.includes('P-9008')).length,
        first: theirs.some(title => !title.includes('P-9008')),
      };
    };
    await eventually(
      async () => {
        expect([await seenBy('Imogen Hartley'), await seenBy('Jonas Brandt')]).toEqual([
          { customer: true, second: true, lines: 1, first: false },
          { customer: true, second: false, lines: 0, first: true },
        ]);
        return true;
      },
      { withinMs: 60_000 },
    );
  });

  it('writes down all addresses, and each of them answers', async () => {
    const { endpoints } = platform;
    expect(Object.keys(endpoints)).toEqual([
      'gateway',
      'graphql',
      'tokenEndpoint',
      'issuer',
      'clients',
      'people',
      'apis',
      'sandboxes',
      'metrics',
      'faults',
      'faultsToken',
    ]);
    expect(endpoints.apis.map(api => `${api.layer}/${api.name}/${api.version}`).sort()).toEqual([
      'experience/partner/v1',
      'experience/portal/v1',
      'governance/governance/v1',
      'process/project-initiation/v1',
      'process/time-to-billing/v1',
      'process/time-to-billing/v2',
      'system/crm/v1',
      'system/erp/v1',
      'system/hcm/v1',
      'system/psa/v1',
    ]);
    for (const api of endpoints.apis) expect((await fetch(api.openapi)).status, api.openapi).toBe(200);
    expect((await fetch(`${endpoints.issuer}/.well-known/openid-configuration`)).status).toBe(200);
    expect((await fetch(endpoints.sandboxes.workday.wsdl)).status).toBe(200);
    expect((await fetch(endpoints.faults)).status).toBe(401);
    expect(await platform.control.faults()).toEqual([]);
    expect(existsSync(endpoints.sandboxes.netsuite.privateKeyFile)).toBe(true);
    const { viewer } = await platform.as('Imogen Hartley').graphql<{ viewer: object }>('{ viewer { person { name } roles legalEntities } }');
    expect(viewer).toMatchObject({ person: { name: 'Imogen Hartley' }, roles: ['finance'], legalEntities: ['LF-UK'] });
  });

  it('shows the metrics of every app in one page, to those who may read metrics', async () => {
    expect((await fetch(platform.endpoints.metrics)).status).toBe(401);
    const page = await platform.api.text('/metrics');
    for (const app of ['crm', 'psa', 'hcm', 'erp', 'project-initiation', 'time-to-billing', 'portal', 'partner'])
      expect(page).toContain(`app="${app}"`);
    expect(page.match(/^# TYPE process_cpu_seconds_total/gm)).toHaveLength(1);
    expect(page).toMatch(/^throughline_vendor_calls_total\{app="crm",/m);
  });

  it('refuses a second start on the same data, a port in use, and a reset while it runs', async () => {
    expect(await command(platform, { PORT: '0', ISSUER_PORT: '0', SANDBOX_PORT: '0' }, 'start')).toMatchObject({
      code: 1,
      output: expect.stringContaining('is running already'),
    });
    const { port } = new URL(platform.endpoints.gateway);
    // A running platform is reported as such, not by its ports.
    expect(await command(platform, { PORT: port }, 'start')).toMatchObject({ code: 1, output: expect.stringContaining('is running already') });
    const elsewhere = { PORT: port, ISSUER_PORT: '0', SANDBOX_PORT: '0', DATA_DIR: join(platform.dataDir, 'elsewhere') };
    expect(await command(platform, elsewhere, 'start')).toMatchObject({
      code: 1,
      output: expect.stringMatching(new RegExp(`Port ${port}, for the gateway, is in use[^]*set PORT`)),
    });
    expect(await command(platform, {}, 'reset')).toMatchObject({ code: 1, output: expect.stringContaining('stop it first') });
    expect(await command(platform, { PORT: 'eighty', LOG_LEVEL: 'x', SAMPLE_JOURNEYS: 'perhaps' }, 'start')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/PORT: "eighty" is not a port[\s\S]*SAMPLE_JOURNEYS: "perhaps" is neither/),
    });
  });

  it('keeps everything for its owner alone, and Postgres has no rights to it', async () => {
    const open: string[] = [];
    for (const entry of await readdir(platform.dataDir, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (relative(platform.dataDir, path).startsWith('postgres/')) continue;
      const { mode } = await stat(path).catch(() => ({ mode: 0 }));
      if ((mode & 0o077) !== 0) open.push(`${path} ${(mode & 0o777).toString(8)}`);
    }
    expect(open).toEqual([]);
    expect((await stat(platform.dataDir)).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
    const status = await readFile(`/proc/${platform.processes().postgres}/status`, 'utf8');
    expect(/CapEff:\s*(\w+)/.exec(status)![1]).toMatch(/^0{15}[04]$/);
    for (const pid of Object.values(platform.processes()) as number[]) {
      const args = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      const secrets = [...platform.endpoints.clients, ...platform.endpoints.people].map(({ clientSecret }) => clientSecret);
      for (const secret of [...secrets, platform.endpoints.faultsToken]) expect(args).not.toContain(secret);
    }
  });

  it('logs no secret, and at the first start no error', async () => {
    const logs = await Promise.all(['throughline.log', 'processes.log'].map(name => readFile(join(platform.dataDir, 'logs', name), 'utf8')));
    const [lines] = logs;
    expect(lines.split('\n').filter(line => /"level":"(error|fatal)"/.test(line))).toEqual([]);
    const environment = JSON.parse(await readFile(join(platform.dataDir, 'environment.json'), 'utf8')) as Record<string, string>;
    const secrets = Object.entries(environment).filter(([name]) => /SECRET|PASSWORD|TOKEN$/.test(name));
    const password = await readFile(join(platform.dataDir, 'postgres.password'), 'utf8');
    for (const [name, secret] of [...secrets, ['the password', password]]) for (const text of logs) expect(text.includes(secret), name).toBe(false);
  });

  it('wins another deal by npm run demo and shows its journey', async () => {
    const { code, output } = await command(platform, {}, 'demo');
    expect(output).toContain('The project is active.');
    expect(code).toBe(0);
  });

  it('goes on when the needs of the two exceptions are met', async () => {
    const told = await command(platform, {}, 'resolve', 'tax-registration');
    expect(told).toMatchObject({ code: 0, output: expect.stringContaining('The project is active.') });
    const times = [...told.output.matchAll(/^ {2}\S (\d\d:\d\d:\d\d\.\d{3}) /gm)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(5);
    expect(times).toEqual(times.toSorted());
    expect(told.output).not.toMatch(/[ \t]$/m);
    expect(await command(platform, {}, 'resolve')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/needs nothing any more[^]*The project is active\./),
    });
  });

  it('restarts the apps when they are killed, and the running journey ends', async () => {
    const { deal } = await winOne(platform);
    const before = platform.processes();
    await eventually(async () => (await readJourney(platform.api, deal.opportunityId))?.steps.length);
    process.kill(before.apps!, 'SIGKILL');
    await eventually(() => platform.processes().apps !== before.apps);
    await platform.ready();
    const journey = await followJourney(platform.api, deal.opportunityId, { settled: atRest, withinMs: 90_000 });
    expect(journey.summary.code).toBe('summary.complete');
    expect(platform.processes().supervisor).toBe(before.supervisor);
  });

  it('restarts the sandboxes with their data when they are killed, and work goes on', async () => {
    const before = { pids: platform.processes(), ledgers: await ledgers(platform) };
    process.kill(before.pids.sandboxes!, 'SIGKILL');
    await eventually(() => platform.processes().sandboxes !== before.pids.sandboxes);
    await eventually(() => platform.control.faults());
    expect(await ledgers(platform)).toEqual(before.ledgers);
    const { rest } = await winOne(platform);
    expect((await rest()).summary.code).toBe('summary.complete');
  });

  it('goes on undisturbed when strangers send malformed input to any of its ports', async () => {
    const { gateway, issuer, faults, sandboxes } = platform.endpoints;
    const before = platform.processes();
    const ports = [
      gateway,
      issuer,
      faults,
      sandboxes.salesforce.loginUrl,
      sandboxes.kantata.baseUrl,
      sandboxes.workday.wsdl,
      sandboxes.netsuite.baseUrl,
    ];
    for (const url of ports)
      for (const text of STRANGE) {
        const answer = await rawAnswer(url, text);
        expect(answer, `${url} ${text.slice(0, 40)}`).not.toMatch(/^HTTP\/1\.1 5/);
      }
    expect(platform.processes()).toEqual(before);
    for (const url of ports) expect((await fetch(url)).status, url).toBeLessThan(500);
    await platform.ready();
  });

  it('restarts the issuer when it is killed; earlier tokens stay valid and the others answer meanwhile', async () => {
    const before = platform.processes();
    const token = await platform.api.token();
    const ask = () => fetch(`${platform.endpoints.gateway}/system/crm/v1/deals`, { headers: { authorization: `Bearer ${token}` } });
    process.kill(before.issuer!, 'SIGKILL');
    expect((await ask()).status).toBe(200);
    await eventually(() => platform.processes().issuer !== before.issuer);
    await eventually(async () => (await fetch(`${platform.endpoints.issuer}/jwks`)).status === 200);
    expect((await ask()).status).toBe(200);
    expect(await platform.as('Imogen Hartley').token()).toEqual(expect.any(String));
    expect({ ...platform.processes(), issuer: before.issuer }).toEqual(before);
  });

  it('tells callers to come back while the apps are restarted', async () => {
    const before = platform.processes();
    process.kill(before.apps!, 'SIGKILL');
    const statuses: number[] = [];
    await eventually(
      async () => {
        const answer = await fetch(`${platform.endpoints.gateway}/system/crm/v1/deals`, { headers: { connection: 'close' } }).catch(() => undefined);
        if (answer) statuses.push(answer.status);
        if (answer?.status === 503) expect(answer.headers.get('retry-after')).toBe('1');
        return answer?.status === 401;
      },
      { withinMs: 60_000, everyMs: 20 },
    );
    expect(new Set(statuses)).toEqual(new Set([503, 401]));
    await platform.ready();
  });

  it.each(['alone', 'together with the apps'])('restarts Postgres on its port when it is killed %s, and work goes on', async how => {
    const before = platform.processes();
    process.kill(before.postgres!, 'SIGKILL');
    if (how !== 'alone') process.kill(before.apps!, 'SIGKILL');
    await eventually(() => platform.processes().postgres !== before.postgres && alive(platform.processes().postgres));
    await platform.ready();
    const { rest } = await winOne(platform);
    expect((await rest()).summary.code).toBe('summary.complete');
  });

  it('leaves no process and no port behind when Ctrl-C stops it; a second start repeats nothing and is ready in seconds', async () => {
    const before = { pids: platform.processes(), ledgers: await ledgers(platform), endpoints: platform.endpoints };
    expect(await platform.stop()).toBe(0);
    for (const pid of Object.values(before.pids)) await eventually(() => !alive(pid as number));
    const { gateway, issuer, faults, sandboxes } = before.endpoints;
    for (const url of [gateway, issuer, faults, sandboxes.salesforce.loginUrl, sandboxes.netsuite.baseUrl])
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    const began = performance.now();
    await platform.start();
    console.log(`second start: ready in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    expect(platform.endpoints).toEqual(before.endpoints);
    // Each feed reads once more before the ledgers are compared.
    await eventually(async () => {
      const calls = await platform.control.calls();
      return VENDORS.every(vendor => Object.keys(calls[vendor]).some(call => call.startsWith('read')));
    });
    expect(await ledgers(platform)).toEqual(before.ledgers);
    expect(platform.output()).not.toContain('first start');
  });

  it('stops when npm is asked to, and when npm is killed', async () => {
    const env = { ...process.env, BUILD: 'off', DATABASE_URL: '', PORT: '0', ISSUER_PORT: '0', SANDBOX_PORT: '0', SAMPLE_JOURNEYS: 'off' };
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const data = new DataFolder(await mkdtemp(join(tmpdir(), 'throughline-npm-')));
      const npm = spawn('npm', ['start'], { cwd: TOP, env: { ...env, DATA_DIR: data.path }, stdio: ['ignore', 'pipe', 'ignore'] });
      let output = '';
      npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      await eventually(() => output.includes('Ready'), { withinMs: 90_000 });
      const pids = Object.values(data.processes!) as number[];
      npm.kill(signal);
      npm.stdout.destroy();
      await eventually(() => !pids.some(alive), { withinMs: 20_000 });
      data.remove();
    }
  });

  it('recovers when the supervisor itself is killed: its children end, and the next start takes over the orphaned Postgres', async () => {
    const before = platform.processes();
    await platform.kill();
    await eventually(() => !alive(before.apps) && !alive(before.sandboxes), { withinMs: 20_000 });
    await platform.start();
    const { rest } = await winOne(platform);
    expect((await rest()).summary.code).toBe('summary.complete');
  });

  it('lets an app run alone beside it, on the same database, at the same paths', async () => {
    const child = spawn(process.execPath, [START, 'app', 'crm'], {
      env: { ...process.env, DATABASE_URL: '', BUILD: 'off', DATA_DIR: platform.dataDir, PORT: '', LOG_FILE: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const url = await eventually(() => /serves (http:\S+\/system\/crm)/.exec(output)?.[1], { withinMs: 60_000 });
    expect((await fetch(`${new URL(url).origin}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/v1/deals`)).status).toBe(401);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });
});

describe('a defect in the supervisor', { timeout: 240_000 }, () => {
  it('stops everything in order, including Postgres', async () => {
    // Thrown outside of all handlers, on a signal.
    const defect = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => setImmediate(() => { throw new Error('a defect') }))")}`;
    const platform = await testPlatform({ env: { NODE_OPTIONS: `--import=${defect}` } });
    const pids = platform.processes();
    process.kill(pids.supervisor, 'SIGUSR2');
    for (const pid of Object.values(pids)) await eventually(() => !alive(pid as number), { withinMs: 30_000 });
    expect(platform.output()).toContain('A defect in the supervisor: Error: a defect');
    expect(existsSync(join(platform.dataDir, 'running.pid'))).toBe(false);
    await platform.close();
  });
});

describe('a folder or a port that this user may not use', () => {
  const PORTS = { PORT: '0', ISSUER_PORT: '0', SANDBOX_PORT: '0' };

  it.each(['itself', 'what is in it'])('is reported in one line: the folder, %s', async what => {
    const dataDir = await mkdtemp(join(tmpdir(), 'throughline-denied-'));
    if (what !== 'itself') await writeFile(join(dataDir, 'issuer.json'), '{}', { mode: 0o000 });
    else await chmod(dataDir, 0o500);
    const { code, output } = await commandWithout(['dac_override', 'dac_read_search'], { dataDir } as TestPlatform, PORTS);
    expect(code).toBe(1);
    expect(output).toMatch(/^The user \w+ may not use [^\n]+ \(EACCES\): give it to \w+, or set DATA_DIR to a folder of theirs\.\n$/);
    await rm(dataDir, { recursive: true });
  });

  it('is reported in one line: the port', async context => {
    const lowest = Number(await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '1024'));
    if (lowest <= 81) return context.skip();
    const none = { dataDir: '/nonexistent-throughline-data' } as TestPlatform;
    const { code, output } = await commandWithout(['net_bind_service'], none, { ...PORTS, PORT: '81' });
    expect(code).toBe(1);
    expect(output).toMatch(/^This user may not listen on port 81, for the gateway \(EACCES\): set PORT to one from 1024 on: [^\n]+\n$/);
  });
});

describe('a port that is in use', () => {
  it('is named with its setting before anything is started', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const none = { dataDir: '/nonexistent-throughline-data' } as TestPlatform;
    const { code, output } = await command(none, { PORT: '0', ISSUER_PORT: String(port), SANDBOX_PORT: '0' }, 'start');
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port}, for the OpenID provider, is in use`);
    expect(output).toContain('ISSUER_PORT');
    const gateway = createServer().listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const { port: taken } = gateway.address() as { port: number };
    const both = await command(none, { PORT: String(taken), ISSUER_PORT: String(port), SANDBOX_PORT: '0' }, 'start');
    expect(both.output).toContain(`Port ${taken}, for the gateway, is in use`);
    expect(both.output).toContain(`: PORT=${taken + 100} ISSUER_PORT=${port + 100} npm start`);
    expect(existsSync(none.dataDir)).toBe(false);
    server.close();
    gateway.close();
  });
});
