import { mintId, money, type ExceptionRecord } from '#canonical';
import { aDeal } from '#testing';
import { projectInitiationApp } from '../../../../process/project-initiation/src/project-initiation.app.js';
import { anEvent, anException, mapped, raised, testPortal, type TestPortal } from '../portal.fixture.js';

export const NORDICS = 'mapping:legal-entity:Larkfield Nordics AB';
export const TAX = 'customer:cus_x:tax-registration';

export const deals = Array.from({ length: 4 }, (_, i) =>
  aDeal({ id: mintId('deal', 'exceptions', String(i)), name: `Affair ${i}`, stage: 'open', refs: [] }),
);
export const cure = { code: 'cure.mapping', params: { mapping: 'legal-entity', source: 'Larkfield Nordics AB' } };
export const needs = (...all: [string, boolean][]): ExceptionRecord['needs'] =>
  all.map(([need, met]) => ({ need, met, desk: need === TAX ? ('sales-operations' as const) : ('finance' as const), cure }));
export const total = (amount: string, currency: string, estimated = false) => ({ ...money(amount, currency), items: 1, estimated });

/**
 * For the groups: two deals need the mapping (one of them twice), one needs two things, one is
 * resolved.
 */
export const records: ExceptionRecord[] = [
  anException({
    id: mintId('exception', 'e0'),
    subject: deals[0].id,
    needs: needs([NORDICS, false]),
    money: [total('1000', 'EUR')],
    openedAt: '2026-11-01T08:00:00.000Z',
    dueAt: '2026-11-01T16:00:00.000Z',
    parkedBehind: 2,
  }),
  anException({
    id: mintId('exception', 'e1'),
    subject: deals[0].id,
    flow: 'another',
    needs: needs([NORDICS, false]),
    money: [total('900', 'EUR')],
    openedAt: '2026-11-02T08:00:00.000Z',
  }),
  anException({
    id: mintId('exception', 'e2'),
    subject: deals[1].id,
    needs: needs([NORDICS, false], [TAX, false]),
    money: [total('50', 'GBP', true)],
    state: 'waiting',
    desk: 'sales-operations',
  }),
  anException({ id: mintId('exception', 'e3'), subject: deals[2].id, needs: needs([NORDICS, true]), money: [total('7', 'USD')], state: 'resolved' }),
];

/** A portal with these exceptions, beside the process app that decides them. */
export async function portalWithExceptions(): Promise<TestPortal> {
  const portal = await testPortal({ beside: [projectInitiationApp] });
  await portal.publish(
    mapped('Larkfield Ltd', 'LF-UK'),
    ...deals.map(deal => anEvent('deal.changed.v1', deal.id, { state: deal, changed: [] })),
    ...records.map(raised),
  );
  return portal;
}
