import { sandboxRow } from './kit/sandbox.js';

/**
 * The vendors that have a stand-in, one row each. Their ports follow the control port in this
 * order.
 */
export const SANDBOX_VENDORS = {
  salesforce: sandboxRow({
    title: 'Salesforce',
    account: '00DLF0000000001',
    open: async place => (await import('./salesforce/salesforce.sandbox.js')).openSalesforce(place),
  }),
  kantata: sandboxRow({
    title: 'Kantata',
    account: '7001',
    open: async place => (await import('./kantata/kantata.sandbox.js')).openKantata(place),
  }),
  workday: sandboxRow({
    title: 'Workday',
    account: 'larkfield',
    open: async place => (await import('./workday/workday.sandbox.js')).openWorkday(place),
  }),
  netsuite: sandboxRow({
    title: 'NetSuite',
    account: '7654321_SB1',
    open: async place => (await import('./netsuite/netsuite.sandbox.js')).openNetsuite(place),
  }),
};

export type VendorName = keyof typeof SANDBOX_VENDORS;
