import { compact, mintId, money, type Customer, type Deal, type SoldMilestone, type SoldRole } from '#canonical';
import type { RateCardInCrm } from '../../port/rate-cards.port.js';
import { minutesOf, rateOf, unitOf } from '../../port/sold-units.js';
import { customerOf } from '../customers/customers.mapper.js';
import { customerIdOf, dealIdOf, refTo, to18, type Org } from '../salesforce.references.js';
import { filled } from '../salesforce.wire.js';
import type { SalesforceLine, SalesforceMilestone, SalesforceOpportunity } from './deals.wire.js';

/**
 * `rateCard`: the version in force on the deal's first day, or only the name when there is none.
 */
export function dealOf(opportunity: SalesforceOpportunity, rateCard: RateCardInCrm | undefined, org: Org): Deal {
  const id = dealIdOf(org, opportunity.id);
  // A single-currency org says so in its configuration; a multi-currency org's opportunity always has one.
  const currency = opportunity.currency ?? 'XXX';
  const minutesPerDay = minutesOf(opportunity.hoursPerDay ?? org.hoursPerDay, 'hour', 0);
  return compact({
    id,
    name: opportunity.name,
    stage: opportunity.won ? 'won' : opportunity.closed ? 'lost' : 'open',
    stageName: opportunity.stageName,
    closeDate: opportunity.closeDate,
    customer: opportunity.account ? customerOf(opportunity.account, org) : nobody(opportunity, org),
    legalEntity: opportunity.legalEntity,
    billingMethod: opportunity.billingMethod,
    costCentre: opportunity.practice,
    currency,
    amount: money(opportunity.amount ?? 0, currency),
    notToExceed: opportunity.notToExceed === undefined ? undefined : money(opportunity.notToExceed, currency),
    rateCard: rateCard && withoutLegalEntity(rateCard),
    startDate: opportunity.startDate,
    endDate: opportunity.endDate,
    purchaseOrder: opportunity.purchaseOrder,
    roles: opportunity.lines.map(line => roleOf(line, id, currency, minutesPerDay)),
    milestones: milestonesOf(opportunity.milestones, id, currency),
    owner: opportunity.owner && compact(opportunity.owner),
    modifiedAt: opportunity.modifiedAt,
    refs: [refTo(org, 'Opportunity', opportunity.id)],
    extensions: filled(opportunity.extensions),
  });
}

/**
 * A deal names a rate card that the org does not have, or none of its versions is in force on the
 * first day: return no rates, so that the rules notice the name.
 */
export const rateCardNotFound = (code: string, { currency = 'XXX' }: SalesforceOpportunity): RateCardInCrm => ({ code, currency, rates: [] });

/**
 * Quantity is hours, or days when the product is sold by the day; other units (a licence, a fee)
 * have a price but no time.
 */
function roleOf(line: SalesforceLine, dealId: string, currency: string, minutesPerDay: number): SoldRole {
  const unit = unitOf(line.unit);
  return compact({
    id: mintId('task', dealId, 'line', to18(line.id)),
    role: line.productCode ?? line.productName ?? '',
    minutes: minutesOf(line.quantity, unit, minutesPerDay),
    ...rateOf(line.unitPrice, unit ?? 'hour', currency, minutesPerDay),
    amount: money(line.totalPrice, currency),
    startDate: line.startDate,
    endDate: line.endDate,
    skills: (line.skills ?? '')
      .split(';')
      .map(skill => skill.trim())
      .filter(skill => skill !== ''),
  });
}

/**
 * Where no milestone has a number, their order gives it. Otherwise one without a number has 0,
 * which means none.
 */
function milestonesOf(milestones: SalesforceMilestone[], dealId: string, currency: string): SoldMilestone[] {
  const numbered = milestones.some(({ sequence }) => sequence !== undefined);
  return milestones.map((milestone, index) => milestoneOf(milestone, numbered ? 0 : index + 1, dealId, currency));
}

function milestoneOf(milestone: SalesforceMilestone, unlessNumbered: number, dealId: string, currency: string): SoldMilestone {
  return compact({
    id: mintId('milestone', dealId, 'milestone', to18(milestone.id)),
    name: milestone.name,
    sequence: milestone.sequence ?? unlessNumbered,
    dueDate: milestone.dueDate,
    amount: money(milestone.amount, currency),
  });
}

/** A deal without an account: a customer without a name, whom the rules refuse. */
function nobody(opportunity: SalesforceOpportunity, org: Org): Customer {
  return { id: customerIdOf(org, opportunity.id), name: '', active: false, refs: [] };
}

const withoutLegalEntity = ({ legalEntity: _, ...card }: RateCardInCrm) => card;
