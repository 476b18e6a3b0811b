import { passportJwtSecret } from 'jwks-rsa';
import { Problem } from '#canonical';

/** What every token must be issued for. */
export const AUDIENCE = 'urn:throughline';

interface Discovered {
  jwks_uri: string;
  token_endpoint: string;
}

type KeyProvider = ReturnType<typeof passportJwtSecret>;

/**
 * The issuer an app trusts: where its signing keys and token endpoint are, found by OpenID discovery at the first need and kept.
 * Nothing is asked of it at construction, so an app starts while its issuer is still starting.
 */
export class Authority {
  readonly issuer: string;
  #discovery?: Promise<Discovered>;
  #keys?: KeyProvider;

  constructor(
    issuerUrl: string,
    private readonly timeoutMs = 5_000,
  ) {
    this.issuer = issuerUrl.replace(/\/$/, '');
  }

  /** Where the issuer says it issues tokens. Throws `vendor-unavailable` when it can't be asked. */
  async tokenEndpoint(): Promise<string> {
    return (await this.#discover()).token_endpoint;
  }

  /** The public key for a token's key id, null when the issuer has none such. */
  async keyFor(rawToken: string): Promise<string | null> {
    const { jwks_uri: jwksUri } = await this.#discover();
    this.#keys ??= passportJwtSecret({
      jwksUri,
      cache: true,
      cacheMaxEntries: 20,
      cacheMaxAge: 10 * 60_000,
      // a token with an unknown key id makes us ask the issuer: bounded, so that nobody can make us flood it
      rateLimit: true,
      jwksRequestsPerMinute: 30,
      timeout: this.timeoutMs,
    });
    const keys = this.#keys;
    return new Promise((resolve, reject) => {
      keys(null, rawToken, (error: unknown, key?: string | Buffer) => (error ? reject(error) : resolve(key?.toString() ?? null)));
    });
  }

  #discover(): Promise<Discovered> {
    this.#discovery ??= this.#ask().catch((error: unknown) => {
      this.#discovery = undefined; // asked again at the next need
      throw error;
    });
    return this.#discovery;
  }

  async #ask(): Promise<Discovered> {
    const url = `${this.issuer}/.well-known/openid-configuration`;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(this.timeoutMs) });
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      return (await answer.json()) as Discovered;
    } catch (cause) {
      throw new Problem('vendor-unavailable', "The identity provider can't be reached.", { cause, code: 'issuer-unreachable', retryAfterMs: 1_000 });
    }
  }
}
