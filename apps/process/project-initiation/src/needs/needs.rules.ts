import type { MappingKind } from '#apis/mappings';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import type { Changed, Customer, Deal } from '#canonical';
import type { MappingTable } from '#mappings';
import { mayBeMetBy } from '#work';
import { customerFaults, type CustomerRules } from '../customers/customer.rules.js';
import { checkDeal } from '../flows/deal-to-project/deal-to-project.rules.js';
import { CUSTOMER_FIELDS, DEAL_FIELDS, needs, NEEDS } from '../needs.js';
import { AS_REFUSED, type SoldRateGrounds } from '../sold-rates/sold-rates.rules.js';

/** A deal that was lost, reopened or won again no longer has its old needs: it is checked again. */
const STAGES: ReadonlySet<string> = new Set<EventType>(['deal.won.v1', 'deal.reopened.v1', 'deal.lost.v1']);

/** Events that contain a deal as sold. */
export const AS_SOLD = ['deal.won.v1', 'deal.changed.v1'] as const satisfies EventType[];

export const isAsSold = ({ type }: CanonicalEvent): boolean => (AS_SOLD as readonly EventType[]).includes(type);

/** Events about the records that the flow reads or writes. */
const SOURCES: ReadonlySet<string> = new Set<EventType>([
  'deal.won.v1',
  'deal.changed.v1',
  'deal.reopened.v1',
  'deal.lost.v1',
  'customer.changed.v1',
  'billing-customer.changed.v1',
  'project.changed.v1',
  'financial-project.changed.v1',
]);

/** Which of these mapping needs a new mapping meets, however the word is spelt in them. */
export function mappingNeedsMet(data: EventData['mapping.changed.v1'], asked: string[]): string[] {
  return data.target === null ? [] : asked.filter(mayBeMetBy({ type: 'mapping.changed.v1', data }, [needs.mapping]));
}

/** Whether a mapping exists for what the need asks for. */
export function isMapped(need: string, mappings: MappingTable): boolean {
  const asked = needs.mapping.read(need);
  return asked !== undefined && mappings.get(asked.mapping as MappingKind, asked.source) !== undefined;
}

/** The needs that an event meets: what the rules no longer miss once it has happened. */
export function needsMetBy(event: CanonicalEvent, mappings: MappingTable, soldRates: SoldRateGrounds, rules: CustomerRules): string[] {
  switch (event.type) {
    case 'customer.changed.v1':
      return customerNeedsMet((event.data as Changed<Customer>).state, mappings, rules);
    case 'deal.won.v1':
    case 'deal.changed.v1': {
      const deal = (event.data as Changed<Deal>).state;
      const missing = needsOf(event, mappings, soldRates, rules);
      const ofTheDeal = [...DEAL_FIELDS.map(field => needs.deal(deal.id, field)), needs.zeroNotToExceed(deal.id), needs.soldTwice(deal.id)];
      return [...ofTheDeal, ...customerNeedsMet(deal.customer, mappings, rules)].filter(need => !missing.has(need));
    }
    case 'reference-value.changed.v1': {
      const need = needs.reference((event.data as EventData['reference-value.changed.v1']).state.id);
      return [need].filter(mayBeMetBy(event, [needs.reference]));
    }
    default:
      return [];
  }
}

/**
 * Whether only another try can show that the need is met: a back end refused or lacks something, or
 * a person was asked about a difference.
 */
const onlyTryingTells = (need: string): boolean => NEEDS.some(kind => kind.tried && kind.is(need));

/**
 * Which needs of a deal's exception to try again after news of its records: all of them when the
 * deal moved to another stage.
 */
export function needsToTry(news: CanonicalEvent[], dealId: string, asked: string[]): string[] {
  if (news.some(({ type, key }) => STAGES.has(type) && key === dealId)) return asked;
  return news.some(event => changedRecords(event).length > 0) ? asked.filter(onlyTryingTells) : [];
}

/**
 * The records that an event changed, in the form of the keys of exceptions; none when only its
 * visibility changed. The first event about a customer of the ERP has no changed attributes, but
 * the customer is new.
 */
export function changedRecords({ type, data }: CanonicalEvent): string[] {
  if (!SOURCES.has(type)) return [];
  const { state, changed, deleted } = data as Changed<{ id: string }>;
  return changed.length > 0 || deleted || type === 'billing-customer.changed.v1' ? [state.id] : [];
}

/**
 * Mapping needs that a deal no longer has: another mapping or the deal was corrected, so it now
 * needs another mapping or none.
 */
export function mappingNeedsOvertaken(latest: CanonicalEvent, mappings: MappingTable, rules: CustomerRules, asked: string[]): string[] {
  // Agreed rates need no mapping.
  const missing = needsOf(latest, mappings, AS_REFUSED, rules);
  return asked.filter(need => needs.mapping.is(need) && !missing.has(need));
}

/** Everything that a deal needed at this event, by the current mappings and answers. */
export function needsOf(event: CanonicalEvent, mappings: MappingTable, soldRates: SoldRateGrounds, rules: CustomerRules): Set<string> {
  const checked = checkDeal((event.data as Changed<Deal>).state, mappings, soldRates, rules);
  return new Set(checked.ok ? [] : checked.faults.map(fault => fault.need));
}

function customerNeedsMet(customer: Customer, mappings: MappingTable, rules: CustomerRules): string[] {
  const missing = new Set(customerFaults(customer, rules, mappings).map(fault => fault.need));
  return CUSTOMER_FIELDS.map(field => needs.customer(customer.id, field)).filter(need => !missing.has(need));
}
