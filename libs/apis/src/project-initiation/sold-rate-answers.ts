import { BusinessDate, Flag, Id, OneOf, Text } from '#canonical';
import { operations, post } from '../operation.js';

export class SoldRateAnswer {
  @Id({ description: 'The sold line that is asked about.' }) line: string;
  @OneOf(['apply', 'keep'], { description: 'The rate as sold holds; or the one that was agreed goes on.' }) answer: 'apply' | 'keep';
  @BusinessDate({ optional: true, description: 'First work date that it holds for; absent: the day of the answer.' }) from?: string;
  @Flag({ optional: true, description: 'Whether approved lines from that day on that are on no invoice are priced again; absent: they are not.' })
  reRate?: boolean;
  @Text({ min: 3, max: 500, description: 'Why; kept in the audit.' }) reason: string;
}

export class SoldRateAnswered {
  @Id() line: string;
  @OneOf(['apply', 'keep']) answer: 'apply' | 'keep';
  @BusinessDate() from: string;
  @Flag() reRate: boolean;
}

export const soldRateAnswers = operations('exceptions', {
  soldRateAnswersAnswer: post('exceptions/:id/sold-rate-answers', {
    scope: 'exceptions.act',
    summary: 'Say whether a rate holds that was sold off the card, and from which work date on',
    body: SoldRateAnswer,
    answer: SoldRateAnswered,
  }),
});
