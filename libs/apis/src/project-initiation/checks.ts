import { Flag, Nested, Ref } from '#canonical';
import { FaultView } from '../fault-view.js';
import { operations, post } from '../operation.js';

export class CheckBody {
  @Ref('Deal', { description: "The deal's canonical id, or its id in the CRM." }) dealId: string;
}

export class CheckView {
  @Ref('Deal') dealId: string;
  @Flag({ description: 'True when the deal could become a project as it is.' }) ready: boolean;
  @Nested(() => FaultView, { list: true }) faults: FaultView[];
}

export const checks = operations('checks', {
  checksCheck: post('checks', {
    scope: 'project-initiation.check',
    summary: 'Whether a deal could become a project, by the rules that hold when it is won: all faults at once',
    body: CheckBody,
    answer: CheckView,
    writesNothing: true,
  }),
});
