import { IsOptional, Matches } from 'class-validator';
import { IsHttpUrl, LONGEST_WAIT_MS, Setting, WorkingDay } from '#service';

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/**
 * A field's API name, a path over look-ups (`Contract__r.Number__c`), or `none`: the org has no
 * such field.
 */
const FIELD = /^(none|[A-Za-z]\w*(\.[A-Za-z]\w*){0,4})$/;
const NAME = /^[A-Za-z]\w*$/;

const isField = { message: '$property must be the API name of a field, like Legal_Entity__c or Contract__r.Number__c, or none' };
const isName = { message: '$property must be an API name, like SOW_Milestone__c' };

/** How to reach Salesforce, and the names of the firm's own fields and objects there. */
export class SalesforceConfig {
  @Setting({ env: 'SALESFORCE_LOGIN_URL', description: 'The My Domain address, e.g. https://acme.my.salesforce.com.' })
  @IsHttpUrl()
  loginUrl: string;

  @Setting({
    env: 'SALESFORCE_CLIENT_ID',
    description: 'Consumer key of the external client app; it needs the client credentials flow, scope api and a run-as user.',
  })
  clientId: string;

  @Setting({ env: 'SALESFORCE_CLIENT_SECRET', secret: true, description: 'Its consumer secret; or SALESFORCE_CLIENT_SECRET_FILE.' })
  clientSecret: string;

  @Setting({ env: 'SALESFORCE_API_VERSION', default: '67.0', description: 'REST API version.' })
  @Matches(/^\d{2}\.0$/, { message: '$property must be a version like 67.0' })
  apiVersion: string;

  @Setting({ env: 'SALESFORCE_ACCOUNT', description: 'Organization id, 15 or 18 characters. Ids are minted from it: never change it.' })
  @Matches(/^00D[A-Za-z0-9]{12}([A-Z0-5]{3})?$/, { message: '$property must be an organization id, like 00D5g00000ABCDE' })
  account: string;

  @Setting({ env: 'SALESFORCE_CONCURRENCY', default: 10, within: [1, 100], description: 'How many calls may run at once, by all replicas together.' })
  concurrency: number;

  @Setting({ env: 'SALESFORCE_TIMEOUT_MS', default: 30_000, within: [100, LONGEST_WAIT_MS], description: 'How long one call may take, in ms.' })
  timeoutMs: number;

  @Setting({
    env: 'SALESFORCE_CURRENCY',
    optional: true,
    description: "The org's one currency, when it isn't a multi-currency org (no CurrencyIsoCode).",
  })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: '$property must be an ISO 4217 code' })
  currency?: string;

  // The opportunity's fields.
  @Setting({ env: 'SALESFORCE_FIELD_LEGAL_ENTITY', default: 'Legal_Entity__c', description: 'Opportunity field: which of our legal entities sells.' })
  @Matches(FIELD, isField)
  legalEntity: string;

  @Setting({ env: 'SALESFORCE_FIELD_BILLING_METHOD', default: 'Billing_Method__c', description: 'Opportunity field: how it is billed.' })
  @Matches(FIELD, isField)
  billingMethod: string;

  @Setting({
    env: 'SALESFORCE_FIELD_PRACTICE',
    default: 'Practice__c',
    description: 'Opportunity field: the practice that delivers, mapped to a cost centre.',
  })
  @Matches(FIELD, isField)
  practice: string;

  @Setting({ env: 'SALESFORCE_FIELD_START_DATE', default: 'Start_Date__c', description: 'Opportunity field: first day of the work.' })
  @Matches(FIELD, isField)
  startDate: string;

  @Setting({ env: 'SALESFORCE_FIELD_END_DATE', default: 'End_Date__c', description: 'Opportunity field: last day of the work.' })
  @Matches(FIELD, isField)
  endDate: string;

  @Setting({ env: 'SALESFORCE_FIELD_RATE_CARD', default: 'Rate_Card__c', description: 'Opportunity field: code of the rate card.' })
  @Matches(FIELD, isField)
  rateCard: string;

  @Setting({ env: 'SALESFORCE_FIELD_NOT_TO_EXCEED', default: 'Not_To_Exceed__c', description: 'Opportunity field: the limit of time and materials.' })
  @Matches(FIELD, isField)
  notToExceed: string;

  @Setting({ env: 'SALESFORCE_FIELD_PO_NUMBER', default: 'PO_Number__c', description: "Opportunity field: the customer's purchase order." })
  @Matches(FIELD, isField)
  purchaseOrder: string;

  @Setting({ env: 'SALESFORCE_DEAL_EXTENSIONS', default: [], description: "More opportunity fields to carry along in a deal's extensions." })
  @Matches(FIELD, { ...isField, each: true })
  dealExtensions: string[];

  // The account's fields.
  @Setting({ env: 'SALESFORCE_FIELD_LEGAL_NAME', default: 'Legal_Name__c', description: "Account field: the customer's registered name." })
  @Matches(FIELD, isField)
  legalName: string;

  @Setting({
    env: 'SALESFORCE_FIELD_TAX_REGISTRATION',
    default: 'Tax_Registration__c',
    description: 'Account field: VAT, EIN or other registration.',
  })
  @Matches(FIELD, isField)
  taxRegistration: string;

  @Setting({ env: 'SALESFORCE_FIELD_BILLING_EMAIL', default: 'Billing_Email__c', description: 'Account field: where invoices go.' })
  @Matches(FIELD, isField)
  billingEmail: string;

  @Setting({ env: 'SALESFORCE_FIELD_PAYMENT_TERMS', default: 'Payment_Terms__c', description: 'Account field: payment terms by name.' })
  @Matches(FIELD, isField)
  paymentTerms: string;

  @Setting({
    env: 'SALESFORCE_FIELD_PO_REQUIRED',
    default: 'none',
    description: 'Account field: checkbox that says whether the customer pays only what names a purchase order.',
  })
  @Matches(FIELD, isField)
  purchaseOrderRequired: string;

  @Setting({
    env: 'SALESFORCE_FIELD_BILL_TO',
    default: 'none',
    description: 'Account field: look-up of the account that the invoices of this one go to. Salesforce has none of its own.',
  })
  @Matches(FIELD, isField)
  billTo: string;

  @Setting({
    env: 'SALESFORCE_FIELD_REVERSE_CHARGE',
    default: 'none',
    description: 'Account field: checkbox that says whether the customer accounts for the VAT itself (reverse charge).',
  })
  @Matches(FIELD, isField)
  reverseCharge: string;

  @Setting({
    env: 'SALESFORCE_FIELD_BILLING_COUNTRY',
    default: 'BillingCountry',
    description:
      'Account field: country of the billing address, as a code or a name (SALESFORCE_LANGUAGES); BillingCountryCode where the org has country picklists.',
  })
  @Matches(FIELD, isField)
  billingCountry: string;

  @Setting({
    env: 'SALESFORCE_LANGUAGES',
    default: ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'],
    description: 'Languages in which people write the names of countries, as BCP 47 tags.',
  })
  @Matches(LANGUAGE, { each: true, message: 'SALESFORCE_LANGUAGES must be languages like en or pt-BR' })
  languages: string[];

  @Setting({ env: 'SALESFORCE_CUSTOMER_EXTENSIONS', default: [], description: "More account fields to carry along in a customer's extensions." })
  @Matches(FIELD, { ...isField, each: true })
  customerExtensions: string[];

  // The opportunity line's fields; ServiceDate is its first day.
  @Setting({ env: 'SALESFORCE_FIELD_LINE_END_DATE', default: 'End_Date__c', description: 'Opportunity line field: last day of the sold role.' })
  @Matches(FIELD, isField)
  lineEndDate: string;

  @Setting({
    env: 'SALESFORCE_FIELD_LINE_SKILLS',
    default: 'Skills__c',
    description: 'Opportunity line field: skills asked for, separated by semicolons.',
  })
  @Matches(FIELD, isField)
  lineSkills: string;

  @WorkingDay('SALESFORCE_HOURS_PER_DAY')
  minutesPerDay: number;

  /** For a contract that does not state the length of its day. */
  get hoursPerDay(): number {
    return this.minutesPerDay / 60;
  }

  @Setting({
    env: 'SALESFORCE_FIELD_HOURS_PER_DAY',
    default: 'none',
    description:
      "Opportunity field: hours of a day by its contract. Where there is none, or it is empty, the firm's day holds (WORKING_DAY_MINUTES).",
  })
  @Matches(FIELD, isField)
  contractHoursPerDay: string;

  // Milestones: a child object of the opportunity.
  @Setting({
    env: 'SALESFORCE_MILESTONES',
    default: 'SOW_Milestones__r',
    description: "The opportunity's child relationship to its milestones, or none.",
  })
  @Matches(NAME, isName)
  milestones: string;

  @Setting({ env: 'SALESFORCE_FIELD_MILESTONE_SEQUENCE', default: 'Sequence__c', description: 'Milestone field: its place, from 1.' })
  @Matches(FIELD, isField)
  milestoneSequence: string;

  @Setting({ env: 'SALESFORCE_FIELD_MILESTONE_DUE_DATE', default: 'Due_Date__c', description: 'Milestone field: when it is due.' })
  @Matches(FIELD, isField)
  milestoneDueDate: string;

  @Setting({ env: 'SALESFORCE_FIELD_MILESTONE_AMOUNT', default: 'Amount__c', description: 'Milestone field: what is billed then.' })
  @Matches(FIELD, isField)
  milestoneAmount: string;

  // Rate cards: an object per version, with a child object per rate.
  @Setting({
    env: 'SALESFORCE_RATE_CARD_OBJECT',
    default: 'Rate_Card__c',
    description: 'The object that holds rate cards, one record a version, or none.',
  })
  @Matches(NAME, isName)
  rateCardObject: string;

  @Setting({ env: 'SALESFORCE_FIELD_RATE_CARD_CODE', default: 'Code__c', description: 'Rate card field: its code, as opportunities name it.' })
  @Matches(FIELD, isField)
  rateCardCode: string;

  @Setting({
    env: 'SALESFORCE_FIELD_RATE_CARD_EFFECTIVE_FROM',
    default: 'Effective_From__c',
    description: 'Rate card field: first day of the version.',
  })
  @Matches(FIELD, isField)
  rateCardEffectiveFrom: string;

  @Setting({ env: 'SALESFORCE_FIELD_RATE_CARD_LEGAL_ENTITY', default: 'Legal_Entity__c', description: 'Rate card field: whose card it is.' })
  @Matches(FIELD, isField)
  rateCardLegalEntity: string;

  @Setting({ env: 'SALESFORCE_RATES', default: 'Rates__r', description: "The rate card's child relationship to its rates." })
  @Matches(NAME, isName)
  rates: string;

  @Setting({
    env: 'SALESFORCE_FIELD_RATE_ROLE',
    default: 'Product__r.ProductCode',
    description: 'Rate field: the role, in the words of ProductCode on opportunity lines.',
  })
  @Matches(FIELD, isField)
  rateRole: string;

  @Setting({ env: 'SALESFORCE_FIELD_RATE_PER_HOUR', default: 'Rate_Per_Hour__c', description: 'Rate field: the price of an hour, or of its unit.' })
  @Matches(FIELD, isField)
  ratePerHour: string;

  @Setting({
    env: 'SALESFORCE_FIELD_RATE_UNIT',
    default: 'none',
    description: 'Rate field: what the price is of, Hour or Day, like Product__r.QuantityUnitOfMeasure. none: hours.',
  })
  @Matches(FIELD, isField)
  rateUnit: string;
}
