import { beforeAll } from 'vitest';
import type { ErpAbility } from '#apis/erp';
import { built } from '#testing';
import type { Times } from '../port/bench.fixture.js';
import { billingConformance } from '../port/billing.conformance.js';
import { booksConformance } from '../port/books.conformance.js';
import { erpConformance } from '../port/erp.conformance.js';
import type { ErpVendor } from '../port/erp.port.js';
import { NetsuiteWorld } from './netsuite.fixture.js';

// For the processes that are killed and frozen.
beforeAll(async () => void (await built()), 180_000);

erpConformance('netsuite', new NetsuiteWorld());

/** As an ERP would be that has customers and projects only. */
class WithoutMore extends NetsuiteWorld {
  override readonly abilities: readonly ErpAbility[] = [];

  override get billing(): undefined {
    return undefined;
  }

  override connect(o: Times = {}): ErpVendor {
    return Object.create(super.connect(o), { abilities: { value: [] }, billing: { value: undefined }, books: { value: undefined } }) as ErpVendor;
  }
}

for (const conformance of [billingConformance, booksConformance]) conformance('an ERP with customers and projects only', new WithoutMore());
