/** The sample firm: invented, deterministic, one seed gives one firm. Each sandbox seeds itself from it, in its vendor's words. */
export interface Firm {
  seed: number;
  /** The day the firm is set up as of; every date is relative to it. */
  asOf: string;
  entities: FirmEntity[];
  roles: FirmRole[];
  costCentres: FirmCostCentre[];
  taxCodes: FirmTaxCode[];
  terms: FirmTerm[];
  expenseCategories: FirmExpenseCategory[];
  consultants: FirmConsultant[];
  customers: FirmCustomer[];
  rateCards: FirmRateCard[];
  /** Open deals, ready to be won. Each wins cleanly unless its name says otherwise. */
  deals: FirmDeal[];
  /**
   * Projects of the PSA and the ERP, known to both by `id`: those of the plan, every billing method at least once, then P-9001, on which
   * nobody is assigned, P-9002, which ended and is closed, and P-9003 (LF-US) and P-9004 (LF-DE), which run by time and materials; then those
   * abroad: P-9005 (LF-UK, in JPY, with somebody lent by LF-DE), P-9006 (LF-DE, in KWD) and P-9007 (LF-US, in USD, for a customer in Dubai);
   * then P-9008, by LF-UK for a customer of LF-DE.
   */
  projects: FirmProject[];
  /** How many lines of time the PSA has approved before the story begins: see `approvedTime`. */
  approvedLines: number;
}

/** LF-US Larkfield Inc (US, USD), LF-UK Larkfield Ltd (GB, GBP), LF-DE Larkfield GmbH (DE, EUR). */
export interface FirmEntity {
  code: string;
  name: string;
  country: string;
  currency: string;
  taxRegistration: string;
}

/** `code` is HCM's job profile and the canonical role (ARCHITECT); `productCode` is what the CRM sells (SVC-ARCHITECT). */
export interface FirmRole {
  code: string;
  name: string;
  productCode: string;
  skills: string[];
}

/** `code` CC-210, the ERP's department; `practice` is the CRM's word for it ("Cloud and Data"). */
export interface FirmCostCentre {
  code: string;
  practice: string;
}

/** `code` GB-S20 …, a tax of `country`; `entity` charges it to customers in `customerCountry` ('*' any other). One code, one customer country. */
export interface FirmTaxCode {
  code: string;
  name: string;
  country: string;
  ratePercent: string;
  entity: string;
  customerCountry: string;
}

export interface FirmTerm {
  name: string;
  days: number;
}

/** What people spend money on. `name` is the PSA's word, `erpCode` the external id of the ERP's category; null where nothing maps it. */
export interface FirmExpenseCategory {
  name: string;
  erpCode: string | null;
  /** How customers are billed for it. */
  billing: 'at-cost' | 'per-unit' | 'mark-up';
  /** From this amount on a receipt is wanted; null: never. In the currency of the legal entity. */
  receiptFrom: string | null;
  /** What one line may cost at most by the firm's policy; null: no limit. In the currency of the legal entity. */
  limit: string | null;
}

export interface FirmConsultant {
  employeeNumber: string;
  firstName: string;
  lastName: string;
  email: string;
  role: string;
  skills: string[];
  entity: string;
  costCentre: string;
  managerNumber: string | null;
  location: string;
  hiredOn: string;
  terminatedOn: string | null;
  leave: { from: string; to: string | null; type: string }[];
  /** 40; 24 of one who works from Mondays to Wednesdays. */
  weeklyHours: number;
  /** Per hour in the entity's currency; each holds until the day before the next. */
  costRates: { from: string; amount: string }[];
}

export interface FirmCustomer {
  number: string;
  name: string;
  legalName: string;
  /** Its own; a project of another makes it a customer of both. */
  entity: string;
  country: string;
  state: string | null;
  city: string;
  street: string;
  /** Null where the country has none. */
  postalCode: string | null;
  email: string;
  /** Null where none was ever entered: the fault that a deal's name announces. */
  taxRegistration: string | null;
  parentNumber: string | null;
  terms: string;
  /** Whether the ERP knows it already (matched by tax registration, not by our external id). */
  inErp: boolean;
}

export interface FirmRateCard {
  code: string;
  entity: string;
  currency: string;
  versions: { effectiveFrom: string; rates: { role: string; ratePerHour: string }[] }[];
}

export interface FirmDeal {
  number: string;
  name: string;
  customerNumber: string;
  /** As the CRM's picklist says it: an entity's name, or "Larkfield Nordics AB", which nothing maps. */
  entityName: string;
  billingMethod: 'T&M' | 'Fixed price' | 'Milestone' | 'Retainer';
  practice: string;
  currency: string;
  rateCard: string;
  startDate: string;
  endDate: string;
  closeDate: string;
  notToExceed: string | null;
  purchaseOrder: string;
  ownerEmail: string;
  /** `ratePerHour` is the rate card's on the deal's start date. `skills` are what the line asks for beside the role. */
  lines: { role: string; skills: string[]; hours: number; ratePerHour: string; startDate: string; endDate: string }[];
  /** Sum to the lines' total on fixed price and milestone deals. */
  milestones: { name: string; dueDate: string; amount: string }[];
}

export interface FirmProject {
  /** The canonical id that both systems hold as their reference, as if the integration had made the project. */
  id: string;
  number: string;
  name: string;
  customerNumber: string;
  entity: string;
  costCentre: string;
  billingMethod: FirmDeal['billingMethod'];
  currency: string;
  rateCard: string;
  startDate: string;
  endDate: string;
  budget: string;
  /** What may be billed in all, where the contract caps it. Two projects by time and materials have one. */
  notToExceed: string | null;
  /** The day the ERP's project was closed on. */
  closedOn: string | null;
  /** `id` is the canonical one, which both systems hold. */
  tasks: { id: string; title: string; role: string; hours: number }[];
  milestones: { id: string; name: string; dueDate: string; amount: string }[];
  /** Employee numbers. Whoever is on it is assigned for as long as the project runs. */
  team: string[];
}
