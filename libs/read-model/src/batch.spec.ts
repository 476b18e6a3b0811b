import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '#apis';
import { Batch, entitiesOf, withoutEmpty } from './batch.js';

const event = (type: string, key: string, data: object, legalEntities: string[] = []): RecordedEvent =>
  ({ type, key, data, legalEntities }) as unknown as RecordedEvent;

describe('a batch', () => {
  const [first, second, other, keyed] = [
    event('deal.changed.v1', 'a', { state: { id: 'dea_1', name: 'first' } }),
    event('deal.won.v1', 'b', { state: { id: 'dea_1', name: 'second' } }),
    event('deal.changed.v1', 'c', { state: { id: 'dea_2' } }),
    event('mapping.changed.v1', 'mapping:role:x', { kind: 'role' }),
  ];
  const batch = new Batch(undefined as never, [first, second, other, keyed]);

  it('answers the events of some types in order', () => {
    expect(batch.of('deal.changed.v1')).toEqual([first, other]);
  });

  it('answers the last event about each thing, under any key; an event that names no thing counts by its key', () => {
    expect(batch.latest('deal.changed.v1', 'deal.won.v1')).toEqual([second, other]);
    expect(batch.latest('mapping.changed.v1')).toEqual([keyed]);
  });
});

it('takes a row’s legal entities from the noun if it states them, else from its event, each once', () => {
  const stated = event('deal.changed.v1', 'a', {}, ['LF-UK', 'LF-DE', 'LF-UK']);
  expect([entitiesOf(stated, 'LF-US'), entitiesOf(stated, ''), entitiesOf(stated, undefined)]).toEqual([
    ['LF-US'],
    ['LF-UK', 'LF-DE'],
    ['LF-UK', 'LF-DE'],
  ]);
});

it('leaves out empty texts at any depth, and nothing else', () => {
  expect(withoutEmpty({ a: '', b: null, c: 0, d: false, e: [{ f: '', g: 'x' }], h: {} })).toEqual({ c: 0, d: false, e: [{ g: 'x' }], h: {} });
});
