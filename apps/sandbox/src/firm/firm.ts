/**
 * The sample firm: invented, deterministic, one seed gives one firm. Each sandbox seeds itself from
 * it, in its vendor's words.
 */
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
   * Projects of the PSA and the ERP, with the same `id` in both. First the planned ones, which
   * cover every billing method. Then P-9001 without assignments, P-9002, which ended and is closed,
   * and P-9003 (LF-US) and P-9004 (LF-DE) by time and materials. Then those abroad: P-9005 (LF-UK,
   * in JPY, with a worker lent by LF-DE), P-9006 (LF-DE, in KWD) and P-9007 (LF-US, in USD, for a
   * customer in Dubai). Then P-9008, by LF-UK for a customer of LF-DE.
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

/**
 * `code` is HCM's job profile and the canonical role (ARCHITECT); `productCode` is the product in
 * the CRM (SVC-ARCHITECT).
 */
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

/**
 * `code` GB-S20 …, a tax of `country`; `entity` charges it to customers in `customerCountry` ('*'
 * any other). One code, one customer country.
 */
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

/**
 * A category of expenses. `name` is the PSA's word, `erpCode` the external id of the ERP's
 * category; null when it has no mapping.
 */
export interface FirmExpenseCategory {
  name: string;
  erpCode: string | null;
  /** How customers are billed for it. */
  billing: 'at-cost' | 'per-unit' | 'mark-up';
  /** From this amount on a receipt is wanted; null: never. In the currency of the legal entity. */
  receiptFrom: string | null;
  /**
   * The most that one line may cost by the firm's policy, in the currency of the legal entity;
   * null: no limit.
   */
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
  /** Whether it is already in the ERP (matched by tax registration, not by our external id). */
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
  /**
   * The value of the CRM's picklist: an entity's name, or "Larkfield Nordics AB", which has no
   * mapping.
   */
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
  /**
   * `ratePerHour` is the rate card's on the deal's start date. `skills` are those that the line
   * requires besides the role.
   */
  lines: { role: string; skills: string[]; hours: number; ratePerHour: string; startDate: string; endDate: string }[];
  /** Sum to the lines' total on fixed price and milestone deals. */
  milestones: { name: string; dueDate: string; amount: string }[];
}

export interface FirmProject {
  /**
   * The canonical id that both systems hold as their reference, as if the integration had made the
   * project.
   */
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
  /**
   * The most that may be billed in total, if the contract caps it. Two projects by time and
   * materials have a cap.
   */
  notToExceed: string | null;
  /** The day the ERP's project was closed on. */
  closedOn: string | null;
  /** `id` is the canonical one, which both systems hold. */
  tasks: { id: string; title: string; role: string; hours: number }[];
  milestones: { id: string; name: string; dueDate: string; amount: string }[];
  /** Employee numbers. The team is assigned for the whole duration of the project. */
  team: string[];
}
