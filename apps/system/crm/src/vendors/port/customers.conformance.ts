import { describe, expect, it } from 'vitest';
import { Customer } from '#canonical';
import { all, faultsIn, nativeId, type Bench } from './bench.fixture.js';

/** What every CRM must do with customers. */
export function customersConformance(bench: Bench): void {
  describe('customers', () => {
    it('are canonical', async () => {
      const customers = await all(bench.vendor.customers.all());
      expect(customers.length).toBeGreaterThan(0);
      expect(customers.flatMap(customer => faultsIn(Customer, customer))).toEqual([]);
    });

    it('are the same however they are read', async () => {
      const { deals, customers } = bench.vendor;
      const [{ customer }] = await all(deals.all());
      expect(await customers.get(nativeId(customer))).toEqual(customer);
      expect((await all(customers.changed(null))).find(({ id }) => id === customer.id)).toEqual(customer);
    });

    it('are null where there is none', async () => {
      const id = await bench.world.people.newCustomer('Gone tomorrow');
      expect(await bench.vendor.customers.get(id)).not.toBeNull();
      await bench.world.people.deleteCustomer(id);
      expect(await bench.vendor.customers.get(id)).toBeNull();
    });

    it('survive as nobody else where they were merged into nobody', async () => {
      const [{ customer }] = await all(bench.vendor.deals.all());
      expect(await bench.vendor.customers.survivorOf(nativeId(customer))).toBeNull();
    });

    it('are told when one changed, and so are its deals', async () => {
      const { people } = bench.world;
      const dealId = await people.anyOpenDeal();
      const customerId = await people.customerOf(dealId);
      const cursor = await bench.cursorOf('customers');
      const deals = await bench.changedAfter(() => people.setTaxRegistration(customerId, 'GB999999973'), dealId);
      expect(deals.find(deal => nativeId(deal) === dealId)?.customer.taxRegistration).toBe('GB999999973');
      const customers = await all(bench.vendor.customers.changed(cursor));
      expect(customers.find(customer => nativeId(customer) === customerId)?.taxRegistration).toBe('GB999999973');
    });
  });
}
