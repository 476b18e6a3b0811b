import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';
import type { SandboxEndpoints } from '../../../apps/sandbox/src/sandboxes.js';

const COLLECTION = 'application/vnd.oracle.resource+json; type=collection';

/** NetSuite by plain fetch, as many calls at once as the account allows: what a script would use. */
export class NetsuiteClient {
  calls = 0;
  #token: Promise<string> | undefined;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly netsuite: SandboxEndpoints['netsuite'],
    concurrency: number,
  ) {
    this.#free = concurrency;
  }

  /** Submits a collection; answers its job's path. */
  async submit(type: string, items: object[], key: string): Promise<string> {
    const answer = await this.#send(
      'PUT',
      `/services/rest/record/v1/${type}`,
      { items },
      {
        'content-type': COLLECTION,
        prefer: 'respond-async',
        'x-netsuite-idempotency-key': key,
        'x-netsuite-propertynamevalidation': 'Error',
      },
    );
    return new URL(answer.headers.get('location')!, this.netsuite.baseUrl).pathname;
  }

  async completed(job: string): Promise<boolean> {
    const answer = await this.#send('GET', job);
    return ((await answer.json()) as { completed: boolean }).completed;
  }

  async upsert(type: string, externalId: string, body: object): Promise<void> {
    const answer = await this.#send('PUT', `/services/rest/record/v1/${type}/eid:${externalId}`, body);
    await answer.arrayBuffer();
  }

  async query(q: string): Promise<Record<string, string>[]> {
    const answer = await this.#send('POST', '/services/rest/query/v1/suiteql?limit=1000', { q }, { prefer: 'transient' });
    return ((await answer.json()) as { items: Record<string, string>[] }).items;
  }

  async #send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Bearer ${await (this.#token ??= this.#logIn())}`;
    await this.#enter();
    try {
      this.calls++;
      const answer = await fetch(this.netsuite.baseUrl + path, {
        method,
        headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        body: body && JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 400)}`);
      return answer;
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>(go => this.#waiting.push(go));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }

  async #logIn(): Promise<string> {
    const { tokenUrl, clientId, certificateId, privateKeyFile, alg } = this.netsuite;
    const assertion = await new SignJWT({ scope: ['rest_webservices'] })
      .setProtectedHeader({ typ: 'JWT', alg, kid: certificateId })
      .setIssuer(clientId)
      .setAudience(tokenUrl)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importPKCS8(readFileSync(privateKeyFile, 'utf8'), alg));
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
}
