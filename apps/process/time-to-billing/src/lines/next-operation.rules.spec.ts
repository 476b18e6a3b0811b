import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { money } from '#canonical';
import { cureOf } from '#work';
import { NEEDS } from '../needs.js';
import { creditFault, nextOperation, type Desired, type NextOperation, type PartInForce } from './next-operation.rules.js';

const id = (version: number, rest = '') => `tl-tim_1-v${version}${rest}`;
const part = (externalId: string, state: PartInForce['state'] = 'unbilled', amount = '100'): PartInForce => ({
  externalId,
  kind: 'time',
  amount: money(amount, 'GBP'),
  state,
});
const want = (...externalIds: string[]): Desired => ({ state: 'priced', parts: externalIds.map(externalId => ({ externalId })) });
const withdrawn: Desired = { state: 'withdrawn' };
const blocked: Desired = { state: 'blocked' };

describe('the next operation of a line', () => {
  const examples: [string, PartInForce[], Desired, NextOperation][] = [
    ['posts what is not there', [], want(id(1)), { operation: 'post', externalId: id(1) }],
    ['does nothing when all is there', [part(id(1), 'billed')], want(id(1)), { operation: 'nothing' }],
    [
      'posts released overage beside what is there',
      [part(id(1), 'billed')],
      want(id(1), id(1, '-o1')),
      { operation: 'post', externalId: id(1, '-o1') },
    ],
    ['takes an older version out first', [part(id(1))], want(id(2)), { operation: 'remove', externalId: id(1) }],
    [
      'takes out every part of it, the newest first',
      [part(id(1)), part(id(1, '-o2')), part(id(1, '-o10'))],
      want(id(2)),
      { operation: 'remove', externalId: id(1, '-o10') },
    ],
    ['takes out what was withdrawn', [part(id(1))], withdrawn, { operation: 'remove', externalId: id(1) }],
    ['is done when nothing is left of what was withdrawn', [], withdrawn, { operation: 'nothing' }],
    ['reverses what is in the books', [part(id(1), 'posted')], want(id(2)), { operation: 'reverse', externalId: id(1), reversalId: id(1, '-r') }],
    ['reverses what is billed', [part(id(1), 'billed')], withdrawn, { operation: 'reverse', externalId: id(1), reversalId: id(1, '-r') }],
    [
      'removes what may be removed before it reverses the rest',
      [part(id(1), 'billed'), part(id(1, '-o1'))],
      want(id(2)),
      { operation: 'remove', externalId: id(1, '-o1') },
    ],
    [
      'posts the newer version once the older is reversed',
      [part(id(1), 'billed'), part(id(1, '-r'))],
      want(id(2)),
      { operation: 'post', externalId: id(2) },
    ],
    [
      'leaves a settled pair alone for ever',
      [part(id(1), 'billed'), part(id(1, '-r'), 'billed'), part(id(2))],
      want(id(2)),
      { operation: 'nothing' },
    ],
    [
      'takes out a version between two, never the settled ones',
      [part(id(1), 'billed'), part(id(1, '-r')), part(id(2))],
      want(id(3)),
      { operation: 'remove', externalId: id(2) },
    ],
    ['removes what a blocked version replaces', [part(id(1))], blocked, { operation: 'remove', externalId: id(1) }],
    ['reverses nothing for a version that is blocked', [part(id(1), 'billed')], blocked, { operation: 'nothing' }],
    ['posts nothing that is wholly over the cap', [], want(), { operation: 'nothing' }],
  ];

  it.each(examples)('%s', (_, inForce, desired, expected) => {
    expect(nextOperation(inForce, desired, { reversalsAllowed: true })).toEqual(expected);
    expect(nextOperation(inForce.toReversed(), desired, { reversalsAllowed: true })).toEqual(expected);
  });

  it('asks finance for a credit where the ERP takes no reversal, of all that is billed at once', () => {
    const inForce = [part(id(1), 'billed', '64'), part(id(1, '-o1'), 'posted', '36')];
    const operation = nextOperation(inForce, want(id(2)), { reversalsAllowed: false });
    expect(operation).toEqual({ operation: 'need-credit', externalIds: [id(1, '-o1'), id(1)], money: money('100', 'GBP') });
    const fault = creditFault({ lineId: 'tim_1', version: 2, person: 'Ada Abbott', workDate: '2026-11-18' }, operation as never);
    expect(fault).toMatchObject({ desk: 'finance', need: 'credit:tim_1:v2' });
    expect(text(fault.reason)).toContain('100.00 GBP');
    expect(text(cureOf(fault, NEEDS))).toContain('tl-tim_1-v1-o1, tl-tim_1-v1');
  });

  it('goes on to the next version when finance has credited the old one', () => {
    expect(nextOperation([], want(id(2)), { reversalsAllowed: false })).toEqual({ operation: 'post', externalId: id(2) });
  });
});
