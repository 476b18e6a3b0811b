import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * Where sessions, codes and refresh tokens of this sample issuer live: in memory, so people sign in again after a restart.
 * Access tokens are signed and need no store.
 */
export class IssuerMemory implements Adapter {
  static readonly #kept = new Map<string, { payload: AdapterPayload; until: number }>();

  constructor(private readonly model: string) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    IssuerMemory.#forgetExpired();
    IssuerMemory.#kept.set(this.#key(id), { payload, until: Date.now() + (expiresIn ?? 86_400) * 1000 });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#live(this.#key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#first(payload => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#first(payload => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.#live(this.#key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    IssuerMemory.#kept.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of IssuerMemory.#kept) if (payload.grantId === grantId) IssuerMemory.#kept.delete(key);
  }

  static #forgetExpired(): void {
    const now = Date.now();
    for (const [key, { until }] of IssuerMemory.#kept) if (until < now) IssuerMemory.#kept.delete(key);
  }

  #key(id: string): string {
    return `${this.model}:${id}`;
  }

  #live(key: string): AdapterPayload | undefined {
    const kept = IssuerMemory.#kept.get(key);
    return kept && kept.until > Date.now() ? kept.payload : undefined;
  }

  #first(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    const found = [...IssuerMemory.#kept].find(([key, { payload }]) => key.startsWith(`${this.model}:`) && matches(payload));
    return found && this.#live(found[0]);
  }
}
