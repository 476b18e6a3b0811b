import { fetchHere } from '#canonical/fetch';
import type { Endpoints } from '../endpoints.js';

/**
 * Throughline as its users reach it: with a token of a client or a person, by REST and GraphQL
 * behind the gateway.
 */
export class ThroughlineApi {
  #token: { value: string; until: number } | undefined;

  constructor(
    private readonly endpoints: Pick<Endpoints, 'gateway' | 'graphql' | 'tokenEndpoint'>,
    private readonly identity: { clientId: string; clientSecret: string },
  ) {}

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path);
  }

  async text(path: string): Promise<string> {
    const answer = await fetchHere(this.endpoints.gateway + path, { headers: { authorization: `Bearer ${await this.token()}` } });
    if (!answer.ok) throw new Error(`GET ${path} was answered ${answer.status}: ${await answer.text()}`);
    return answer.text();
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#call<T>('PUT', path, body);
  }

  async graphql<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.#call<{ data?: T; errors?: { message: string }[] }>('POST', '/graphql', { query, variables });
    if (errors?.length || !data) throw new Error(`GraphQL: ${errors?.map(error => error.message).join('; ') ?? 'no data'}`);
    return data;
  }

  /** A bearer token, kept until shortly before it expires. */
  async token(): Promise<string> {
    if (this.#token && this.#token.until > Date.now()) return this.#token.value;
    const { clientId, clientSecret } = this.identity;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const answer = await fetchHere(this.endpoints.tokenEndpoint, { method: 'POST', headers: { authorization }, body });
    if (!answer.ok) throw new Error(`no token for ${clientId}: ${answer.status} ${await answer.text()}`);
    const { access_token: value, expires_in: seconds } = (await answer.json()) as { access_token: string; expires_in: number };
    this.#token = { value, until: Date.now() + (seconds - 30) * 1000 };
    return value;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${await this.token()}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetchHere(this.endpoints.gateway + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok && !text.includes('"errors"')) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
