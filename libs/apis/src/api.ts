import type { Deprecation } from './deprecation.js';
import type { Operations } from './operation.js';
import type { Team } from './team.js';

export const LAYERS = ['system', 'process', 'experience', 'governance'] as const;
export type Layer = (typeof LAYERS)[number];

/**
 * Where an app is mounted behind the gateway: `/system/crm`. The governance app is a layer of its
 * own: `/governance`.
 */
export const placeOf = ({ layer, app }: Pick<ApiDeclaration, 'layer' | 'app'>): string => (layer === app ? `/${app}` : `/${layer}/${app}`);

/** Who may be given access: the firm's own apps and people, agreed partners, or anybody. */
export type Audience = 'internal' | 'partner' | 'public';

/**
 * Where a version is in its life. Dates are `YYYY-MM-DD`, UTC: it is discouraged since `since`, and
 * is served until the beginning of `sunset`. `successor` is the path of what replaces it, behind the
 * gateway: `/process/time-to-billing/v2`.
 */
export type Lifecycle =
  | { readonly state: 'draft' | 'beta' | 'active' }
  | { readonly state: 'deprecated'; readonly since: string; readonly sunset: string; readonly successor?: string }
  | { readonly state: 'retired'; readonly on: string; readonly successor?: string };

/** What callers may expect. */
export interface ServiceLevel {
  /** Of a month, as far as the app itself decides it: outages of its back end don't count. */
  readonly availability: `${number} %`;
  /** 95 of 100 answers come within so many milliseconds; waiting for a back end doesn't count. */
  readonly latencyMs95: number;
  readonly support: 'business hours' | 'around the clock';
}

/** What is said of one version of an app's API: once, here, for documents, headers and catalogue. */
export interface ApiDeclaration {
  readonly app: string;
  readonly layer: Layer;
  /** The major version, which is in the path: `1`. */
  readonly version: string;
  readonly owner: Team;
  readonly audience: Audience;
  /** The back end whose data it serves; absent where the app keeps the record itself. */
  readonly systemOfRecord?: string;
  readonly lifecycle: Lifecycle;
  readonly serviceLevel: ServiceLevel;
  /** It is a GraphQL schema, at `/graphql`; its operations need scopes like all others. */
  readonly graphql?: true;
}

/** One version of an app's API, or the part of it that another app uses. */
export interface Api<O extends Operations = Operations> extends ApiDeclaration {
  readonly operations: O;
  /** What of it goes away. */
  readonly deprecations: readonly Deprecation[];
}

/** The compiler refuses the deprecation of an operation that the API does not have. */
export function defineApi<O extends Operations>(
  { deprecations = [], ...of }: ApiDeclaration & { deprecations?: readonly Deprecation<NoInfer<keyof O & string>>[] },
  operations: O,
): Api<O> {
  return { ...of, deprecations, operations };
}

/**
 * The operations of an API that an app uses. It has a client for no others, and its token has no
 * scope for them.
 */
export function uses<O extends Operations, Id extends keyof O & string>(api: Api<O>, ...ids: Id[]): Api<Pick<O, Id>> {
  return { ...api, operations: Object.fromEntries(ids.map(id => [id, api.operations[id]])) as Pick<O, Id> };
}

/** How a document is told of what an API declares: the `x-` fields of its `info`. */
export function extensionsOf({
  owner,
  layer,
  audience,
  systemOfRecord,
  lifecycle,
  serviceLevel,
}: Omit<ApiDeclaration, 'app' | 'layer'> & { layer?: Layer }): Record<`x-${string}`, unknown> {
  return {
    'x-owner': owner.team,
    ...(layer ? { 'x-layer': layer } : {}),
    'x-audience': audience,
    'x-system-of-record': systemOfRecord ?? 'none',
    'x-lifecycle': lifecycle.state,
    ...('since' in lifecycle ? { 'x-deprecated-since': lifecycle.since, 'x-sunset': lifecycle.sunset } : {}),
    ...('on' in lifecycle ? { 'x-retired-on': lifecycle.on } : {}),
    ...('successor' in lifecycle ? { 'x-successor': lifecycle.successor } : {}),
    'x-service-level': serviceLevel,
  };
}
