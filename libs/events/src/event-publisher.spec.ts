import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import type { Principal } from '#auth';
import type { Actor } from '#canonical';
import { Metrics, runInContext } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { EventLog, EventPublisher, EventShapes, eventsMigrations, misfitOf, type NewEvent } from './index.js';

let database: TestDatabase;
const log = new EventLog();
const publisher = new EventPublisher(log, { prefix: '/process/project-initiation' }, new EventShapes(new Metrics()));

beforeAll(async () => {
  database = await testDatabase({ migrations: eventsMigrations });
});
afterAll(() => database.close());

const mapped = (id: string, over: Partial<NewEvent<'mapping.changed.v1'>> = {}): NewEvent => ({
  id,
  type: 'mapping.changed.v1',
  key: 'mapping:role:x',
  data: { kind: 'role', source: 'x', target: 'y' },
  legalEntities: [],
  ...over,
});
const publish = (...events: NewEvent[]) => database.dataSource.transaction(em => publisher.publish(em, events));

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ROBIN = { kind: 'person', id: 'robin', name: 'Robin' } as Principal;
const FLOW: Actor = { kind: 'flow', id: 'spec.flow', actingFor: { kind: 'person', id: 'robin' } };

describe('an event that an app publishes', () => {
  it('states its app, correlation, trace, time and actor', async () => {
    const before = Date.now();
    const [event] = await runInContext({ correlationId: 'affair', traceparent: trace, principal: ROBIN }, () => publish(mapped('asked')));
    expect(event).toMatchObject({
      source: '/process/project-initiation',
      correlationId: 'affair',
      traceparent: trace,
      actor: { kind: 'person', id: 'robin', name: 'Robin' },
    });
    expect(Date.parse(event.time)).toBeGreaterThanOrEqual(before);
    expect(await log.find(database.dataSource.manager, '/process/project-initiation', 'asked')).toEqual(event);
  });

  it('has the flow as its actor in a flow, and none where nobody asked', async () => {
    const [byFlow] = await runInContext({ actor: FLOW, principal: undefined }, () => publish(mapped('by-flow')));
    const [byNobody] = await publish(mapped('by-nobody'));
    expect([byFlow.actor, byNobody.actor, byNobody.traceparent]).toEqual([FLOW, undefined, undefined]);
  });

  it('keeps its own time and correlation where it states them', async () => {
    const of = { time: '2026-11-20T09:00:00.000Z', correlationId: 'other', traceparent: undefined, actor: FLOW };
    const [event] = await runInContext({ correlationId: 'affair', traceparent: trace, principal: ROBIN }, () => publish(mapped('other', of)));
    expect(event).toMatchObject({ time: of.time, correlationId: 'other', actor: FLOW });
    expect(event.traceparent).toBeUndefined();
  });

  it('is appended once, however often it is published', async () => {
    expect([await publish(mapped('same')), await publish(mapped('same'))].map(events => events.length)).toEqual([1, 0]);
  });
});

describe('an event that is not as its type declares', () => {
  const wrong = { id: 'odd', type: 'drift.detected.v1', key: 'x', data: { noun: 'deal', id: 7, system: 's', attributes: [] }, legalEntities: [] };

  it('is published, counted, and logged without its values', async () => {
    const metrics = new Metrics();
    const lenient = new EventPublisher(log, { prefix: '/spec' }, new EventShapes(metrics));
    const events = [wrong, { ...wrong, id: 'odd again' }] as unknown as NewEvent[];
    const appended = await runInContext({ correlationId: 'c' }, () => database.dataSource.transaction(em => lenient.publish(em, events)));
    expect(appended).toHaveLength(2);
    expect(await metrics.registry.metrics()).toContain('throughline_event_misfits_total{type="drift.detected.v1"} 2');
  });

  it('is told apart by where and how it differs', () => {
    const event = { ...wrong, source: '/system/crm', time: '2026-11-20T09:15:00.000Z', correlationId: 'c', data: { ...wrong.data, id: 'dea_1' } };
    const misfit = (over: object): string | undefined => misfitOf({ ...event, ...over } as unknown as CanonicalEvent);
    expect(misfit({})).toBeUndefined();
    expect(misfit({ data: wrong.data })).toBe('/data/id must be string');
    expect(misfit({ data: { ...event.data, secret: 'x' } })).toBe('/data must NOT have additional properties: secret');
    expect(misfit({ data: { noun: 'deal' } })).toBe("/data must have required property 'id'");
    expect(misfit({ time: 'today' })).toBe('/time must match format "date-time"');
    expect(misfit({ type: 'no.such.v1' })).toBe('no.such.v1 is not declared');
    expect(misfit({ source: '/experience/portal' })).toBe('/source is /experience/portal, which does not publish drift.detected.v1');
  });
});
