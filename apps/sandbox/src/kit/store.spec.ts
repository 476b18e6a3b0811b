import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from './ledger.js';
import { Store, type Table } from './store.js';

interface Thing {
  id: string;
  colour?: string;
}

let folder: string;
let store: Store;
let things: Table<Thing>;
let byColour: (colour: string) => Thing[];
let ledger: Ledger;

function open(): void {
  store = new Store(join(folder, 'things.sqlite'));
  things = store.table<Thing>('thing');
  byColour = things.index(({ colour }) => colour);
  ledger = new Ledger(store);
}
function reopen(): void {
  store.close();
  open();
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const put = (id: string, colour?: string) => things.put({ id, ...(colour === undefined ? {} : { colour }) });
const recorded = (id: string) => ledger.record({ operation: 'create', type: 'thing', id, externalId: null, before: null, after: { id } });
const ids = (rows: Thing[]) => rows.map(({ id }) => id);

describe('a transaction', () => {
  it('keeps all that it did, over a restart', () => {
    store.transaction(() => {
      put('1', 'red');
      put('2', 'red');
      put('1', 'blue');
      things.delete('2');
      recorded('1');
    });
    for (const again of [() => undefined, reopen]) {
      again();
      expect([ids(things.all()), ids(byColour('blue')), ids(byColour('red')), ledger.rows().length]).toEqual([['1'], ['1'], [], 1]);
    }
  });

  it('that fails leaves nothing, in memory or in the file', () => {
    store.transaction(() => put('1', 'red'));
    const fail = () =>
      store.transaction(() => {
        put('1', 'blue');
        put('2', 'blue');
        recorded('2');
        expect(store.next('thing')).toBe(1);
        throw new Error('refused');
      });
    expect(fail).toThrow('refused');
    for (const again of [() => undefined, reopen]) {
      again();
      expect([ids(things.all()), ids(byColour('blue')), ids(byColour('red')), ledger.rows()]).toEqual([['1'], [], ['1'], []]);
    }
    expect(store.next('thing')).toBe(1);
  });

  it('can have a part that fails alone, and another transaction within', () => {
    store.transaction(() => {
      store.transaction(() => put('1', 'red'));
      const part = () =>
        store.attempt(() => {
          put('1', 'blue');
          things.delete('1');
          put('2', 'blue');
          recorded('2');
          throw new Error('refused');
        });
      expect(part).toThrow('refused');
      store.attempt(() => put('3', 'blue'));
      recorded('3');
    });
    for (const again of [() => undefined, reopen]) {
      again();
      expect([ids(byColour('red')), ids(byColour('blue')), ledger.rows().map(({ id }) => id)]).toEqual([['1'], ['3'], ['3']]);
    }
  });

  it('is required for a write', () => {
    expect(() => put('1')).toThrow('thing 1: write inside Store.transaction');
  });
});

describe('a series of numbers', () => {
  it('continues after a restart, from its configured start', () => {
    expect([store.next('invoice', 100), store.next('invoice', 100), store.next('other')]).toEqual([100, 101, 1]);
    reopen();
    expect([store.next('invoice', 100), store.next('other')]).toEqual([102, 2]);
  });
});

describe('an index', () => {
  it('has the rows of a key in the order they came, one or many, and forgets those that left it', () => {
    store.transaction(() => {
      for (const id of ['1', '2', '3']) put(id, 'red');
      put('2', 'blue');
      things.delete('1');
      put('4');
    });
    expect([ids(byColour('red')), ids(byColour('blue')), byColour('green')]).toEqual([['3'], ['2'], []]);
    expect(store.empty).toBe(false);
  });
});
