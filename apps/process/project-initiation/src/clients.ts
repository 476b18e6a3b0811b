import { Injectable } from '@nestjs/common';
import type { Client } from '#apis';
import {
  Problem,
  type Applied,
  type BillingCustomer,
  type Candidate,
  type Customer,
  type Deal,
  type Planned,
  type Project,
  type ReferenceKind,
  type StaffingRequest,
} from '#canonical';
import { ApiClient } from '#service';
import { crm, erp, hcm, psa, type CrmAbility, type PsaAbility } from './calls.js';
import type { IntentOf, ReadBack, Records } from './flows/deal-to-project/desired-state.rules.js';

/** The longest that one call to a system API may take, including its calls to the vendor. */
const IN_TIME = { deadlineMs: 30_000 };
const FRESH = { fresh: true };

/** How a kind of record is planned and applied, by the system API that writes it. */
type Writes = {
  [Noun in keyof Records]: {
    plan(asked: { id: string; body: Records[Noun] }, o: { deadlineMs: number }): Promise<Planned>;
    put(asked: { id: string; body: Records[Noun] }, o: { deadlineMs: number; ifMatch?: string }): Promise<Applied>;
  };
};

/**
 * The system APIs that this process calls: one hop, canonical contracts, no retries (the flow
 * retries).
 */
@Injectable()
export class SystemApis {
  readonly #crm: Client<typeof crm>;
  readonly #psa: Client<typeof psa>;
  readonly #erp: Client<typeof erp>;
  readonly #hcm: Client<typeof hcm>;
  readonly #writes: Writes;

  constructor(api: ApiClient) {
    this.#crm = api.of(crm);
    this.#psa = api.of(psa);
    this.#erp = api.of(erp);
    this.#hcm = api.of(hcm);
    this.#writes = {
      customer: { plan: this.#erp.planCustomer, put: this.#erp.putCustomer },
      project: { plan: this.#psa.planProject, put: this.#psa.putProject },
      'financial-project': { plan: this.#erp.planProject, put: this.#erp.putProject },
      'staffing-request': { plan: this.#psa.planStaffingRequest, put: this.#psa.putStaffingRequest },
    };
  }

  /** The optional abilities that this PSA lacks. */
  async psaLacks(): Promise<readonly PsaAbility[]> {
    return (await this.#psa.getAbilities({}, IN_TIME)).cannot;
  }

  /** The optional abilities that this CRM lacks. */
  async crmLacks(): Promise<readonly CrmAbility[]> {
    return (await this.#crm.getAbilities({}, IN_TIME)).cannot;
  }

  /** The deal as it is in the CRM at this moment. */
  deal(id: string): Promise<Deal> {
    return this.#crm.getDeal({ id, query: FRESH }, IN_TIME);
  }

  /** The customer as the CRM has it now; undefined where the CRM has it no more. */
  customer(id: string): Promise<Customer | undefined> {
    return unlessAbsent(this.#crm.getCustomer({ id, query: FRESH }, IN_TIME));
  }

  /**
   * The customer as the ERP last showed it, or freshly read; undefined where the ERP has no
   * customer of this id.
   */
  billingCustomer(id: string, fresh: boolean): Promise<BillingCustomer | undefined> {
    return unlessAbsent(this.#erp.getCustomer({ id, query: { fresh } }, IN_TIME));
  }

  /**
   * The customer that this one was merged into in the CRM, or itself; undefined where the CRM does
   * not know it any more.
   */
  async survivorOf(id: string): Promise<string | undefined> {
    return (await unlessAbsent(this.#crm.getSurvivor({ id }, IN_TIME)))?.id;
  }

  plan<Noun extends keyof Records>({ noun, body }: IntentOf<Noun>): Promise<Planned> {
    return this.#writes[noun].plan({ id: body.id, body }, IN_TIME);
  }

  /** Applies a desired state. With `ifMatch` it has exactly the planned effects, or none (412). */
  apply<Noun extends keyof Records>({ noun, body }: IntentOf<Noun>, ifMatch?: string): Promise<Applied> {
    return this.#writes[noun].put({ id: body.id, body }, { ...IN_TIME, ...(ifMatch ? { ifMatch } : {}) });
  }

  psaProject(id: string): Promise<Project & { timeBooked: boolean }> {
    return this.#psa.getProject({ id, query: FRESH }, IN_TIME);
  }

  erpProject(id: string): Promise<NonNullable<ReadBack['financialProject']>> {
    return this.#erp.getProject({ id, query: FRESH }, IN_TIME);
  }

  /** Codes of the ERP's active reference values, as it last showed them. */
  async referenceCodes(kind: ReferenceKind): Promise<string[]> {
    const { items } = await this.#erp.listReferenceData({ kind, query: { limit: 200 } }, IN_TIME);
    return items.filter(value => value.active).map(value => value.code);
  }

  async candidates({ role, skills, legalEntity, startDate, endDate }: StaffingRequest): Promise<Candidate[]> {
    const { candidates } = await this.#hcm.askEligibility({ body: { role, skills, legalEntity, startDate, endDate } }, IN_TIME);
    return candidates;
  }
}

async function unlessAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-found') return undefined;
    throw error;
  }
}
