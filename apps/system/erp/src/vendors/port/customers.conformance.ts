import { describe, expect, it } from 'vitest';
import type { Effect } from '#canonical';
import { problemOf } from '#testing';
import { Bench, fresh, putCustomer, putProject, kindsOf, states, withoutRefs, plain, timeAndMaterials, type ErpWorld } from './bench.fixture.js';

/** What every ERP must do with billing customers. */
export function customersConformance(name: string, world: ErpWorld): void {
  describe(`customers in ${name}`, () => {
    const bench = new Bench(world);
    oneOfEach(bench);
    financeOwns(bench);
  });
}

/** By our id, else by its tax registration. */
function oneOfEach(bench: Bench): void {
  it('is made once and then left alone', async () => {
    const { customer } = fresh();
    expect(kindsOf(await putCustomer(bench.vendor, customer))).toEqual(['create customer']);
    expect(await putCustomer(bench.vendor, customer)).toEqual([]);
    expect(withoutRefs(await bench.vendor.customers.get(customer.id))).toEqual(customer);
  });

  it('has in the history what its effect said, byte for byte', async () => {
    const { customer } = fresh();
    let effects: Effect[] = [];
    const rows = await bench.written(async () => {
      effects = [
        ...(await putCustomer(bench.vendor, customer)),
        ...(await putCustomer(bench.vendor, { ...customer, name: 'Renamed', billingAddress: { ...customer.billingAddress, state: 'Avon' } })),
      ];
    });
    expect(plain(rows)).toEqual(plain(states(effects)));
  });

  it('is adopted when its tax registration is known, however it is spelt', async () => {
    const { taxRegistration, name: known } = bench.world.knownRegistration;
    const { customer } = fresh();
    const spelt = taxRegistration.replace(/^(\w{2})(\w{3})/, '$1 $2-').toLowerCase();
    const wanted = { ...customer, taxRegistration: spelt };
    expect((await bench.vendor.customers.byTaxRegistration(spelt)).map(({ name: found }) => found)).toEqual([known]);
    const rows = await bench.written(async () => expect(kindsOf(await putCustomer(bench.vendor, wanted))).toEqual(['update customer']));
    expect(rows).toHaveLength(1);
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ id: customer.id, name: customer.name, taxRegistration });
    expect(await putCustomer(bench.vendor, wanted)).toEqual([]);
  });

  it('is refused when another of ours has its tax registration already', async () => {
    const [first, second] = [fresh().customer, fresh().customer];
    await putCustomer(bench.vendor, first);
    const problem = await problemOf(putCustomer(bench.vendor, { ...second, taxRegistration: first.taxRegistration }));
    expect([problem.kind, problem.code]).toEqual(['conflict', 'customer-taken']);
  });

  it('is made beside the one with its tax registration when it is a branch of it', async () => {
    const [head, branch] = [fresh().customer, fresh().customer];
    await putCustomer(bench.vendor, head);
    const wanted = { ...branch, parentId: head.id, taxRegistration: head.taxRegistration };
    expect(kindsOf(await putCustomer(bench.vendor, wanted))).toEqual(['create customer']);
    expect(await bench.vendor.customers.get(branch.id)).toMatchObject({ parentId: head.id, taxRegistration: head.taxRegistration });
    expect((await bench.vendor.customers.byTaxRegistration(head.taxRegistration!)).map(({ id }) => id).sort()).toEqual([head.id, branch.id].sort());
  });

  it('is never guessed among several', async () => {
    const taxRegistration = await bench.world.sharedRegistration();
    const rows = await bench.written(async () => {
      const problem = await problemOf(putCustomer(bench.vendor, { ...fresh().customer, taxRegistration }));
      expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['conflict', 'customer-ambiguous', 'taxRegistration']);
    });
    expect(rows).toEqual([]);
  });
}

/** Attributes that finance owns stay as finance set them. */
function financeOwns(bench: Bench): void {
  it('keeps what finance owns: tax registration, terms, currency and legal entity', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    const wanted = { ...customer, taxRegistration: 'GB000000000', paymentTerms: 'Net 60', currency: 'EUR' };
    expect(await putCustomer(bench.vendor, wanted)).toEqual([]);
    await putCustomer(bench.vendor, { ...wanted, legalEntity: 'LF-DE' });
    expect(withoutRefs(await bench.vendor.customers.get(customer.id))).toEqual({ ...customer, furtherLegalEntities: ['LF-DE'] });
  });

  it('of one legal entity is billed by another only when the ERP was told so, once and for each, with its effect in the history', async () => {
    const { customer, project } = fresh(timeAndMaterials);
    const second = { ...project, dimensions: { legalEntity: 'LF-DE', costCentre: 'CC-210', taxCode: 'DE-X0' } };
    await putCustomer(bench.vendor, customer);
    expect((await problemOf(putProject(bench.vendor, second))).kind).toBe('refused-by-vendor');
    const wanted = { ...customer, name: 'Renamed', legalEntity: 'LF-DE' };
    let effects: Effect[] = [];
    const rows = await bench.written(async () => (effects = await putCustomer(bench.vendor, wanted)));
    expect(kindsOf(effects)).toEqual(['update customer', 'create customer-legal-entity']);
    expect(effects[1].after).toEqual({ customerId: customer.id, legalEntity: 'LF-DE' });
    expect(plain(rows)).toEqual(plain(states(effects)));
    expect(await putCustomer(bench.vendor, wanted)).toEqual([]);
    expect(await putCustomer(bench.vendor, { ...customer, name: 'Renamed' })).toEqual([]);
    await putProject(bench.vendor, second);
    expect((await bench.vendor.projects.get(project.id))!.dimensions.legalEntity).toBe('LF-DE');
  });

  it('that is over is billed by no further legal entity', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    const effects = await putCustomer(bench.vendor, { ...customer, legalEntity: 'LF-DE', status: 'inactive' });
    expect(kindsOf(effects)).toEqual(['archive customer']);
  });

  it('names the terms that nobody knows', async () => {
    const problem = await problemOf(putCustomer(bench.vendor, { ...fresh().customer, paymentTerms: 'Net 1000' }));
    expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['unprocessable', 'unknown-reference', 'paymentTerms']);
  });
}
