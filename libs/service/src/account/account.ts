import { Inject, Injectable } from '@nestjs/common';
import type { Api, ApiAccount, AppAccount, UsedAccount } from '#apis';
import { RELEASE } from '#persistence';
import type { Used, UsesAsked } from '#versioning';
import { APP, type App } from '../app-definition.js';
import { ConformanceCheck } from '../conformance/conformance-check.js';
import { UsageRecorder } from '../usage/usage-recorder.js';

/** What the app says of itself: its declarations, as its code has them, and the use that it has counted. */
@Injectable()
export class Account {
  constructor(
    @Inject(APP) private readonly app: App,
    private readonly usage: UsageRecorder,
    private readonly conformance: ConformanceCheck,
  ) {}

  /** With the uses that are asked for, as far back as they are kept. */
  async of(asked: UsesAsked): Promise<AppAccount> {
    const { name, title, description, apis } = this.app;
    await this.usage.flush();
    const since = [asked.since, this.usage.oldest].sort()[1];
    const { used, cut } = await this.usage.uses({ ...asked, since });
    return {
      app: name,
      release: RELEASE,
      title,
      description,
      apis: apis.map(accountOfApi),
      usedSince: since,
      used: used.map(accountOfUse),
      usedCut: cut,
      findings: this.conformance.report().findings.map(({ route, missing, text }) => ({ ...(route === null ? {} : { route }), missing, text })),
    };
  }
}

function accountOfApi({
  version,
  layer,
  graphql,
  owner,
  audience,
  systemOfRecord,
  lifecycle,
  serviceLevel,
  operations,
  deprecations,
}: Api): ApiAccount {
  return {
    version,
    layer,
    kind: graphql ? 'graphql' : 'rest',
    owner: owner.team,
    contact: owner.email,
    audience,
    ...(systemOfRecord === undefined ? {} : { systemOfRecord }),
    state: lifecycle.state,
    ...('since' in lifecycle ? { deprecatedSince: lifecycle.since, sunset: lifecycle.sunset } : {}),
    ...('on' in lifecycle ? { retiredOn: lifecycle.on } : {}),
    ...('successor' in lifecycle ? { successor: lifecycle.successor } : {}),
    ...serviceLevel,
    operations: Object.values(operations).map(({ id, method, path, summary, scope }) => ({ id, method: method.toUpperCase(), path, summary, scope })),
    deprecations: deprecations.map(one => ({ ...one })),
  };
}

const accountOfUse = ({ version, operation, field, consumer, release, calls, lastAt }: Used): UsedAccount => ({
  version,
  operation,
  ...(field === '' ? {} : { field }),
  consumer,
  ...(release === '' ? {} : { release }),
  calls: Math.min(Number(calls), 2_147_483_647),
  lastAt: lastAt.toISOString(),
});
