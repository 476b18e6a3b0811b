import { Injectable } from '@nestjs/common';
import type { account, Api, ApiAccount, Client } from '#apis';
import { Problem } from '#canonical';
import { Account, ApiClient, outage, runInContext } from '#service';
import * as calls from '../calls.js';
import { idOf, type Said } from './catalogue.rules.js';

const FRESH_MS = 15_000;
const IN_TIME = { deadlineMs: 10_000 };
/** Starting days of use that are kept at the same time; callers choose them. */
const MOST_DAYS = 20;

/**
 * What every app says of itself. Each app is asked at most once in some seconds for the same days,
 * whoever asks; one that is away is shown as it was last.
 */
@Injectable()
export class Accounts {
  readonly #said = new Map<string, { asked: number; saying: Promise<Said[]> }>();
  readonly #last = new Map<string, Said>();

  constructor(
    private readonly api: ApiClient,
    private readonly own: Account,
  ) {}

  /** `since`: the first day of use, `YYYY-MM-DD`. */
  all(since: string): Promise<Said[]> {
    const known = this.#said.get(since);
    if (known && Date.now() - known.asked < FRESH_MS) return known.saying;
    if (this.#said.size >= MOST_DAYS) this.#said.delete(this.#said.keys().next().value!);
    // It is the same for all callers, so it is asked for as the app itself.
    const saying = runInContext({ principal: undefined, signal: undefined, deadlineAt: undefined }, () => this.#ask(since));
    this.#said.set(since, { asked: Date.now(), saying });
    // What could not be asked is asked for again by the next reader.
    saying.catch(() => this.#said.delete(since));
    return saying;
  }

  /** The same, asked for anew: what was counted until now decides. */
  now(since: string): Promise<Said[]> {
    this.#said.delete(since);
    return this.all(since);
  }

  /** What an app says of one version of its API, by the version's id: `crm@1`. */
  async find(id: string, since: string): Promise<Said & { api: ApiAccount }> {
    for (const said of await this.all(since)) {
      const api = said.account.apis.find(one => idOf(said.account, one) === id);
      if (api) return { ...said, api };
    }
    throw new Problem('not-found', `There is no API ${id}.`);
  }

  async #ask(since: string): Promise<Said[]> {
    const others = Object.values(calls).map(api => this.#askOne(api.app, this.api.of(api), since));
    const said = await Promise.all([...others, this.own.of(since).then(account => ({ account, asOf: new Date(), reachable: true }))]);
    return said.filter(one => one !== undefined);
  }

  async #askOne(app: string, client: Client<Api<typeof account>>, since: string): Promise<Said | undefined> {
    const answer = await outage.during(`catalogue: asking ${app}`, () => client.getAccount({ query: { since } }, IN_TIME));
    const last = this.#last.get(app);
    if (answer === undefined) return last && { ...last, reachable: false };
    const said = { account: answer, asOf: new Date(), reachable: true };
    this.#last.set(app, said);
    return said;
  }
}
