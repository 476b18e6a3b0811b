import { BusinessDate, Flag, Instant, Nested, OneOf, Text, Whole } from '#canonical';
import { ApiAccount, FindingAccount, OperationAccount } from '../account.js';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** One version of an API in the catalogue. */
export class CatalogueEntry {
  @Text({ max: 200, description: 'The app and the major version, e.g. crm@1.' }) id: string;
  @Text({ max: 100 }) app: string;
  @Text({ max: 200 }) title: string;
  @Text({ max: 20 }) version: string;
  @Text({ max: 50, description: 'The layer that its app belongs to.' }) layer: string;
  @OneOf(['rest', 'graphql']) kind: 'rest' | 'graphql';
  @Text({ max: 100 }) owner: string;
  @Text({ max: 254 }) contact: string;
  @OneOf(['internal', 'partner', 'public']) audience: 'internal' | 'partner' | 'public';
  @OneOf(['draft', 'beta', 'active', 'deprecated', 'retired']) state: 'draft' | 'beta' | 'active' | 'deprecated' | 'retired';
  @BusinessDate({ optional: true, description: 'It is served until the beginning of this day.' }) sunset?: string;
  @Text({ max: 50, description: 'The release of the app that answered.' }) release: string;
  @Whole({ min: 0 }) operationCount: number;
  @Whole({ min: 0, description: 'Consumers that called it in the time that was asked for.' }) consumerCount: number;
  @Flag({ description: 'The app has counted more uses than it answers at once: the numbers of calls and consumers are too low.' }) usedCut: boolean;
  @Instant({ optional: true, description: 'When it was last called; absent if nobody did.' }) lastUsedAt?: string;
  @Flag({ description: 'The app answered just now. If not, this is what it said before.' }) reachable: boolean;
  @Instant({ description: 'When the app said this.' }) asOf: string;
}

/** An operation, and how much it is used. */
export class OperationUse extends OperationAccount {
  @Whole({ min: 0 }) calls: number;
  @Whole({ min: 0 }) consumerCount: number;
  @Instant({ optional: true }) lastUsedAt?: string;
}

export class CatalogueDetail extends CatalogueEntry {
  @Text({ max: 2000 }) description: string;
  @Text({ max: 300, description: 'Where its document is, behind the gateway; the schema, for GraphQL.' }) document: string;
  @Nested(() => ApiAccount, { description: 'What its code declares.' }) declared: ApiAccount;
  @Nested(() => OperationUse, { list: true }) operations: OperationUse[];
  @Nested(() => FindingAccount, { list: true, description: 'In what the running app is not as it declares; empty if it conforms.' })
  findings: FindingAccount[];
}

/** A consumer of an API, an operation or a field: whom to write to before it goes. */
export class CallerView {
  @Text({ max: 300, description: 'The client that calls.' }) consumer: string;
  @Text({ max: 200, optional: true, description: 'Absent when nobody registered the consumer.' }) name?: string;
  @Text({ max: 254, optional: true }) contact?: string;
  @Text({ max: 50, optional: true, description: 'Of an app of the house: its release.' }) release?: string;
  @Text({ max: 200 }) operation: string;
  @Text({ max: 1000, optional: true, description: 'A field that it sends, needs or selects; absent for the call itself.' }) field?: string;
  @Whole({ min: 1 }) calls: number;
  @Instant() lastAt: string;
  @BusinessDate({ optional: true, description: 'By when it moves, where it took note that this ends.' }) movesBy?: string;
}

/** A page of callers. */
export class CallersPage {
  @Nested(() => CallerView, { list: true, most: 200 }) items: CallerView[];
  @Text({ nullable: true, max: 2000, description: 'Asks for the next page; null when this is the last.' }) nextCursor: string | null;
  @Flag({ description: 'There are more callers than can be shown, on all pages together. Ask for one operation.' }) usedCut: boolean;
}

export class UseQuery {
  @BusinessDate({ optional: true, description: 'The first day (UTC) of use that counts; 90 days ago if left out.' }) since?: string;
}

export class CallersQuery extends PageQuery {
  @BusinessDate({ optional: true, description: 'The first day (UTC) of use that counts; 90 days ago if left out.' }) since?: string;
  @Text({ max: 200, optional: true, description: 'Only callers of this operation.' }) operation?: string;
  @Text({ max: 1000, optional: true, description: 'Only callers that use this field, e.g. body.lines[].note.' }) field?: string;
}

export const catalogue = operations('catalogue', {
  listApis: get('apis', {
    scope: 'governance.read',
    summary: 'Every version of every API, by app and version',
    query: UseQuery,
    pageOf: CatalogueEntry,
  }),
  getApi: get('apis/:id', {
    scope: 'governance.read',
    summary: 'One version of an API: what it declares, and how much each operation is used',
    query: UseQuery,
    answer: CatalogueDetail,
  }),
  listCallers: get('apis/:id/callers', {
    scope: 'governance.read',
    summary: 'Who uses the API, an operation or a field, how often, when last, and whom to write to',
    query: CallersQuery,
    answer: CallersPage,
  }),
});
