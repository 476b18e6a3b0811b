import { describe, expect, it } from 'vitest';
import { problemOf } from '#testing';
import { Bench, fresh, putCustomer, kindsOf, type ErpWorld } from './bench.fixture.js';

/** How failures of the vendor are reported, tested with reads and writes of customers. */
export function failuresConformance(name: string, world: ErpWorld): void {
  describe(`when ${name} fails`, () => {
    const bench = new Bench(world);
    loginFails(bench);
    callsFail(bench);
  });
}

function loginFails(bench: Bench): void {
  it('logs in again after a 401 and tries once more', async () => {
    const { customer } = fresh();
    await bench.world.fail('write', 'customer', { do: 'error', status: 401 });
    expect(kindsOf(await putCustomer(bench.vendor, customer))).toEqual(['create customer']);
  });

  it('reports a log-in that stays refused as a refusal, not as an outage', async () => {
    const { customer } = fresh();
    await bench.world.fail('read', 'customer', { do: 'error', status: 401 }, 2);
    const problem = await problemOf(bench.vendor.customers.get(customer.id));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['refused-by-vendor', 'login-refused', false]);
  });
}

function callsFail(bench: Bench): void {
  it('reads again after a 429, no sooner than asked', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    await bench.world.fail('read', 'customer', { do: 'throttle', retryAfterSeconds: 1 });
    const startedAt = performance.now();
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ id: customer.id });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('reports a write that met a 429 as not made, with when to come back if the vendor says', async () => {
    const { customer } = fresh();
    await bench.world.fail('write', 'customer', { do: 'throttle', retryAfterSeconds: 2 });
    const asked = await problemOf(putCustomer(bench.vendor, customer));
    expect([asked.kind, asked.code, asked.retryable, asked.retryAfterMs]).toEqual(['rate-limited', 'not-made', true, 2_000]);
    await bench.world.forgetFailures();
    await bench.world.fail('write', 'customer', { do: 'throttle' });
    const unasked = await problemOf(putCustomer(bench.vendor, customer));
    expect([unasked.kind, unasked.code, unasked.retryAfterMs]).toEqual(['rate-limited', 'not-made', undefined]);
    expect(kindsOf(await putCustomer(bench.vendor, customer))).toEqual(['create customer']);
  });

  it('reads through a 500 and a maintenance page', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    await bench.world.fail('read', 'customer', { do: 'error', status: 500 });
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ id: customer.id });
    await bench.world.fail('read', 'customer', { do: 'maintenance' });
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ id: customer.id });
  });

  it('reports a write that met a 500 as of unknown outcome', async () => {
    const { customer } = fresh();
    await bench.world.fail('write', 'customer', { do: 'error', status: 500 });
    const problem = await problemOf(putCustomer(bench.vendor, customer));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['vendor-unavailable', 'outcome-unknown', true]);
    expect(kindsOf(await putCustomer(bench.vendor, customer))).toEqual(['create customer']);
  });

  it('reports a write that is never answered as of unknown outcome', async () => {
    const { customer } = fresh();
    const hasty = bench.world.connect({ timeoutMs: 400, settlingMs: 500 });
    await bench.vendor.referenceData.values('legal-entity');
    await bench.world.fail('write', 'customer', { do: 'timeout', ms: 2_000 });
    const problem = await problemOf(putCustomer(hasty, customer));
    expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'outcome-unknown']);
  });

  it('reports a meaningless answer as an outage', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    bench.world.garble('customer');
    const problem = await problemOf(bench.vendor.customers.get(customer.id));
    expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'malformed-answer']);
  });
}
