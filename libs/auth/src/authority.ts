import type { KeyObject } from 'node:crypto';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { fetchHere, Problem, readJson } from '#canonical';
import { SigningKeys, type KeepingOptions, type KeyHint } from './signing-keys.js';

/** What every token must be issued for. */
export const AUDIENCE = 'urn:throughline';

interface Discovered {
  jwks_uri: string;
  token_endpoint: string;
}

const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER_BYTES = 262_144;
const MINUTE_MS = 60_000;

/** How keys are kept when nobody says otherwise. */
export const KEEPING: KeepingOptions = { refreshMs: 5 * MINUTE_MS, greatestAgeMs: 24 * 60 * MINUTE_MS };

/**
 * The issuer an app trusts: where its signing keys and token endpoint are is found by OpenID discovery. As a provider of an app it reads
 * the keys at start and on a timer.
 */
export class Authority implements OnModuleInit, OnModuleDestroy {
  readonly issuer: string;
  readonly keys: SigningKeys;
  #discovery?: Promise<Discovered>;

  constructor(issuerUrl: string, keeping: KeepingOptions = KEEPING) {
    this.issuer = issuerUrl.replace(/\/$/, '');
    this.keys = new SigningKeys(async () => this.#get((await this.#discover(true)).jwks_uri), keeping);
  }

  onModuleInit(): void {
    this.keys.start();
  }

  onModuleDestroy(): void {
    this.keys.stop();
  }

  /** Where the issuer says it issues tokens. Throws `vendor-unavailable` when it can't be asked. */
  async tokenEndpoint(): Promise<string> {
    return (await this.#discover(false)).token_endpoint;
  }

  /** The public key for a token, undefined when the issuer has none such. */
  keyFor(hint: KeyHint): Promise<KeyObject | undefined> {
    return this.keys.keyOf(hint);
  }

  /** What was found once is kept; `again` asks anew, since an issuer may move its keys. */
  #discover(again: boolean): Promise<Discovered> {
    if (again) this.#discovery = undefined;
    this.#discovery ??= this.#ask().catch((error: unknown) => {
      this.#discovery = undefined; // asked again at the next need
      throw error;
    });
    return this.#discovery;
  }

  async #ask(): Promise<Discovered> {
    const found = (await this.#get(`${this.issuer}/.well-known/openid-configuration`)) as Partial<Record<string, unknown>> | null;
    const { issuer, jwks_uri: jwks, token_endpoint: token } = found ?? {};
    if (typeof issuer !== 'string' || issuer.replace(/\/$/, '') !== this.issuer) throw away(new Error('it names itself another issuer'));
    if (typeof jwks !== 'string' || typeof token !== 'string') throw away(new Error('its discovery document has no addresses'));
    return { jwks_uri: jwks, token_endpoint: token };
  }

  async #get(url: string): Promise<unknown> {
    try {
      const answer = await fetchHere(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      return readJson(await textOf(answer), 'answer');
    } catch (cause) {
      throw away(cause);
    }
  }
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES) throw new Error(`an answer of more than ${LARGEST_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const away = (cause: unknown): Problem =>
  new Problem('vendor-unavailable', "The identity provider can't be reached.", { cause, code: 'issuer-unreachable', retryAfterMs: 1_000 });
