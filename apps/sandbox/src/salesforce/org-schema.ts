import {
  area,
  compoundAddress,
  currency,
  date,
  double,
  email,
  flag,
  multipicklist,
  object,
  percent,
  phone,
  picklist,
  reference,
  Schema,
  text,
  url,
  whole,
} from './schema.js';

const readOnly = { createable: false, updateable: false };
const calculated = { ...readOnly, calculated: true };

/** Picklist values that the firm's own data gives: entity names, practices, skills. */
export interface OrgVocabulary {
  legalEntities: string[];
  practices: string[];
  skills: string[];
  currencies: string[];
  stages: string[];
}

const BILLING_METHODS = ['T&M', 'Fixed price', 'Milestone', 'Retainer'];

const address = (kind: 'Billing' | 'Shipping') => [
  area(`${kind}Street`, 255),
  text(`${kind}City`, 40),
  text(`${kind}State`, 80),
  text(`${kind}PostalCode`, 20),
  text(`${kind}Country`, 80),
  compoundAddress(`${kind}Address`),
];

/**
 * The sample firm's org: the standard objects that integrations read, with the firm's own fields
 * for a statement of work. Multi-currency.
 */
export function orgSchema({ legalEntities, practices, skills, currencies, stages }: OrgVocabulary): Schema {
  const currencyIsoCode = () => picklist('CurrencyIsoCode', currencies, { length: 3, restricted: true, required: true, defaultValue: currencies[0] });
  const owner = () => reference('OwnerId', 'User', { required: true, relationshipName: 'Owner' });

  return new Schema([
    object('Account', '001', [
      text('Name', 255, { required: true, nameField: true }),
      text('AccountNumber', 40),
      picklist('Type', ['Prospect', 'Customer', 'Partner']),
      reference('ParentId', 'Account', { childRelationship: 'ChildAccounts' }),
      reference('MasterRecordId', 'Account', readOnly),
      ...address('Billing'),
      ...address('Shipping'),
      phone('Phone'),
      url('Website'),
      picklist('Industry', []),
      currency('AnnualRevenue', { scale: 0 }),
      whole('NumberOfEmployees'),
      area('Description', 32_000),
      picklist('AccountSource', []),
      owner(),
      currencyIsoCode(),
      text('Ext_Id__c', 80, { externalId: true, unique: true }),
      text('Tax_Registration__c', 40),
      text('Legal_Name__c', 255),
      email('Billing_Email__c'),
      text('Payment_Terms__c', 40),
      reference('Bill_To__c', 'Account', { childRelationship: 'Billed_Accounts__r' }),
      flag('Reverse_Charge__c'),
      flag('PO_Required__c'),
    ]),
    object('Contact', '003', [
      reference('AccountId', 'Account', { childRelationship: 'Contacts', cascadeDelete: true }),
      text('FirstName', 40),
      text('LastName', 80, { required: true }),
      text('Name', 121, { ...calculated, nameField: true }),
      email('Email'),
      phone('Phone'),
      phone('MobilePhone'),
      text('Title', 128),
      text('Department', 80),
      reference('ReportsToId', 'Contact'),
      owner(),
      currencyIsoCode(),
    ]),
    object(
      'Opportunity',
      '006',
      [
        reference('AccountId', 'Account', { childRelationship: 'Opportunities', cascadeDelete: true }),
        text('Name', 120, { required: true, nameField: true }),
        area('Description', 32_000),
        picklist('StageName', stages, { required: true, restricted: true }),
        currency('Amount'),
        percent('Probability'),
        date('CloseDate', { required: true }),
        picklist('Type', ['New Business', 'Existing Business']),
        text('NextStep', 255),
        picklist('LeadSource', []),
        flag('IsClosed', calculated),
        flag('IsWon', calculated),
        picklist('ForecastCategory', [], { ...calculated }),
        picklist('ForecastCategoryName', []),
        flag('HasOpportunityLineItem', calculated),
        currency('ExpectedRevenue', calculated),
        text('Fiscal', 6, calculated),
        whole('FiscalQuarter', calculated),
        whole('FiscalYear', calculated),
        date('LastActivityDate', readOnly),
        reference('Pricebook2Id', 'Pricebook2', { relationshipName: 'Pricebook2' }),
        owner(),
        currencyIsoCode(),
        // Not flagged as unique, as in many orgs: two records may share a value, and then an upsert
        // answers 300.
        text('Ext_Id__c', 80, { externalId: true }),
        picklist('Legal_Entity__c', legalEntities),
        picklist('Billing_Method__c', BILLING_METHODS),
        picklist('Practice__c', practices),
        date('Start_Date__c'),
        date('End_Date__c'),
        text('Rate_Card__c', 80),
        currency('Not_To_Exceed__c'),
        text('PO_Number__c', 80),
      ],
      { labelPlural: 'Opportunities' },
    ),
    object(
      'OpportunityStage',
      '01J',
      [
        text('MasterLabel', 255, { ...readOnly, nameField: true }),
        text('ApiName', 255, readOnly),
        flag('IsActive', readOnly),
        whole('SortOrder', readOnly),
        flag('IsClosed', readOnly),
        flag('IsWon', readOnly),
        picklist('ForecastCategory', [], readOnly),
        picklist('ForecastCategoryName', [], readOnly),
        percent('DefaultProbability', readOnly),
        text('Description', 255, readOnly),
      ],
      { createable: false, deletable: false, softDelete: false },
    ),
    object('OpportunityLineItem', '00k', [
      reference('OpportunityId', 'Opportunity', {
        required: true,
        updateable: false,
        childRelationship: 'OpportunityLineItems',
        cascadeDelete: true,
      }),
      reference('PricebookEntryId', 'PricebookEntry', { updateable: false }),
      reference('Product2Id', 'Product2', { updateable: false, relationshipName: 'Product2' }),
      text('ProductCode', 255, calculated),
      text('Name', 376, { ...calculated, nameField: true }),
      currencyIsoCode(),
      double('Quantity', 12, 2, { required: true }),
      currency('UnitPrice'),
      currency('TotalPrice'),
      currency('ListPrice', calculated),
      date('ServiceDate'),
      area('Description', 255),
      whole('SortOrder'),
      date('End_Date__c'),
      multipicklist('Skills__c', skills),
    ]),
    object('Product2', '01t', [
      text('Name', 255, { required: true, nameField: true }),
      text('ProductCode', 255),
      area('Description', 4000),
      picklist('Family', ['Services']),
      flag('IsActive'),
      flag('IsArchived', readOnly),
      text('ExternalId', 255),
      url('DisplayUrl'),
      picklist('QuantityUnitOfMeasure', ['Hour', 'Day', 'Each']),
      text('StockKeepingUnit', 180),
      currencyIsoCode(),
    ]),
    object('Pricebook2', '01s', [
      text('Name', 255, { required: true, nameField: true }),
      flag('IsActive'),
      flag('IsStandard', readOnly),
      flag('IsArchived', readOnly),
      area('Description', 255),
    ]),
    object(
      'PricebookEntry',
      '01u',
      [
        text('Name', 255, { ...calculated, nameField: true }),
        text('ProductCode', 255, calculated),
        reference('Pricebook2Id', 'Pricebook2', {
          required: true,
          updateable: false,
          relationshipName: 'Pricebook2',
          childRelationship: 'PricebookEntries',
        }),
        reference('Product2Id', 'Product2', {
          required: true,
          updateable: false,
          relationshipName: 'Product2',
          childRelationship: 'PricebookEntries',
        }),
        currency('UnitPrice', { required: true }),
        flag('IsActive'),
        flag('UseStandardPrice'),
        currencyIsoCode(),
      ],
      { labelPlural: 'Pricebook Entries' },
    ),
    object(
      'User',
      '005',
      [
        text('Username', 80, { required: true, unique: true }),
        text('FirstName', 40),
        text('LastName', 80, { required: true }),
        text('Name', 121, { ...calculated, nameField: true }),
        email('Email', { required: true }),
        text('Alias', 8),
        text('Title', 80),
        text('Department', 80),
        text('Division', 80),
        text('CompanyName', 80),
        picklist('UserType', ['Standard'], { ...readOnly, defaultValue: 'Standard' }),
        text('EmployeeNumber', 20),
        text('LanguageLocaleKey', 40),
        flag('IsActive', { defaultValue: true }),
        reference('ManagerId', 'User'),
        text('TimeZoneSidKey', 40),
        text('LocaleSidKey', 40),
      ],
      { deletable: false, softDelete: false },
    ),
    object(
      'Organization',
      '00D',
      [
        text('Name', 80, { ...readOnly, nameField: true }),
        text('OrganizationType', 40, readOnly),
        flag('IsSandbox', readOnly),
        text('InstanceName', 5, readOnly),
      ],
      { createable: false, deletable: false, softDelete: false },
    ),
    object('CurrencyType', '01L', [text('IsoCode', 3, { ...readOnly, nameField: true }), flag('IsActive', readOnly), flag('IsCorporate', readOnly)], {
      createable: false,
      deletable: false,
      softDelete: false,
    }),
    object('SOW_Milestone__c', 'a0M', [
      text('Name', 80, { required: true, nameField: true }),
      reference('Opportunity__c', 'Opportunity', { required: true, updateable: false, childRelationship: 'SOW_Milestones__r', cascadeDelete: true }),
      double('Sequence__c', 4, 0),
      date('Due_Date__c'),
      currency('Amount__c'),
      currencyIsoCode(),
    ]),
    object('Rate_Card__c', 'a0R', [
      text('Name', 80, { required: true, nameField: true }),
      // One record per version; the code is shared by the versions.
      text('Code__c', 80, { required: true, externalId: true }),
      date('Effective_From__c'),
      picklist('Legal_Entity__c', legalEntities),
      currencyIsoCode(),
    ]),
    object('Rate_Card_Rate__c', 'a0S', [
      text('Name', 80, { nameField: true }),
      reference('Rate_Card__c', 'Rate_Card__c', { required: true, updateable: false, childRelationship: 'Rates__r', cascadeDelete: true }),
      reference('Product__c', 'Product2', { required: true }),
      currency('Rate_Per_Hour__c', { required: true }),
      currencyIsoCode(),
    ]),
  ]);
}
