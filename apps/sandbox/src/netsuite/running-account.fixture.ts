import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#testing';
import { createFirm } from '../firm/create-firm.js';
import type { Firm } from '../firm/firm.js';
import { Faults, Ledger, Store, VendorServer } from '../kit/index.js';
import { createNetsuite, type NetsuiteOptions } from './index.js';

export const firm = createFirm({ size: 20 });
export const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 });
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const account: NetsuiteOptions = {
  account: '7654321_SB1',
  certificates: [
    { id: 'cert-rsa', clientId: 'client-1', publicKey: pem(rsa.publicKey) },
    { id: 'cert-ec', clientId: 'client-1', publicKey: pem(ec.publicKey) },
  ],
};

export interface Answer {
  status: number;
  headers: Headers;
  // The vendor's JSON: read loosely, as its clients do.
  body: any;
}

/** A client of one account, which logs in when it has to. */
export class AccountClient {
  baseUrl: string;
  token = '';
  key: KeyObject = rsa.privateKey;
  certificateId = 'cert-rsa';
  clientId = 'client-1';

  get tokenUrl(): string {
    return `${this.baseUrl}/services/rest/auth/oauth2/v1/token`;
  }

  assertion(changes: { header?: object; payload?: object; key?: KeyObject } = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { typ: 'JWT', alg: 'PS256', kid: this.certificateId, ...changes.header };
    const payload = { iss: this.clientId, scope: ['rest_webservices'], aud: this.tokenUrl, iat: now, exp: now + 3000, ...changes.payload };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = `${encode(header)}.${encode(payload)}`;
    const key = changes.key ?? this.key;
    const options =
      key.asymmetricKeyType === 'ec'
        ? { key, dsaEncoding: 'ieee-p1363' as const }
        : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    return `${signed}.${sign('sha256', Buffer.from(signed), options).toString('base64url')}`;
  }

  async logIn(assertion = this.assertion(), form: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...form,
    });
    return read(await fetch(this.tokenUrl, { method: 'POST', body }));
  }

  /** `path` below the REST services, or the whole address that an answer gave. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    if (!this.token) this.token = (await this.logIn()).body.access_token;
    const url = path.startsWith('http') ? path : path.startsWith('/services/') ? `${this.baseUrl}${path}` : `${this.baseUrl}/services/rest${path}`;
    return read(
      await fetch(url, {
        method,
        headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
  }

  query(q: string, page = ''): Promise<Answer> {
    return this.call('POST', `/query/v1/suiteql${page}`, { q }, { prefer: 'transient' });
  }

  /** A batch; 202 with the job's address. */
  batch(method: string, type: string, content: object[] | string, headers: Record<string, string> = {}): Promise<Answer> {
    const prefer = { prefer: 'respond-async', ...strict, ...headers };
    if (typeof content === 'string') return this.call(method, `/record/v1/${type}?${content}`, undefined, prefer);
    return this.call(method, `/record/v1/${type}`, { items: content }, { 'content-type': COLLECTION, ...prefer });
  }

  /** The job that was submitted, once all its records are worked on. */
  finished(submitted: Answer): Promise<Answer> {
    return eventually(async () => {
      const job = await this.call('GET', submitted.headers.get('location')!);
      return job.body.completed ? job : undefined;
    });
  }

  /** What each task of a job says of its record. */
  async results(job: Answer): Promise<Answer[]> {
    const tasks = await this.call('GET', `${job.body.task.links[0].href}/`);
    return Promise.all(tasks.body.items.map(({ links }: { links: { href: string }[] }) => this.call('GET', `${links[0].href}/result`)));
  }
}

/** One sandbox in this process, on a port of its own. */
export class RunningAccount extends AccountClient {
  readonly folder = mkdtempSync(join(tmpdir(), 'netsuite-'));
  store: Store;
  ledger: Ledger;
  server: VendorServer;
  readonly faults = new Faults();

  async start(options: Partial<NetsuiteOptions> = {}, of: Firm = firm): Promise<void> {
    this.store = new Store(join(this.folder, 'netsuite.sqlite'));
    this.ledger = new Ledger(this.store);
    this.server = new VendorServer(createNetsuite(this.store, this.ledger, of, { ...account, ...options }), this.faults);
    this.baseUrl = await this.server.listen(0);
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.store.close();
  }

  async restart(options: Partial<NetsuiteOptions> = {}): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}

const COLLECTION = 'application/vnd.oracle.resource+json; type=collection';
export const strict = { 'x-netsuite-propertynamevalidation': 'Error' };

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : text.startsWith('{') ? JSON.parse(text) : text };
}

export const code = (answer: Answer): string => answer.body['o:errorDetails'][0]['o:errorCode'];
export const detail = (answer: Answer): string => answer.body['o:errorDetails'][0].detail;
export const pathOf = (answer: Answer): string => answer.body['o:errorDetails'][0]['o:errorPath'];

/** A project that runs, and somebody on its team. */
export const project = firm.projects.find(({ closedOn, team }) => closedOn === null && team.length > 0)!;
export const worker = firm.consultants.find(({ employeeNumber }) => employeeNumber === project.team[0])!;

/** A line of approved time, 7:30 hours at 150.55. */
export const aTime = (externalId: string, changes: object = {}): object => ({
  externalId,
  employee: { externalId: worker.employeeNumber },
  customer: { externalId: project.id },
  caseTaskEvent: { externalId: project.tasks[0].id },
  item: { externalId: worker.role },
  tranDate: '2026-11-16',
  hours: '7:30',
  isBillable: true,
  approvalStatus: { id: '3' },
  price: { id: '-1' },
  rate: 150.55,
  overrideRate: true,
  department: { externalId: project.costCentre },
  memo: 'Design workshop',
  ...changes,
});
