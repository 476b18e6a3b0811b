import { LONGEST_WAIT_MS, Setting } from '#service';

export class ErpConfig {
  @Setting({
    env: 'ERP_POLL_MS',
    default: 1_000,
    within: [50, LONGEST_WAIT_MS],
    description: 'How often changed customers, projects and invoices are looked for, in ms. Each look is a query in the ERP.',
  })
  pollMs: number;

  @Setting({
    env: 'ERP_OVERLAP_MS',
    default: 15_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How far back each look begins before the newest change seen, for what the ERP shows late, in ms.',
  })
  overlapMs: number;

  @Setting({
    env: 'ERP_SWEEP_MS',
    default: 900_000,
    within: [1_000, LONGEST_WAIT_MS],
    description:
      'How often everything is compared, in ms: finds what was deleted, and what has no date of its customer or project: changes of schedules and tasks, and which legal entities bill a customer.',
  })
  sweepMs: number;

  @Setting({
    env: 'ERP_INVOICE_SWEEP_MS',
    default: 86_400_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How often all invoices are compared, in ms, which finds deleted ones. There are many, and each is a call in the ERP.',
  })
  invoiceSweepMs: number;

  @Setting({
    env: 'ERP_REFERENCE_POLL_MS',
    default: 60_000,
    within: [50, LONGEST_WAIT_MS],
    description:
      'How often exchange rates, accounting periods, legal entities, cost centres, tax codes, terms, service items, expense categories, currencies and employee numbers are read, in ms.',
  })
  referencePollMs: number;
}
