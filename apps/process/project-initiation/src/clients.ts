import { Injectable } from '@nestjs/common';
import {
  Problem,
  type Applied,
  type BillingCustomer,
  type Candidate,
  type Customer,
  type Deal,
  type FinancialProject,
  type Planned,
  type Project,
  type ReferenceKind,
  type ReferenceValue,
  type StaffingRequest,
} from '#canonical';
import { ApiClient } from '#service';
import type { Intent } from './flows/deal-to-project/desired-state.rules.js';

/** How long one call to a system API may take, its calls to the vendor included. */
const DEADLINE_MS = 30_000;

const BASE = { crm: '/system/crm/v1', psa: '/system/psa/v1', erp: '/system/erp/v1', hcm: '/system/hcm/v1' } as const;

/** The system APIs this process talks to: one hop, canonical contracts, no retries (the flow retries). */
@Injectable()
export class SystemApis {
  constructor(private readonly api: ApiClient) {}

  /** The deal as it is in the CRM at this moment. */
  deal(id: string): Promise<Deal> {
    return this.api.get(`${BASE.crm}/deals/${encodeURIComponent(id)}`, { query: { fresh: 'true' }, deadlineMs: DEADLINE_MS });
  }

  /** A customer as the CRM has it now; undefined where it has it no more. */
  customer(id: string): Promise<Customer | undefined> {
    return unlessAbsent(
      this.api.get<Customer>(`${BASE.crm}/customers/${encodeURIComponent(id)}`, { query: { fresh: 'true' }, deadlineMs: DEADLINE_MS }),
    );
  }

  /** A customer as the ERP has it: as it last showed it, or now. Undefined where it has none of this id. */
  billingCustomer(id: string, fresh: boolean): Promise<BillingCustomer | undefined> {
    const query = { fresh: String(fresh) };
    return unlessAbsent(this.api.get<BillingCustomer>(`${BASE.erp}/customers/${encodeURIComponent(id)}`, { query, deadlineMs: DEADLINE_MS }));
  }

  /** Whom a customer was merged into in the CRM, or itself; undefined where the CRM knows it no more. */
  async survivorOf(id: string): Promise<string | undefined> {
    const url = `${BASE.crm}/customers/${encodeURIComponent(id)}/survivor`;
    return (await unlessAbsent(this.api.get<{ id: string }>(url, { deadlineMs: DEADLINE_MS })))?.id;
  }

  plan({ system, path, body }: Intent): Promise<Planned> {
    return this.api.post(`${BASE[system]}/${path}/plans`, body, { deadlineMs: DEADLINE_MS });
  }

  /** Makes it so. With `ifMatch`, exactly the planned effects or none (412). */
  apply({ system, path, body }: Intent, ifMatch?: string): Promise<Applied> {
    return this.api.put(`${BASE[system]}/${path}`, body, { deadlineMs: DEADLINE_MS, ...(ifMatch ? { ifMatch } : {}) });
  }

  psaProject(id: string): Promise<Project & { timeBooked: boolean }> {
    return this.api.get(`${BASE.psa}/projects/${id}`, { query: { fresh: 'true' }, deadlineMs: DEADLINE_MS });
  }

  erpProject(id: string): Promise<Partial<FinancialProject>> {
    return this.api.get(`${BASE.erp}/projects/${id}`, { query: { fresh: 'true' }, deadlineMs: DEADLINE_MS });
  }

  /** Codes of the ERP's active reference values, as it last showed them. */
  async referenceCodes(kind: ReferenceKind): Promise<string[]> {
    const { items } = await this.api.get<{ items: ReferenceValue[] }>(`${BASE.erp}/reference-data/${kind}`, {
      query: { limit: 200 },
      deadlineMs: DEADLINE_MS,
    });
    return items.filter(value => value.active).map(value => value.code);
  }

  async candidates({ role, skills, legalEntity, startDate, endDate }: StaffingRequest): Promise<Candidate[]> {
    const answer = await this.api.post<{ candidates: Candidate[] }>(
      `${BASE.hcm}/eligibility`,
      { role, skills, legalEntity, startDate, endDate },
      { deadlineMs: DEADLINE_MS },
    );
    return answer.candidates;
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
