import { expect, it } from 'vitest';
import type { AppliedMessage, StepMessage } from './flow.js';
import { appliedStep } from './run-journey.js';

const step = (told: StepMessage): StepMessage => told;

it('a step’s message is a code that has a sentence, with the parameters of that sentence; another one does not compile', () => {
  expect(step({ kind: 'journey.deal-changed', params: { deal: 'Aurora' }, next: 'journey.next.check' }).kind).toBe('journey.deal-changed');
  // @ts-expect-error -- there is no such sentence
  step({ kind: 'journey.deal-gone', params: { deal: 'Aurora' } });
  // @ts-expect-error -- the sentence names the deal
  step({ kind: 'journey.deal-changed' });
  // @ts-expect-error -- there is no such sentence of what comes next
  step({ kind: 'journey.project-active', next: 'journey.next.nothing' });
});

it('an applied effect is published with its writes, in a sentence that needs no other parameters', () => {
  const told: AppliedMessage = { kind: 'journey.project-in-psa', already: 'journey.project-in-psa-already' };
  const none = { effects: 0, operations: [], refs: [] };
  expect([appliedStep(told, { ...none, effects: 2, operations: ['create', 'create'] }), appliedStep(told, none)]).toMatchObject([
    { kind: 'journey.project-in-psa', params: { effects: '2', operations: 'create' } },
    { kind: 'journey.project-in-psa-already', params: { effects: '0', operations: 'none' } },
  ]);
  // @ts-expect-error -- nobody would say of which deal
  expect((told.already = 'journey.deal-changed')).toBeDefined();
});
