import type { Adapter, AdapterPayload } from 'oidc-provider';

interface StoredEntry {
  payload: AdapterPayload;
  until: number;
}

/** Entries per model: anybody may begin a sign-in, so unfinished ones must not fill the memory. */
const MOST_OF_A_MODEL = 2_000;

/**
 * The store of this sample issuer's sessions, codes and refresh tokens. It is in memory, so people
 * sign in again after a restart; access tokens are signed and need no store. Beyond the bound, the
 * oldest entry of a model is dropped.
 */
export class IssuerMemory implements Adapter {
  static readonly #models = new Map<string, Map<string, StoredEntry>>();

  readonly #kept: Map<string, StoredEntry>;

  constructor(model: string) {
    const kept = IssuerMemory.#models.get(model) ?? new Map<string, StoredEntry>();
    IssuerMemory.#models.set(model, kept);
    this.#kept = kept;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#kept.delete(id);
    this.#kept.set(id, { payload, until: Date.now() + (expiresIn ?? 86_400) * 1000 });
    // A model's entries live equally long, so they expire in order of insertion.
    for (const [oldest, { until }] of this.#kept) {
      if (until > Date.now() && this.#kept.size <= MOST_OF_A_MODEL) break;
      this.#kept.delete(oldest);
    }
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#live(id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#first(payload => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#first(payload => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.#live(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#kept.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#kept) if (payload.grantId === grantId) this.#kept.delete(id);
  }

  #live(id: string): AdapterPayload | undefined {
    const kept = this.#kept.get(id);
    return kept && kept.until > Date.now() ? kept.payload : undefined;
  }

  #first(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    const found = [...this.#kept].find(([, { payload }]) => matches(payload));
    return found && this.#live(found[0]);
  }
}
