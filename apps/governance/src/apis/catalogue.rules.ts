import { placeOf, type ApiAccount, type AppAccount, type UsedAccount } from '#apis';
import type { CallersQuery, CallerView, CatalogueDetail, CatalogueEntry } from '#apis/governance';

/** What an app said of itself, and when. */
export interface Said {
  account: AppAccount;
  asOf: Date;
  /** It answered when it was asked last. */
  reachable: boolean;
}

interface Registered {
  name: string;
  contact: string;
}

/** `crm@1` */
export const idOf = ({ app }: Pick<AppAccount, 'app'>, { version }: Pick<ApiAccount, 'version'>): string => `${app}@${version}`;

/** What was announced of the end of a version, or of one operation of it; undefined where it is not deprecated. */
export function announcedEnd(
  { state, sunset, retiredOn, successor, deprecations }: ApiAccount,
  operation?: string,
): { sunset: string; successor?: string } | undefined {
  const own = deprecations.find(({ of }) => of === operation);
  if (own) return own;
  const last = state === 'retired' ? retiredOn : sunset;
  return last === undefined ? undefined : { sunset: last, successor };
}

const lastOf = (used: UsedAccount[]): string | undefined =>
  used.reduce<string | undefined>((last, { lastAt }) => (last && last > lastAt ? last : lastAt), undefined);
const consumersIn = (used: UsedAccount[]): number => new Set(used.map(({ consumer }) => consumer)).size;
const callsOf = ({ used }: AppAccount, version: string): UsedAccount[] => used.filter(one => one.version === version);

export const entriesOf = (said: Said): CatalogueEntry[] => said.account.apis.map(api => entryOf(said, api));

function entryOf({ account, asOf, reachable }: Said, api: ApiAccount): CatalogueEntry {
  const calls = callsOf(account, api.version);
  const lastUsedAt = lastOf(calls);
  return {
    id: idOf(account, api),
    app: account.app,
    title: account.title,
    version: api.version,
    layer: api.layer,
    kind: api.kind,
    owner: api.owner,
    contact: api.contact,
    audience: api.audience,
    state: api.state,
    ...(api.sunset === undefined ? {} : { sunset: api.sunset }),
    release: account.release,
    operationCount: api.operations.length,
    consumerCount: consumersIn(calls),
    usedCut: account.usedCut,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    reachable,
    asOf: asOf.toISOString(),
  };
}

export function detailOf(said: Said & { api: ApiAccount }): CatalogueDetail {
  const { account, api } = said;
  const { version } = api;
  const used = Map.groupBy(callsOf(account, version), ({ operation }) => operation);
  const place = placeOf({ app: account.app, layer: api.layer });
  return {
    ...entryOf(said, api),
    description: account.description,
    document: api.kind === 'graphql' ? `${place}/graphql` : `${place}/openapi/v${version}.json`,
    declared: api,
    findings: account.findings,
    operations: api.operations.map(operation => {
      const uses = used.get(operation.id) ?? [];
      const lastUsedAt = lastOf(uses);
      return {
        ...operation,
        calls: uses.reduce((sum, { calls }) => sum + calls, 0),
        consumerCount: consumersIn(uses),
        ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      };
    }),
  };
}

/**
 * Who uses a version: calls by consumer and operation, or the users of one field. The most recent
 * come first.
 */
export function callersOf(
  { used }: AppAccount,
  version: string,
  { operation }: Pick<CallersQuery, 'operation'>,
  registered: (consumer: string) => Registered | undefined,
  movesBy: (use: UsedAccount) => string | undefined,
): CallerView[] {
  return used
    .filter(one => one.version === version && (operation === undefined || one.operation === operation))
    .sort((a, b) => (a.lastAt === b.lastAt ? (a.consumer < b.consumer ? -1 : 1) : a.lastAt > b.lastAt ? -1 : 1))
    .map(({ version: _, ...one }) => {
      const known = registered(one.consumer);
      const by = movesBy({ version: _, ...one });
      return { ...one, ...(known ? { name: known.name, contact: known.contact } : {}), ...(by === undefined ? {} : { movesBy: by }) };
    });
}
