import { BusinessDate, Flag, Instant, Nested, OneOf, Text, Whole } from '#canonical';
import { LAYERS, type Api, type Layer } from './api.js';
import { get, operations } from './operation.js';

/** An operation as the governance team reads of it. */
export class OperationAccount {
  @Text({ max: 200, description: 'Unique in its API, e.g. getDeal.' }) id: string;
  @Text({ max: 10 }) method: string;
  @Text({ max: 500, description: 'After the version, e.g. deals/:id.' }) path: string;
  @Text({ max: 500 }) summary: string;
  @Text({ max: 100, description: 'The scope that a caller needs.' }) scope: string;
}

/** An operation or a field that goes away. */
export class DeprecationAccount {
  @Text({ max: 300, description: "The operation's id, or Schema.field." }) of: string;
  @BusinessDate() since: string;
  @BusinessDate({ description: 'The first day on which it may be gone.' }) sunset: string;
  @Text({ max: 300, optional: true }) successor?: string;
  @Text({ max: 1000 }) why: string;
}

/** One version of an API, as its code declares it. */
export class ApiAccount {
  @Text({ max: 20, description: 'The major version, e.g. 1.' }) version: string;
  @OneOf(LAYERS) layer: Layer;
  @OneOf(['rest', 'graphql']) kind: 'rest' | 'graphql';
  @Text({ max: 100 }) owner: string;
  @Text({ max: 254, description: 'Where the mail of its owner goes.' }) contact: string;
  @OneOf(['internal', 'partner', 'public']) audience: 'internal' | 'partner' | 'public';
  @Text({ max: 100, optional: true, description: 'The back end whose data it serves.' }) systemOfRecord?: string;
  @OneOf(['draft', 'beta', 'active', 'deprecated', 'retired']) state: 'draft' | 'beta' | 'active' | 'deprecated' | 'retired';
  @BusinessDate({ optional: true }) deprecatedSince?: string;
  @BusinessDate({ optional: true, description: 'It is served until the beginning of this day.' }) sunset?: string;
  @BusinessDate({ optional: true }) retiredOn?: string;
  @Text({ max: 300, optional: true }) successor?: string;
  @Text({ max: 20, description: 'Of a month, e.g. 99.5 %.' }) availability: string;
  @Whole({ min: 1, description: '95 of 100 answers come within so many milliseconds.' }) latencyMs95: number;
  @Text({ max: 50 }) support: string;
  @Nested(() => OperationAccount, { list: true }) operations: OperationAccount[];
  @Nested(() => DeprecationAccount, { list: true }) deprecations: DeprecationAccount[];
}

/** How often a consumer used an operation, or the field that was asked for. */
export class UsedAccount {
  @Text({ max: 20 }) version: string;
  @Text({ max: 200 }) operation: string;
  @Text({
    max: 1000,
    optional: true,
    description:
      'The field that was asked for: sent (body.lines[].note), supplied by a translation (answer.minutes) or selected (Deal.name); absent for the call itself.',
  })
  field?: string;
  @Text({ max: 300, description: 'The client that called.' }) consumer: string;
  @Text({ max: 50, optional: true, description: 'The release of an app of the house that called.' }) release?: string;
  @Whole({ min: 1 }) calls: number;
  @Instant() lastAt: string;
}

/** What of the running app is not as it declares. */
export class FindingAccount {
  @Text({ max: 500, optional: true, description: 'The route, e.g. GET /v1/deals; absent for the app as a whole.' }) route?: string;
  @Text({ max: 100, description: 'What is missing, e.g. document or scope.' }) missing: string;
  @Text({ max: 2000 }) text: string;
}

/** What an app says of itself: what it declares, and what it has counted. */
export class AppAccount {
  @Text({ max: 100 }) app: string;
  @Text({ max: 50 }) release: string;
  @Text({ max: 200 }) title: string;
  @Text({ max: 2000 }) description: string;
  @Nested(() => ApiAccount, { list: true, description: 'The versions of its API, the newest last.' }) apis: ApiAccount[];
  @BusinessDate({ description: 'The first day (UTC) that the counts of use are of.' }) usedSince: string;
  @Nested(() => UsedAccount, { list: true }) used: UsedAccount[];
  @Flag({ description: 'There are more than are shown: consumers may be missing. Ask for less.' }) usedCut: boolean;
  @Nested(() => FindingAccount, { list: true, description: 'In what the running app is not as it declares; empty if it conforms.' })
  findings: FindingAccount[];
}

export class AccountQuery {
  @BusinessDate({ optional: true, description: 'The first day (UTC) of use that is asked for; 90 days ago if left out.' }) since?: string;
  @Text({ max: 20, optional: true, description: 'Only uses of this version.' }) version?: string;
  @Text({ max: 200, optional: true, description: 'Only uses of this operation.' }) operation?: string;
  @Text({ max: 1000, optional: true, description: 'Who used this field, e.g. body.lines[].note; calls if left out.' }) field?: string;
}

/** In every app, beside the versions of its API: read by the governance app alone. */
export const account = operations('governance', {
  getAccount: get('governance', {
    scope: 'governance.read',
    summary: 'What the app declares of its APIs, and who uses them',
    query: AccountQuery,
    answer: AppAccount,
    unversioned: true,
  }),
});

/** The part of an app's API by which the governance app asks it about itself. */
export const accountOf = (api: Api): Api<typeof account> => ({ ...api, operations: account });
