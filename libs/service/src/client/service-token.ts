import { boundedText, fetchHere, Problem } from '#canonical';

const EARLY_MS = 30_000;
const LARGEST_ANSWER_BYTES = 262_144;

export interface TokenOptions {
  clientId: string;
  clientSecret: string;
  scope: string;
  audience: string;
  tokenEndpoint(): Promise<string>;
}

/**
 * An app's own access token (client credentials). It is requested once and kept until shortly
 * before it expires.
 */
export class ServiceToken {
  #token?: Promise<{ value: string; expiresAt: number }>;

  constructor(private readonly options: TokenOptions) {}

  async value(): Promise<string> {
    const held = await this.#token;
    if (!held || held.expiresAt < Date.now()) this.#token = this.#request();
    try {
      return (await this.#token!).value;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  /** Discards the token: the next call requests another. */
  refused(): void {
    this.#token = undefined;
  }

  async #request(): Promise<{ value: string; expiresAt: number }> {
    const { clientId, clientSecret, scope, audience } = this.options;
    const url = await this.options.tokenEndpoint();
    const form = new URLSearchParams({ grant_type: 'client_credentials', resource: audience, ...(scope ? { scope } : {}) });
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    let answer: Response;
    try {
      answer = await fetchHere(url, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
        signal: AbortSignal.timeout(10_000),
      });
    } catch (cause) {
      throw new Problem('vendor-unavailable', "The identity provider can't be reached.", { cause, code: 'not-made' });
    }
    const body = await bodyOf(answer);
    if (!answer.ok || !body.access_token) {
      const why = body.error_description ?? body.error ?? `status ${answer.status}`;
      const isBusy = answer.status === 429 || answer.status >= 500;
      throw new Problem(isBusy ? 'vendor-unavailable' : 'internal', `The identity provider gave ${clientId} no token: ${why}.`, {
        code: 'not-made',
        ...(isBusy ? waitAsked(answer) : {}),
      });
    }
    return { value: body.access_token, expiresAt: Date.now() + (body.expires_in ?? 300) * 1000 - EARLY_MS };
  }
}

interface TokenBody {
  access_token?: string;
  expires_in?: number;
  error?: string;
  error_description?: string;
}

/** What the answer says; nothing when it can't be read. */
async function bodyOf(answer: Response): Promise<TokenBody> {
  try {
    return (JSON.parse(await boundedText(answer, LARGEST_ANSWER_BYTES)) ?? {}) as TokenBody;
  } catch {
    return {};
  }
}

/** How long the answer asks us to wait, if it states seconds. */
function waitAsked({ headers }: Response): { retryAfterMs?: number } {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(seconds) ? { retryAfterMs: Number(seconds) * 1000 } : {};
}
