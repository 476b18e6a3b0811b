import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { knownLengths, lengthPattern } from '#connector';
import { IsHttpUrl, LONGEST_WAIT_MS, Setting } from '#service';
import { ANY_NETSUITE_TEXTS } from './netsuite.lengths.js';
import { MILESTONE_AMOUNTS, type MilestoneAmounts } from './projects/milestones.js';

const SCRIPT_ID = /^cust[a-z]+_[a-z0-9_]+$/;
const aScriptId = { message: '$property must be the script id of a custom field, like custentity_cost_centre' };

const OWN_FIELD = /^(none|cust[a-z]+_[a-z0-9_]+)$/;
const anOwnField = { message: '$property must be the script id of a custom field, like custcol_tax_code, or none' };

/** The account, the log-in, and the names of the firm's own fields there. */
export class NetsuiteConfig {
  @Setting({
    env: 'NETSUITE_ACCOUNT',
    description: "The account's id as NetSuite shows it, e.g. 1234567 or 1234567_SB1; references and the shared quota are kept under it.",
  })
  account: string;

  @Setting({
    env: 'NETSUITE_BASE_URL',
    optional: true,
    description: 'Where the account is reached, without /services/rest; https://<account>.suitetalk.api.netsuite.com if not set.',
  })
  @IsOptional()
  @IsHttpUrl()
  baseUrl?: string;

  @Setting({
    env: 'NETSUITE_TOKEN_URL',
    optional: true,
    description: 'Where tokens are asked for; it is also the audience of the assertion. Below the base URL if not set.',
  })
  @IsOptional()
  @IsHttpUrl()
  tokenUrl?: string;

  @Setting({
    env: 'NETSUITE_APP_URL',
    optional: true,
    description: 'Where people open NetSuite; for links. https://<account>.app.netsuite.com if not set.',
  })
  @IsOptional()
  @IsHttpUrl()
  appUrl?: string;

  @Setting({
    env: 'NETSUITE_CLIENT_ID',
    description: 'The client id of the integration record, with OAuth 2.0 client credentials (machine to machine) ticked.',
  })
  clientId: string;

  @Setting({
    env: 'NETSUITE_CERTIFICATE_ID',
    description: 'The id that NetSuite gave the uploaded certificate (Setup > Integration > OAuth 2.0 Client Credentials).',
  })
  certificateId: string;

  @Setting({
    env: 'NETSUITE_PRIVATE_KEY',
    secret: true,
    description: "The certificate's private key, a PKCS#8 PEM. Usually NETSUITE_PRIVATE_KEY_FILE names the file that holds it.",
  })
  privateKey: string;

  @Setting({ env: 'NETSUITE_ALG', default: 'PS256', description: 'How the assertion is signed: PS256 with an RSA key, ES256 with an EC P-256 key.' })
  @IsIn(['PS256', 'ES256'])
  alg: 'PS256' | 'ES256';

  @Setting({
    env: 'NETSUITE_CONCURRENCY',
    default: 15,
    within: [1, 1_000],
    description:
      'How many calls all processes together may have under way in the account. NetSuite counts every integration of the account; leave room for the others.',
  })
  concurrency: number;

  @Setting({ env: 'NETSUITE_TIMEOUT_MS', default: 30_000, within: [50, LONGEST_WAIT_MS], description: 'How long a call may take, in ms, at most.' })
  timeoutMs: number;

  @Setting({
    env: 'NETSUITE_SETTLING_MS',
    default: 35_000,
    within: [0, 600_000],
    description:
      'How long a request may still be carried out after its answer was lost, in ms. NetSuite publishes no figure. Until it has passed, nothing else is written to that record, so that a late write of older content can never overwrite a newer one.',
  })
  settlingMs: number;

  @Setting({
    env: 'NETSUITE_LEASE_MS',
    default: 30_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How long one process may work on one customer or project without another taking over, in ms.',
  })
  leaseMs: number;

  @Setting({
    env: 'NETSUITE_REFERENCE_TTL_MS',
    default: 300_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long subsidiaries, departments, tax codes, terms and currencies are remembered, in ms. An unknown one is looked up at once.',
  })
  referenceTtlMs: number;

  @Setting({
    env: 'NETSUITE_FIELD_COST_CENTRE',
    default: 'custentity_cost_centre',
    description: 'Custom field of a project, a list of departments: the cost centre. A project has no department of its own.',
  })
  @Matches(SCRIPT_ID, aScriptId)
  costCentreField: string;

  @Setting({
    env: 'NETSUITE_FIELD_TAX_CODE',
    default: 'custentity_tax_code',
    description: 'Custom field of a project, a list of tax codes: what is charged on its invoices.',
  })
  @Matches(SCRIPT_ID, aScriptId)
  taxCodeField: string;

  @Setting({ env: 'NETSUITE_FIELD_DEAL_ID', default: 'custentity_deal_id', description: "Custom field of a project, text: the deal's canonical id." })
  @Matches(SCRIPT_ID, aScriptId)
  dealIdField: string;

  @Setting({
    env: 'NETSUITE_FIELD_BILLING_METHOD',
    default: 'custentity_billing_method',
    description: "Custom field of a project, text: the canonical billing method, which is finer than NetSuite's billing type.",
  })
  @Matches(SCRIPT_ID, aScriptId)
  billingMethodField: string;

  @Setting({
    env: 'NETSUITE_FIELD_NOT_TO_EXCEED',
    default: 'custentity_not_to_exceed',
    description: "Custom field of a project, a decimal number: the not-to-exceed amount in the project's currency.",
  })
  @Matches(SCRIPT_ID, aScriptId)
  notToExceedField: string;

  @Setting({
    env: 'NETSUITE_FIELD_TASK_ROLE',
    default: 'custevent_role',
    description: 'Custom field of a project task, text: the canonical role of who does it.',
  })
  @Matches(SCRIPT_ID, aScriptId)
  taskRoleField: string;

  @Setting({
    env: 'NETSUITE_BILLING_TYPES',
    default: ['time-and-materials=TM', 'fixed-interval=FBI', 'fixed-milestone=FBM'],
    description: "The account's ids of the billing types, as type=id, comma-separated. Some accounts number them; vendor:check tells.",
  })
  @Matches(/^(time-and-materials|fixed-interval|fixed-milestone)=.+$/, { each: true, message: '$property must be type=id' })
  billingTypes: string[];

  @Setting({
    env: 'NETSUITE_FIELD_LENGTHS',
    default: knownLengths(ANY_NETSUITE_TEXTS),
    description:
      'How many characters NetSuite takes in the texts of customers, projects, billing schedules and tasks, as field=length, comma-separated; `customField` is a Free-Form Text of your own. What is longer is refused before anything of a deal is made. A field that is not named is not looked at: NetSuite publishes no length of it, and refuses what is too long itself.',
  })
  @Matches(lengthPattern(ANY_NETSUITE_TEXTS), { each: true, message: '$property must be field=length' })
  fieldLengths: string[];

  @Setting({
    env: 'NETSUITE_MILESTONE_AMOUNTS',
    default: 'percentage',
    description:
      "What the milestones of the account's billing schedules hold: a percentage of their project's amount, as NetSuite's help says, or an amount of money. vendor:check reads the schedules that are there and tells. What is left of the project is billed first, at once.",
  })
  @IsIn(MILESTONE_AMOUNTS)
  milestoneAmounts: MilestoneAmounts;

  @Setting({
    env: 'NETSUITE_PROJECT_STATUS_ACTIVE',
    default: '2',
    description: 'Internal id of the project status of a running project; 2 is In Progress.',
  })
  activeStatus: string;

  @Setting({
    env: 'NETSUITE_PROJECT_STATUS_CLOSED',
    default: '1',
    description: 'Internal id of the project status of an archived project; 1 is Closed.',
  })
  closedStatus: string;

  @Setting({
    env: 'NETSUITE_FIELD_BILL_TO',
    default: 'none',
    description:
      "Custom field of customers, a list of customers: whom the invoices of this one go to. NetSuite has none of its own; a customer's parent is only who it belongs to. none: not carried.",
  })
  @Matches(OWN_FIELD, anOwnField)
  billToField: string;

  @Setting({
    env: 'NETSUITE_FIELD_REVERSE_CHARGE',
    default: 'none',
    description:
      'Custom field of customers, a checkbox: whether the customer accounts for the VAT itself. NetSuite says it of tax codes, not of customers. none: not carried.',
  })
  @Matches(OWN_FIELD, anOwnField)
  reverseChargeField: string;

  @Setting({
    env: 'NETSUITE_FIELD_PO_REQUIRED',
    default: 'none',
    description: 'Custom field of customers, a checkbox: whether the customer pays only what names a purchase order. none: not carried.',
  })
  @Matches(OWN_FIELD, anOwnField)
  purchaseOrderRequiredField: string;

  @Setting({
    env: 'NETSUITE_TAX_REGISTRATION_TABLE',
    default: 'customertaxregistration',
    description:
      "SuiteQL table of customers' tax registrations, with columns entity and taxregistrationnumber. vendor:check says if it can't be read.",
  })
  @Matches(/^\w+$/)
  taxRegistrationTable: string;

  @Setting({
    env: 'NETSUITE_FIELD_LINE_TAX_CODE',
    default: 'custcol_tax_code',
    description:
      'Custom field of time, charges and lines of expense reports, a list of tax codes: the tax treatment we decided. none: not sent, NetSuite determines the tax.',
  })
  @Matches(OWN_FIELD, anOwnField)
  lineTaxCodeField: string;

  @Setting({
    env: 'NETSUITE_FIELD_LINE_POSTING_DATE',
    default: 'custcol_posting_date',
    description: 'Custom field of time, a date: the first open day, where its own date is the day it was worked. none: not sent.',
  })
  @Matches(OWN_FIELD, anOwnField)
  linePostingDateField: string;

  @Setting({
    env: 'NETSUITE_REVERSING_LINES',
    default: false,
    description:
      'Whether the account takes time of negative hours and charges of negative amounts, which take billed lines back. NetSuite publishes nothing either way; without them billed lines need a credit memo.',
  })
  @IsBoolean()
  reversingLines: boolean;

  @Setting({ env: 'NETSUITE_TIME_APPROVED', default: '3', description: 'Id of the approval status of time that is approved.' })
  approvedTime: string;

  @Setting({ env: 'NETSUITE_REPORT_APPROVED', default: '2', description: 'Id of the approval status of an expense report that is approved.' })
  approvedReport: string;

  @Setting({ env: 'NETSUITE_PRICE_CUSTOM', default: '-1', description: 'Id of the price level Custom, with which the rate is ours.' })
  customPrice: string;

  @Setting({
    env: 'NETSUITE_RATE_DECIMALS',
    default: 2,
    within: [0, 8],
    description:
      'How many decimals of a rate of time the account keeps; NetSuite publishes none for time. With fewer than a rate has, a line may come to another amount there; its price then says so. vendor:check shows how many the account has kept.',
  })
  rateDecimals: number;

  @Setting({ env: 'NETSUITE_CHARGE_TYPE', default: '-20', description: 'Id of the charge type of priced expenses; accounts differ.' })
  chargeType: string;
}
