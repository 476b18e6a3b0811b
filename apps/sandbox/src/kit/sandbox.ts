import type { Firm } from '../firm/firm.js';
import type { Ledger } from './ledger.js';
import type { Store } from './store.js';
import type { Vendor } from './vendor.js';

/** What a vendor's stand-in needs to be opened. */
export interface TenantPlace {
  /** The tenant that it plays. */
  account: string;
  /** Where it stores what is made once, such as a key. */
  directory: string;
}

/** A vendor's stand-in and how a client reaches it. */
export interface Tenant<Options extends object = object, Endpoint extends object = object> {
  /** Options when a person watches. */
  watched?: Partial<Options>;
  /** Seeds itself from the firm when the store is empty. */
  create(store: Store, ledger: Ledger, firm: Firm, options?: Partial<Options>): Vendor;
  /** What a real tenant's administrator would tell a client. */
  endpoint(baseUrl: string): Endpoint;
  /** The same as the settings that point Throughline here. */
  settings(endpoint: Endpoint): Record<string, string>;
}

/**
 * The row of a vendor in the list of sandboxes. It loads nothing itself: the supervisor reads it
 * too.
 */
export interface SandboxRow {
  /** The product's name for people. */
  title: string;
  account: string;
  open(place: TenantPlace): Promise<Tenant>;
}

/** A row that keeps the types of its options and endpoint. */
export const sandboxRow = <Options extends object, Endpoint extends object>(row: {
  title: string;
  account: string;
  open(place: TenantPlace): Promise<Tenant<Options, Endpoint>>;
}): typeof row => row;
