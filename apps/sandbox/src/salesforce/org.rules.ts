import { SalesforceError } from './salesforce-error.js';
import type { ObjectSchema, SfRecord, Value } from './schema.js';
import type { Rows } from './soql/names.js';

/** What the org's own rules read. */
interface OrgRecords extends Rows {
  object(name: string): ObjectSchema;
  children(parent: ObjectSchema, relationship: string, parentId: string): SfRecord[];
}

type Fields = Record<string, Value>;

/** Values that the org computes whenever a record is saved: stage flags, roll-ups, names. */
export function derived(org: OrgRecords, object: ObjectSchema, record: SfRecord): Fields {
  switch (object.name) {
    case 'Opportunity':
      return opportunityFields(org, record);
    case 'Contact':
    case 'User':
      return { Name: [record.FirstName, record.LastName].filter(Boolean).join(' ') };
    case 'PricebookEntry':
      return productFields(org, record);
    case 'OpportunityLineItem':
      return lineFields(org, record);
    default:
      return {};
  }
}

/**
 * Values that a write fills in by itself: a line's price, price book entry and currency, an
 * opportunity's price book and probability.
 */
export function takenOver(org: OrgRecords, object: ObjectSchema, record: SfRecord, given: Partial<SfRecord>): Fields {
  if (object.name === 'Opportunity' && given.StageName !== undefined && given.Probability === undefined) {
    return { Probability: stageOf(org, record)?.DefaultProbability ?? null };
  }
  if (object.name === 'OpportunityLineItem') return linePrice(org, record, given);
  // A detail record's currency is its master's.
  if (object.name === 'SOW_Milestone__c')
    return { CurrencyIsoCode: org.get(org.object('Opportunity'), String(record.Opportunity__c))?.CurrencyIsoCode ?? null };
  if (object.name === 'Rate_Card_Rate__c')
    return { CurrencyIsoCode: org.get(org.object('Rate_Card__c'), String(record.Rate_Card__c))?.CurrencyIsoCode ?? null };
  return {};
}

/** Fields of an update that are silently dropped: Amount is the roll-up once there are lines. */
export function ignored(org: OrgRecords, object: ObjectSchema, before: SfRecord): string[] {
  return object.name === 'Opportunity' && linesOf(org, before.id).length > 0 ? ['Amount'] : [];
}

/** The record that moves when this one is written. */
export function parentTouched(object: ObjectSchema, record: SfRecord): { object: string; id: string } | null {
  if (object.name === 'OpportunityLineItem') return { object: 'Opportunity', id: String(record.OpportunityId) };
  if (object.name === 'SOW_Milestone__c') return { object: 'Opportunity', id: String(record.Opportunity__c) };
  return null;
}

const linesOf = (org: OrgRecords, opportunityId: string): SfRecord[] =>
  org.children(org.object('Opportunity'), 'OpportunityLineItems', opportunityId);

const stageOf = (org: OrgRecords, record: SfRecord): SfRecord | undefined =>
  org.all(org.object('OpportunityStage'), false).find(stage => stage.ApiName === record.StageName);

function opportunityFields(org: OrgRecords, record: SfRecord): Fields {
  const totals = lineTotals(org, record);
  const amount = totals.Amount ?? record.Amount;
  const expected = amount === null ? null : Math.round(Number(amount) * Number(record.Probability ?? 0)) / 100;
  return { ...stageFields(org, record), ...totals, ExpectedRevenue: expected, ...fiscalFields(String(record.CloseDate)) };
}

/** The fiscal year is the calendar year here. */
function fiscalFields(closeDate: string): Fields {
  const [year, month] = closeDate.split('-').map(Number);
  const quarter = Math.ceil(month / 3);
  return { Fiscal: `${year} ${quarter}`, FiscalQuarter: quarter, FiscalYear: year };
}

function stageFields(org: OrgRecords, record: SfRecord): Fields {
  const stage = stageOf(org, record);
  return {
    IsClosed: stage?.IsClosed ?? false,
    IsWon: stage?.IsWon ?? false,
    ForecastCategory: stage?.ForecastCategory ?? null,
    ForecastCategoryName: stage?.ForecastCategoryName ?? null,
  };
}

function lineTotals(org: OrgRecords, record: SfRecord): Fields {
  const lines = linesOf(org, record.id);
  if (lines.length === 0) return { HasOpportunityLineItem: false };
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line.TotalPrice) * 100), 0);
  return { HasOpportunityLineItem: true, Amount: cents / 100, Pricebook2Id: record.Pricebook2Id ?? pricebookOf(org, lines[0]) };
}

const pricebookOf = (org: OrgRecords, line: SfRecord): Value =>
  org.get(org.object('PricebookEntry'), String(line.PricebookEntryId))?.Pricebook2Id ?? null;

function productFields(org: OrgRecords, record: SfRecord): Fields {
  const product = org.get(org.object('Product2'), String(record.Product2Id));
  return { Name: product?.Name ?? null, ProductCode: product?.ProductCode ?? null };
}

function lineFields(org: OrgRecords, record: SfRecord): Fields {
  const { Name, ProductCode } = productFields(org, record);
  const opportunity = org.get(org.object('Opportunity'), String(record.OpportunityId));
  const entry = org.get(org.object('PricebookEntry'), String(record.PricebookEntryId));
  return { Name: `${String(opportunity?.Name ?? '')} ${String(Name ?? '')}`.trim(), ProductCode, ListPrice: entry?.UnitPrice ?? null };
}

/**
 * A line takes its product from the price book entry (or the entry from product and currency), and
 * its total from quantity and price.
 */
function linePrice(org: OrgRecords, record: SfRecord, given: Partial<SfRecord>): Fields {
  const opportunity = org.get(org.object('Opportunity'), String(record.OpportunityId));
  const currency = given.CurrencyIsoCode ?? opportunity?.CurrencyIsoCode ?? record.CurrencyIsoCode;
  const entry = entryOf(org, record, opportunity, currency);
  if (record.Quantity === null) return {};
  const quantity = Number(record.Quantity);
  const byTotal = given.TotalPrice !== undefined && given.TotalPrice !== null && (given.UnitPrice === undefined || given.UnitPrice === null);
  if (record.UnitPrice === null && !byTotal)
    throw new SalesforceError(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [UnitPrice]', ['UnitPrice']);
  if (given.TotalPrice != null && given.UnitPrice != null) {
    throw new SalesforceError(400, 'FIELD_INTEGRITY_EXCEPTION', 'field integrity exception: only one of unit price or total price may be specified', [
      'TotalPrice',
      'UnitPrice',
    ]);
  }
  const unitPrice = byTotal ? Math.round((Number(given.TotalPrice) / quantity) * 100) / 100 : Number(record.UnitPrice);
  const totalPrice = byTotal ? Number(given.TotalPrice) : Math.round(quantity * unitPrice * 100) / 100;
  return {
    PricebookEntryId: entry.id,
    Product2Id: entry.Product2Id,
    CurrencyIsoCode: currency,
    UnitPrice: unitPrice,
    TotalPrice: totalPrice,
  };
}

function entryOf(org: OrgRecords, record: SfRecord, opportunity: SfRecord | undefined, currency: Value | undefined): SfRecord {
  const entries = org.object('PricebookEntry');
  const entry = record.PricebookEntryId
    ? org.get(entries, String(record.PricebookEntryId))
    : org
        .all(entries, false)
        .find(
          row =>
            row.Product2Id === record.Product2Id &&
            row.CurrencyIsoCode === currency &&
            (!opportunity?.Pricebook2Id || row.Pricebook2Id === opportunity.Pricebook2Id),
        );
  if (!entry) throw new SalesforceError(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [PricebookEntryId]', ['PricebookEntryId']);
  if (entry.CurrencyIsoCode !== currency || (opportunity && opportunity.CurrencyIsoCode !== currency)) {
    const message = 'field integrity exception: PricebookEntryId (pricebook entry currency code does not match opportunity currency code)';
    throw new SalesforceError(400, 'FIELD_INTEGRITY_EXCEPTION', message, ['PricebookEntryId']);
  }
  return entry;
}
