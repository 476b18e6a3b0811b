import { fetchHere } from '#canonical/fetch';
import type { SandboxEndpoints } from '../../../sandbox/src/sandboxes.js';

/** Salesforce's REST API, as a salesperson's tool would use it: the samples are won only there. */
export class SalesforceRest {
  #session: Promise<{ token: string; url: string }> | undefined;

  constructor(private readonly org: SandboxEndpoints['salesforce']) {}

  async query<T>(soql: string): Promise<T[]> {
    const { records } = (await this.#call('GET', `query?q=${encodeURIComponent(soql)}`)) as { records: T[] };
    return records;
  }

  async update(type: string, id: string, fields: object): Promise<void> {
    await this.#call('PATCH', `sobjects/${type}/${id}`, fields);
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const { token, url } = await (this.#session ??= this.#logIn());
    const answer = await fetchHere(`${url}/services/data/v${this.org.apiVersion}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Salesforce answered ${answer.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #logIn(): Promise<{ token: string; url: string }> {
    const { loginUrl, clientId, clientSecret } = this.org;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    const answer = await fetchHere(`${loginUrl}/services/oauth2/token`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`Salesforce refused the log-in: ${answer.status} ${await answer.text()}`);
    const { access_token: token, instance_url: url } = (await answer.json()) as { access_token: string; instance_url: string };
    return { token, url };
  }
}

/** SOQL text literal. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, char => `\\${char}`)}'`;
