import { BusinessDate, Flag, Instant, Nested, Text, Whole } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { Removal } from './consumers.js';

/** What ends: `crm@1`, or one operation of it, `crm@1:getDeal`. */
export class EndingPath {
  @Text({ min: 1, max: 300, description: 'The app and the major version, e.g. crm@1, or one operation of it, e.g. crm@1:getDeal.' }) id: string;
}

/** A consumer that still uses what ends, and what was agreed with it. */
export class RemainingConsumer {
  @Text({ min: 1, max: 300 }) consumer: string;
  @BusinessDate({ description: 'When its contact was told.' }) toldOn: string;
  @BusinessDate({ description: 'By when it moves; no later than the retirement.' }) movesBy: string;
}

/** Who lets it end although consumers used it within the grace. */
export class RetirementApprovalBody {
  @Text({ min: 1, max: 200 }) by: string;
  @Text({ min: 3, max: 1000 }) why: string;
  @Flag({ optional: true, description: 'It may end before the announced day, or without one.' }) beforeSunset?: boolean;
  @Nested(() => RemainingConsumer, { list: true, most: 200 }) consumers: RemainingConsumer[];
}

export class RetirementBody {
  @Instant({ description: 'From then on it is answered 410.' }) retiredAt: string;
  @Text({ max: 300, optional: true, description: 'The path of what replaces it, behind the gateway.' }) successor?: string;
  @Nested(() => RetirementApprovalBody, { optional: true }) approval?: RetirementApprovalBody;
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class BrownOutBody {
  @Instant({ description: 'When it begins.' }) from: string;
  @Whole({ min: 1, max: 1_440 }) minutes: number;
}

export class BrownOutsBody {
  @Nested(() => BrownOutBody, { list: true, most: 100, description: 'Instead of those announced before.' }) brownOuts: BrownOutBody[];
  @Text({ max: 300, optional: true, description: 'The path of what replaces it, behind the gateway.' }) successor?: string;
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class RetirementView {
  @Text({ max: 300 }) id: string;
  @Instant({ optional: true, description: 'Absent while only brown-outs are announced.' }) retiredAt?: string;
  @Text({ max: 300, optional: true }) successor?: string;
  @Nested(() => RetirementApprovalBody, { optional: true }) approval?: RetirementApprovalBody;
  @Nested(() => BrownOutBody, { list: true }) brownOuts: BrownOutBody[];
}

export const retirements = operations('retirements', {
  listRetirements: get('retirements', {
    scope: 'governance.read',
    summary: 'What has ended or is to end, and the announced brown-outs',
    query: PageQuery,
    pageOf: RetirementView,
  }),
  putRetirement: put('retirements/:id', {
    scope: 'governance.write',
    summary: 'End a version or an operation',
    description:
      'Refused while anybody used it within the grace, unless the approval names each of them, when it was told and by when it moves; and before its announced end, unless the approval says so.',
    params: EndingPath,
    body: RetirementBody,
    answer: RetirementView,
  }),
  putBrownOuts: put('retirements/:id/brown-outs', {
    scope: 'governance.write',
    summary: 'Announce minutes in which it is answered as if it had ended',
    params: EndingPath,
    body: BrownOutsBody,
    answer: RetirementView,
  }),
  withdrawRetirement: del('retirements/:id', {
    scope: 'governance.write',
    summary: 'Take a retirement and its brown-outs back',
    params: EndingPath,
    query: Removal,
  }),
});
