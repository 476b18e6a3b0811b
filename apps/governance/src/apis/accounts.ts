import { Injectable } from '@nestjs/common';
import type { ApiAccount, AppAccount } from '#apis';
import { governanceApi } from '#apis/governance';
import { Problem } from '#canonical';
import { Account, ApiClient, outage, runInContext } from '#service';
import type { UsesAsked } from '#versioning';
import * as calls from '../calls.js';
import { idOf, type Said } from './catalogue.rules.js';

const FRESH_MS = 15_000;
const IN_TIME = { deadlineMs: 10_000 };
/** Answers that are kept at the same time; callers choose what is asked for. */
const MOST_ANSWERS = 200;

const APPS: string[] = [...Object.values(calls).map(({ app }) => app), governanceApi.app];

/**
 * What every app says of itself. Each app is asked at most once in some seconds for the same uses,
 * whoever asks; one that is away is shown as it was last.
 */
@Injectable()
export class Accounts {
  readonly #answers = new Map<string, { asked: number; answer: Promise<AppAccount | undefined> }>();
  readonly #last = new Map<string, Said>();

  constructor(
    private readonly api: ApiClient,
    private readonly own: Account,
  ) {}

  /** `since`: the first day of use, `YYYY-MM-DD`. */
  async all(since: string): Promise<Said[]> {
    const said = await Promise.all(APPS.map(app => this.#said(app, since)));
    return said.filter(one => one !== undefined);
  }

  /** What an app says of one version of its API, by the version's id: `crm@1`. */
  async find(id: string, since: string): Promise<Said & { api: ApiAccount }> {
    const [app] = id.split('@');
    const said = APPS.includes(app) ? await this.#said(app, since) : undefined;
    const api = said?.account.apis.find(one => idOf(said.account, one) === id);
    if (!said || !api) throw new Problem('not-found', `There is no API ${id}.`);
    return { ...said, api };
  }

  /** The uses that are asked for. Throws vendor-unavailable (code app-away) where the app does not answer. */
  async uses(app: string, asked: UsesAsked): Promise<AppAccount> {
    return there(app, await this.#recent(app, asked));
  }

  /** The same, asked for anew: what was counted until now decides. */
  async now(app: string, asked: UsesAsked): Promise<AppAccount> {
    return there(app, await this.#ask(app, asked));
  }

  async #said(app: string, since: string): Promise<Said | undefined> {
    const account = await this.#recent(app, { since });
    const last = this.#last.get(app);
    if (account === undefined) return last && { ...last, reachable: false };
    if (last?.account === account) return last;
    const said = { account, asOf: new Date(), reachable: true };
    this.#last.set(app, said);
    return said;
  }

  #recent(app: string, asked: UsesAsked): Promise<AppAccount | undefined> {
    const key = JSON.stringify([app, asked.since, asked.version, asked.operation, asked.field]);
    const known = this.#answers.get(key);
    if (known && Date.now() - known.asked < FRESH_MS) return known.answer;
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.delete(this.#answers.keys().next().value!);
    const answer = this.#ask(app, asked);
    this.#answers.set(key, { asked: Date.now(), answer });
    // What could not be asked is asked for again by the next reader.
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** Undefined when it does not answer. Throws not-found for an app that is none. */
  async #ask(app: string, asked: UsesAsked): Promise<AppAccount | undefined> {
    if (app === governanceApi.app) return this.own.of(asked);
    const api = Object.values(calls).find(one => one.app === app);
    if (!api) throw new Problem('not-found', `There is no app ${app}.`);
    // It is the same for all callers, so it is asked for as the app itself.
    return runInContext({ principal: undefined, signal: undefined, deadlineAt: undefined }, () =>
      outage.during(`catalogue: asking ${app}`, () => this.api.of(api).getAccount({ query: { ...asked } }, IN_TIME)),
    );
  }
}

function there(app: string, account: AppAccount | undefined): AppAccount {
  if (account) return account;
  throw new Problem('vendor-unavailable', `${app} does not say now who uses it. Try again.`, { code: 'app-away', retryable: true });
}
