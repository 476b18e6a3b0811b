import { describe, expect, it } from 'vitest';
import { CAPPED, Ledgers } from './ledgers.fixture.js';

describe('the judge of caps', () => {
  it('finds nothing wrong with what waits for room under a cap and is named, and with what is released of it', () => {
    const ledgers = new Ledgers();
    const [line] = ledgers.overCap();
    expect(ledgers.verdict()).toMatchObject({ findings: [], posted: 1, clean: 0, money: { 'over-cap': 2 } });
    ledgers.capped(1664);
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:48', project: CAPPED.id });
    ledgers.overages.delete(line);
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { 'over-cap': 1, 'released-overage': 1 } });
  });

  it('finds nothing wrong with the parts of a line whose cap was taken away', () => {
    const ledgers = new Ledgers();
    const [line, other] = ledgers.overCap();
    ledgers.capped(undefined);
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:48', project: CAPPED.id });
    ledgers.posted(`tl-${other}-v1`, { hours: '8:00', project: CAPPED.id, date: '2026-11-03' });
    ledgers.overages.clear();
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a cap that is passed, at rest and while lines come', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 480, workspace: '43' });
    ledgers.posted(`tl-${line}-v1`, { hours: '8:00', project: CAPPED.id });
    expect(ledgers.verdict().findings.map(({ rule, line: on }) => `${rule} ${on}`)).toEqual([`cap-passed ${line}`, `cap-passed ${CAPPED.id}`]);
    ledgers.capped(2000);
    expect(ledgers.verdict().findings.map(({ rule, line: on }) => `${rule} ${on}`)).toEqual([`cap-passed ${line}`]);
  });

  it('gives the room of a line that was taken back by a reversing one to the next', () => {
    const ledgers = new Ledgers();
    const [line, next] = ['1', '2'].map(id => ledgers.entry(id, { minutes: 432, workspace: '43' }));
    ledgers.posted(`tl-${line}-v1`, { hours: '7:12', project: CAPPED.id });
    ledgers.entry('1', { minutes: 432, workspace: '43', approved: false });
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:12', project: CAPPED.id });
    ledgers.posted(`tl-${next}-v1`, { hours: '7:12', project: CAPPED.id });
    expect(ledgers.rules()).toEqual([]);
  });

  it('takes a refund for room, also before the ERP has it', () => {
    const ledgers = new Ledgers();
    const [line, refund] = [ledgers.entry('1', { minutes: 480, workspace: '43' }), ledgers.expense('2', { cents: -16_400, workspace: '43' })];
    ledgers.posted(`tl-${line}-v1`, { hours: '8:00', project: CAPPED.id });
    ledgers.reported(`tl-${refund}-v1`, -164, '2', CAPPED.id);
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a line over the cap that is not named, and a part of one', () => {
    const ledgers = new Ledgers();
    const [first, second] = ledgers.overCap();
    ledgers.overages.delete(second);
    expect(ledgers.rules()).toEqual(['lost', 'sum', 'straight-through']);
    ledgers.overages.delete(first);
    expect(ledgers.rules()).toEqual(['content', 'amount', 'lost', 'sum', 'straight-through']);
  });

  it('sees less and more named than is over the cap', () => {
    const ledgers = new Ledgers();
    const [first, second] = ledgers.overCap();
    ledgers.overages.set(first, { minutes: 47, cents: 16_640n });
    expect(ledgers.rules()).toEqual(['content']);
    ledgers.overages.set(first, { minutes: 48, cents: 16_639n });
    expect(ledgers.rules()).toEqual(['amount', 'sum']);
    ledgers.overages.set(first, { minutes: 48, cents: 16_640n });
    ledgers.overages.set(second, { minutes: 480, cents: 166_401n });
    expect(ledgers.rules()).toEqual(['overage', 'sum']);
  });

  it('counts a line of a project whose customer was merged, before and after it was, and sees one that went with it', () => {
    const ledgers = new Ledgers();
    const [before, after, lost] = ['1', '2', '3'].map(id => ledgers.entry(id));
    ledgers.posted(`tl-${before}-v1`);
    ledgers.posted(`tl-${lost}-v1`);
    ledgers.merged();
    ledgers.posted(`tl-${after}-v1`);
    expect(ledgers.verdict().money['after-merge']).toBe(3);
    ledgers.removed(`tl-${lost}-v1`);
    const { findings, money } = ledgers.verdict();
    expect(findings.map(({ rule, line }) => `${rule} ${line}`)).toContain(`lost ${lost}`);
    expect(money['after-merge']).toBe(2);
  });

  it('sees overage of a project without a cap', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 480 });
    ledgers.overages.set(line, { minutes: 480, cents: 166_400n });
    expect(ledgers.rules()).toEqual(['overage', 'room-left']);
  });

  it('sees room left while the oldest overage waits', () => {
    const ledgers = new Ledgers();
    ledgers.overCap();
    // A minute more is 3.47, and the 47 minutes after it are 162.93.
    ledgers.capped(1501.06);
    expect(ledgers.rules()).toEqual([]);
    ledgers.capped(1501.07);
    expect(ledgers.rules()).toEqual(['room-left']);
    ledgers.capped(undefined);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['room-left']));
  });

  it('sees a line in parts that are no parts of one version, or of a project without a cap', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`, { hours: '0:30' });
    ledgers.posted(`tl-${line}-v1-o1`, { hours: '0:30' });
    expect(ledgers.rules()).toEqual(['twice', 'straight-through']);
  });
});
