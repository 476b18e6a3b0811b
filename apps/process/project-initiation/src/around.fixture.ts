import {
  canonicalJson,
  hashOfEffects,
  Problem,
  type Applied,
  type BillingCustomer,
  type Deal,
  type Effect,
  type ExternalRef,
  type FieldFault,
  type FinancialProject,
  type Planned,
  type Project,
} from '#canonical';
import { LostAnswer, standIn, testGateway, type TestServer } from '#testing';
import { crm, erp, hcm, psa, type CrmAbility, type PsaAbility } from './calls.js';

/** The refusal that a system API answers for a record. */
export interface RefusalPlayed {
  kind?: 'invalid' | 'unprocessable' | 'conflict';
  code?: string;
  fields: Omit<FieldFault, 'message'>[];
  message: string;
}

type Body = Record<string, any>;

/** A record that a system API keeps as it was put. */
interface Put {
  id: string;
  status: string;
}

/**
 * The CRM, PSA, ERP and HCM as this app calls them over HTTP. Written records are kept by their
 * path, and plans compare with them.
 */
export class Around {
  readonly deals = new Map<string, Deal>();
  readonly held = new Map<string, Body>();
  /** Every write that changed something, in order: `PUT erp/customers/cus_…`. */
  readonly writes: string[] = [];
  /** Customers that the CRM merged into others. */
  readonly survivors = new Map<string, string>();
  refuse: (path: string, body: Body) => RefusalPlayed | undefined = () => undefined;
  timeBooked = false;
  /** Abilities that the PSA lacks: it answers 501 where they are needed. */
  psaLacks: PsaAbility[] = [];
  /** What the CRM does not keep. */
  crmLacks: CrmAbility[] = [];
  /**
   * Called before and after a write: it may wait, so that the process goes down meanwhile, or
   * return `lost`, so that no answer arrives.
   */
  meanwhile: (moment: 'before' | 'after', write: string) => Promise<'lost' | void> | void = () => undefined;
  #gateway!: TestServer;

  async listen(): Promise<string> {
    const [customers, financialProjects] = [this.#records('erp', 'customer'), this.#records('erp', 'financial-project')];
    const [projects, staffingRequests] = [this.#records('psa', 'project'), this.#records('psa', 'staffing-request')];
    this.#gateway = await testGateway(
      standIn(crm, {
        getAbilities: () => ({ can: [], cannot: this.crmLacks }),
        getDeal: ({ id }) => this.deals.get(id) ?? absent(`deal ${id}`),
        getCustomer: ({ id }) => [...this.deals.values()].map(({ customer }) => customer).find(one => one.id === id) ?? absent(`customer ${id}`),
        getSurvivor: ({ id }) => ({ id: this.survivors.get(id) ?? id }),
      }),
      standIn(erp, {
        getCustomer: ({ id }) => customers.get<BillingCustomer>(id),
        putCustomer: customers.put,
        planCustomer: customers.plan,
        getProject: ({ id }) => financialProjects.get<FinancialProject>(id),
        putProject: financialProjects.put,
        planProject: financialProjects.plan,
        listReferenceData: () => ({ items: [], nextCursor: null }),
      }),
      standIn(psa, {
        getAbilities: () => ({ can: [], cannot: this.psaLacks }),
        getProject: ({ id }) => ({ ...projects.get<Project>(id), timeBooked: this.timeBooked }),
        putProject: projects.put,
        planProject: projects.plan,
        putStaffingRequest: staffingRequests.put,
        planStaffingRequest: staffingRequests.plan,
      }),
      standIn(hcm, { askEligibility: () => ({ candidates: [], eligible: 0, considered: 0 }) }),
    );
    return this.#gateway.url;
  }

  close(): Promise<void> {
    return this.#gateway.close();
  }

  async #passes(moment: 'before' | 'after', write: string): Promise<void> {
    if ((await this.meanwhile(moment, write)) === 'lost') throw new LostAnswer();
  }

  /** How records of a noun are read, put and planned. */
  #records(system: 'erp' | 'psa', noun: keyof typeof PLACES) {
    const placeOf = (id: string): string => `${PLACES[noun]}/${id}`;
    const refs = (id: string): ExternalRef[] => [
      { system: system === 'erp' ? 'netsuite' : 'kantata', account: 'spec', type: PLACES[noun].split('/')[1], nativeId: id },
    ];
    const effects = (place: string, after: Put): Effect[] => {
      const lacking = this.psaLacks.find(ability => neededAt(place, after).includes(ability));
      if (lacking) throw new Problem('unsupported', `This PSA has no ${lacking}.`, { code: 'no-such-ability' });
      const refusal = this.refuse(place, after);
      if (refusal) throw problemOf(refusal);
      const before = this.held.get(place) ?? null;
      if (before && canonicalJson(before) === canonicalJson(after)) return [];
      return [
        { system, account: 'spec', operation: operationOf(before, after), noun, externalId: after.id, before, after: { ...after }, money: null },
      ];
    };
    return {
      get: <T extends Put>(id: string) => ({ ...((this.held.get(placeOf(id)) as T | undefined) ?? absent(placeOf(id))), refs: refs(id) }),
      plan: ({ id, body }: { id: string; body: Put }): Planned => {
        const planned = effects(placeOf(id), body);
        return { effects: planned, hash: hashOfEffects(planned) };
      },
      put: async ({ id, body }: { id: string; body: Put }): Promise<Applied> => {
        const write = `PUT ${placeOf(id)}`;
        await this.#passes('before', write);
        const applied = effects(placeOf(id), body);
        if (applied.length > 0) this.writes.push(write);
        this.held.set(placeOf(id), body);
        await this.#passes('after', write);
        return { effects: applied, refs: refs(id) };
      },
    };
  }
}

/** Where records of a noun are kept, as the specs name them. */
const PLACES = {
  customer: 'erp/customers',
  'financial-project': 'erp/projects',
  project: 'psa/projects',
  'staffing-request': 'psa/staffing-requests',
};

/** The ability that the PSA needs for a write. */
function neededAt(place: string, { status, milestones = [] }: Put & { milestones?: object[] }): PsaAbility[] {
  if (place.startsWith(PLACES['staffing-request'])) return ['staffing'];
  if (!place.startsWith(PLACES.project)) return [];
  return [...(milestones.length > 0 ? (['milestones'] as const) : []), ...(status === 'archived' ? (['archive'] as const) : [])];
}

function operationOf(before: Body | null, after: Put): Effect['operation'] {
  if (!before) return 'create';
  const ended = before.status === 'inactive' || before.status === 'archived';
  if (ended && after.status === 'active') return 'reactivate';
  return after.status === 'archived' ? 'archive' : 'update';
}

function absent(what: string): never {
  throw new Problem('not-found', `There is no ${what}.`);
}

const problemOf = ({ kind = 'unprocessable', code, fields, message }: RefusalPlayed): Problem =>
  new Problem(kind, message, { code, fields: fields.map(field => ({ ...field, message })) });
