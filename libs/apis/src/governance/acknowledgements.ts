import { BusinessDate, Text } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { Removal } from './consumers.js';
import { EndingPath } from './retirements.js';

export class AcknowledgementPath extends EndingPath {
  @Text({ min: 1, max: 300, description: "The consumer's client id at the issuer." }) consumer: string;
}

/** A consumer took note that something ends. */
export class AcknowledgementBody {
  @Text({ min: 1, max: 200, description: 'Who took note for the consumer.' }) by: string;
  @BusinessDate({ description: 'When that was; not in the future.' }) toldOn: string;
  @BusinessDate({ description: 'By when it moves.' }) movesBy: string;
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class AcknowledgementView {
  @Text({ max: 300, description: 'What ends, e.g. crm@1:getDeal.' }) id: string;
  @Text({ max: 300 }) consumer: string;
  @Text({ max: 200 }) by: string;
  @BusinessDate() toldOn: string;
  @BusinessDate() movesBy: string;
}

export const acknowledgements = operations('acknowledgements', {
  listAcknowledgements: get('acknowledgements', {
    scope: 'governance.read',
    summary: 'Which consumers took note of what ends, and by when they move',
    query: PageQuery,
    pageOf: AcknowledgementView,
  }),
  putAcknowledgement: put('acknowledgements/:id/consumers/:consumer', {
    scope: 'governance.write',
    summary: 'Record that a consumer took note that a version or an operation ends',
    description: 'An approval of its retirement then need not name the consumer.',
    params: AcknowledgementPath,
    body: AcknowledgementBody,
    answer: AcknowledgementView,
  }),
  removeAcknowledgement: del('acknowledgements/:id/consumers/:consumer', {
    scope: 'governance.write',
    summary: 'Take an acknowledgement back',
    params: AcknowledgementPath,
    query: Removal,
  }),
});
