import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { codedOf } from '../values/sentence.model.js';
import { summaryOf, type LastStep, type LineHead } from './journey.rules.js';

const last = (kind: string, step: string | null = null, system = 'throughline'): LastStep => ({ kind: `journey.${kind}`, system, step });
const said = (steps: LastStep[], over: Partial<LineHead> = {}): string =>
  text(codedOf(summaryOf({ steps: steps.length, open: 0, waitingFor: [], last: steps, next: [], ...over })), 'en');

describe('the summary of a journey', () => {
  it.each([
    ['the project is active', [last('project-active')], 'Complete; steps so far: 1.'],
    ['a run found the project as it should be', [last('project-as-it-was')], 'Complete; steps so far: 1.'],
    ['the deal is none to make a project of', [last('no-project')], 'There is no project of it, or none any more; steps so far: 1.'],
    ['the project was undone', [last('project-undone')], 'There is no project of it, or none any more; steps so far: 1.'],
    ['one of two was undone, the other is active', [last('project-undone'), last('project-active')], 'Complete; steps so far: 2.'],
    ['the deal was only just won', [last('deal-won')], 'Under way; steps so far: 1.'],
    ['the deal was checked', [last('checked')], 'Under way; steps so far: 1.'],
    ['a kind nobody knows came last', [last('something-new')], 'Under way; steps so far: 1.'],
    ['one is active, another under way', [last('project-active'), last('project-in-psa')], 'Under way; steps so far: 2.'],
    ['a back end is away', [last('waiting', 'project', 'kantata')], 'Waiting for kantata, which is not an exception yet; steps so far: 1.'],
    [
      'an earlier write is uncertain',
      [last('waiting-for-settling', 'financial-project', 'netsuite')],
      'Waiting for netsuite, which is not an exception yet; steps so far: 1.',
    ],
    ['a step failed and nothing is open', [last('exception', 'project')], 'It stopped and nothing is under way: project. Steps so far: 1.'],
    ['it was passed over', [last('exception-skipped', 'customer')], 'It stopped and nothing is under way: customer. Steps so far: 1.'],
    ['one stopped, another goes on', [last('exception-skipped', 'customer'), last('checked')], 'Under way; steps so far: 2.'],
    [
      'one stopped, another is complete',
      [last('exception', 'customer'), last('project-active')],
      'It stopped and nothing is under way: customer. Steps so far: 2.',
    ],
    ['it was let try again', [last('exception-retried', 'project')], 'Under way; steps so far: 1.'],
  ])('when %s', (_when, steps, sentence) => {
    expect(said(steps)).toBe(sentence);
  });

  it('puts what blocks before what moves or has ended', () => {
    expect(said([last('project-active')], { open: 1 })).toBe('Blocked by open exceptions (1); steps so far: 1.');
    expect(said([last('project-active')], { waitingFor: ['customer:cus_x:tax-registration'] })).toBe(
      'Waiting for customer:cus_x:tax-registration, which is not an exception yet; steps so far: 1.',
    );
    expect(said([])).toBe('Nothing has happened yet.');
  });
});
