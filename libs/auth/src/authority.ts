import type { KeyObject } from 'node:crypto';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { boundedText, fetchHere, Problem, readJson } from '#canonical';
import { SigningKeys, type KeepingOptions, type KeyHint } from './signing-keys.js';

/** The audience that every token must be issued for. */
export const AUDIENCE = 'urn:throughline';

interface IssuerAddresses {
  jwks_uri: string;
  token_endpoint: string;
  authorization_endpoint?: string;
}

/** Where people sign in, if they can, and where tokens are fetched. */
export interface IssuerEndpoints {
  authorization?: string;
  token: string;
}

const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER_BYTES = 262_144;
const MINUTE_MS = 60_000;

/** How keys are kept by default. */
export const DEFAULT_KEEPING: KeepingOptions = { refreshMs: 5 * MINUTE_MS, greatestAgeMs: 24 * 60 * MINUTE_MS };

/**
 * The issuer that an app trusts. OpenID discovery finds its signing keys and its token endpoint. As
 * a provider of an app it reads the keys at start and on a timer.
 */
export class Authority implements OnModuleInit, OnModuleDestroy {
  readonly issuer: string;
  readonly keys: SigningKeys;
  #discovery?: Promise<IssuerAddresses>;

  constructor(issuerUrl: string, keeping: KeepingOptions = DEFAULT_KEEPING) {
    this.issuer = issuerUrl.replace(/\/$/, '');
    this.keys = new SigningKeys(async () => this.#get((await this.#discover(true)).jwks_uri), keeping);
  }

  onModuleInit(): void {
    this.keys.start();
  }

  onModuleDestroy(): void {
    this.keys.stop();
  }

  /** The issuer's token endpoint. Throws `vendor-unavailable` when the issuer can't be reached. */
  async tokenEndpoint(): Promise<string> {
    return (await this.#discover(false)).token_endpoint;
  }

  /** The issuer's endpoints. Throws `vendor-unavailable` when the issuer can't be reached. */
  async endpoints(): Promise<IssuerEndpoints> {
    const { token_endpoint: token, authorization_endpoint: authorization } = await this.#discover(false);
    return { token, ...(authorization === undefined ? {} : { authorization }) };
  }

  /** The public key of a token; undefined when the issuer has no such key. */
  keyFor(hint: KeyHint): Promise<KeyObject | undefined> {
    return this.keys.keyOf(hint);
  }

  /** Discovery is cached. `again` repeats it, because an issuer may move its keys. */
  #discover(again: boolean): Promise<IssuerAddresses> {
    if (again) this.#discovery = undefined;
    this.#discovery ??= this.#ask().catch((error: unknown) => {
      this.#discovery = undefined; // retried when it is needed next
      throw error;
    });
    return this.#discovery;
  }

  async #ask(): Promise<IssuerAddresses> {
    const found = (await this.#get(`${this.issuer}/.well-known/openid-configuration`)) as Partial<Record<string, unknown>> | null;
    const { issuer, jwks_uri: jwks, token_endpoint: token, authorization_endpoint: authorization } = found ?? {};
    if (typeof issuer !== 'string' || issuer.replace(/\/$/, '') !== this.issuer) throw away(new Error('it names itself another issuer'));
    if (typeof jwks !== 'string' || typeof token !== 'string') throw away(new Error('its discovery document has no addresses'));
    return { jwks_uri: jwks, token_endpoint: token, ...(typeof authorization === 'string' ? { authorization_endpoint: authorization } : {}) };
  }

  async #get(url: string): Promise<unknown> {
    try {
      const answer = await fetchHere(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      return readJson(await boundedText(answer, LARGEST_ANSWER_BYTES), 'answer');
    } catch (cause) {
      throw away(cause);
    }
  }
}

const away = (cause: unknown): Problem =>
  new Problem('vendor-unavailable', "The identity provider can't be reached.", { cause, code: 'issuer-unreachable', retryAfterMs: 1_000 });
