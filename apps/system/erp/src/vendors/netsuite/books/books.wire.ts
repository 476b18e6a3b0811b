import { recordOf, type NetsuiteReference } from '../netsuite.wire.js';

export interface NetsuiteInvoice {
  id: string;
  tranId: string;
  status?: NetsuiteReference;
  subsidiary?: NetsuiteReference;
  currency?: NetsuiteReference;
  job?: NetsuiteReference;
  tranDate: string;
  dueDate?: string;
  total: number;
  amountRemaining: number;
  /** Internal ids of the lines' own records. */
  times: string[];
  reports: string[];
  charges: string[];
}

/** Reads an expanded invoice; throws a `RecordFault` that names what is missing. */
export function readInvoice(json: unknown): NetsuiteInvoice {
  const record = recordOf(json, 'invoice');
  const named = (list: string, field: string) => record.lines(list).flatMap(line => line.reference(field)?.id ?? []);
  return {
    id: record.string('id'),
    tranId: record.text('tranId') ?? '',
    status: record.reference('status'),
    subsidiary: record.reference('subsidiary'),
    currency: record.reference('currency'),
    job: record.reference('job'),
    tranDate: record.day('tranDate') ?? record.string('tranDate'),
    dueDate: record.day('dueDate'),
    total: record.amount('total'),
    amountRemaining: record.amount('amountRemaining'),
    times: named('time', 'doc'),
    reports: named('expCost', 'doc'),
    charges: named('item', 'charge'),
  };
}
