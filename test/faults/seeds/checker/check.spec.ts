import { describe, expect, it } from 'vitest';
import { publishedId } from './evidence.js';
import { Ledgers } from './ledgers.fixture.js';

describe('the judge of a run', () => {
  it('makes the ids that are published', () => {
    // Worked out by hand from sha-256 of kantata:7001:1, 980406ca4bbde0e32159d6ac8…, and a table of Crockford's letters.
    expect(publishedId('tim', 'kantata', '7001', '1')).toBe('tim_k020djjbqqge68asttp8');
  });

  it('finds nothing wrong with a line that is posted as approved', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.verdict()).toMatchObject({ findings: [], lines: 1, approved: 1, posted: 1, clean: 1, cleanPosted: 1, versions: 1 });
  });

  it('finds nothing wrong with a correction whose older version went first', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.entry('1', { approved: false });
    ledgers.removed(`tl-${line}-v1`);
    ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v3`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees a lost line, and takes an open exception for it', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.planted.add('line 1');
    expect(ledgers.rules()).toEqual(['lost', 'sum']);
    ledgers.openExceptions.set(line, 'no rate');
    expect(ledgers.rules()).toEqual([]);
  });

  it('sees that a line with nothing wrong waits for people', () => {
    const ledgers = new Ledgers();
    ledgers.openExceptions.set(ledgers.entry('1'), 'no rate');
    expect(ledgers.rules()).toEqual(['straight-through']);
  });

  it('sees a line under two external ids', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['two-alive', 'not-newest', 'sum']));
  });

  it('sees one version posted in parts that are too much', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1-o1`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['twice', 'sum']));
  });

  it('sees an older version in force', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.entry('1', { minutes: 60 });
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['content', 'amount', 'sum']));
  });

  it('sees an older version that came back after the newer one', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.removed(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['versions-fall', 'two-alive', 'id-used-again', 'not-newest']));
  });

  it('sees two versions alive at once, also when the older one goes in the end', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    ledgers.removed(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(['two-alive']);
  });

  it('sees a transaction rewritten in place', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['rewritten']);
  });

  it('sees a transaction sent again though it is there', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1`);
    expect(ledgers.rules()).toEqual(['written-again']);
  });

  it('sees a cent too much', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 1 });
    ledgers.posted(`tl-${line}-v1`, { hours: '0:01', rate: 208.5 });
    // 208.00 an hour is 3.47 a minute (3.4666…), 208.50 is 3.48 (3.475, half up).
    expect(ledgers.verdict().findings.slice(0, 2)).toMatchObject([
      { rule: 'amount' },
      { rule: 'sum', detail: "the PSA's lines are worth 347, the ERP's 348 cents" },
    ]);
  });

  it('sees what stayed of a line that was taken back or deleted', () => {
    const ledgers = new Ledgers();
    const [taken, deleted] = [ledgers.entry('1'), ledgers.entry('2')];
    ledgers.posted(`tl-${taken}-v1`);
    ledgers.posted(`tl-${deleted}-v1`);
    ledgers.entry('1', { approved: false });
    ledgers.deleted('2');
    expect(ledgers.verdict().findings.map(({ rule }) => rule)).toEqual(['not-withdrawn', 'not-withdrawn']);
    ledgers.removed(`tl-${taken}-v1`);
    ledgers.removed(`tl-${deleted}-v1`);
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { deleted: 1 } });
  });

  it('sees transactions that no approved line explains', () => {
    const ledgers = new Ledgers();
    ledgers.entry('1', { approved: false });
    ledgers.posted(`tl-${publishedId('tim', 'kantata', '7001', '1')}-v1`);
    ledgers.posted('4711');
    expect(ledgers.rules()).toEqual(['unknown-transaction']);
  });
});
