import { IsIn, IsInt, Min } from 'class-validator';
import { Setting } from '#service';
import { vendors } from './vendors/index.js';

export class ErpConfig {
  @Setting({ env: 'ERP_VENDOR', default: 'netsuite', description: `Which ERP it is: ${vendors.map(({ name }) => name).join(', ')}.` })
  @IsIn(vendors.map(({ name }) => name))
  vendor: string;

  @Setting({
    env: 'ERP_POLL_MS',
    default: 1_000,
    description: 'How often changed customers, projects and invoices are looked for, in ms. Each look is a query in the ERP.',
  })
  @IsInt()
  @Min(50)
  pollMs: number;

  @Setting({
    env: 'ERP_OVERLAP_MS',
    default: 15_000,
    description: 'How far back each look begins before the newest change seen, for what the ERP shows late, in ms.',
  })
  @IsInt()
  @Min(0)
  overlapMs: number;

  @Setting({
    env: 'ERP_SWEEP_MS',
    default: 900_000,
    description:
      'How often everything is compared, in ms: finds what was deleted, and changes of schedules and tasks, which do not move the date of their project.',
  })
  @IsInt()
  @Min(1_000)
  sweepMs: number;

  @Setting({
    env: 'ERP_INVOICE_SWEEP_MS',
    default: 86_400_000,
    description: 'How often all invoices are compared, in ms, which finds deleted ones. There are many, and each is a call in the ERP.',
  })
  @IsInt()
  @Min(1_000)
  invoiceSweepMs: number;

  @Setting({
    env: 'ERP_REFERENCE_POLL_MS',
    default: 60_000,
    description:
      'How often exchange rates, accounting periods, legal entities, cost centres, tax codes, terms, service items, expense categories, currencies and employee numbers are read, in ms.',
  })
  @IsInt()
  @Min(50)
  referencePollMs: number;
}
