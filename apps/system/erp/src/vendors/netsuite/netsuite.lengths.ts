import type { TextField, TextFields } from '#connector';
import type { CustomFields } from './projects/projects.wire.js';

const REFUSAL = 'told in a refusal of a real account (getlago/lago-api';
const REMEMBERED = 'remembered by people who run it; no public source found';
const NONE = 'no public source found: the schema browser types it as a string without a length';
const OURS = `${NONE}; an id of ours has at most 80 characters`;

/**
 * A Free-Form Text field of the firm's own. NetSuite's help counts bytes; a role or an id of ours
 * has at most 240.
 */
const customField = (ours: string): TextField => ({
  ours,
  length: 'customField',
  most: 300,
  source: "NetSuite's help counts up to four bytes a character; guides to SuiteBuilder give Free-Form Text 300",
});
/**
 * A line of the billing: NetSuite refuses a too long one alone, in its own words, and the others of
 * its batch go on. Time to billing limits the memo to 300 characters.
 */
const memo = (ours = 'memo'): TextField => ({ ours, source: `${NONE}; refused line by line` });

/** All texts that we write to NetSuite. */
export const netsuiteTexts = ({ dealIdField, billingMethodField, taskRoleField }: CustomFields): TextFields => ({
  'customer.externalId': { ours: 'id', source: OURS },
  'customer.companyName': { ours: 'name', most: 83, source: "a firm's sheet for the import of customers" },
  'customer.email': { ours: 'billingEmail', most: 254, source: REMEMBERED },
  'customer.addressBook.label': { ours: 'billingAddress', source: `${NONE}; always "Billing", or as it is there` },
  'customer.addressBook.addressBookAddress.addressee': { ours: 'legalName', most: 150, source: REMEMBERED },
  'customer.addressBook.addressBookAddress.addr1': { ours: 'billingAddress.street', most: 150, source: `${REFUSAL} #3245)` },
  'customer.addressBook.addressBookAddress.city': { ours: 'billingAddress.city', most: 50, source: `${REFUSAL} #4689)` },
  'customer.addressBook.addressBookAddress.state': { ours: 'billingAddress.state', most: 30, source: `${REFUSAL} #3233)` },
  'customer.addressBook.addressBookAddress.zip': { ours: 'billingAddress.postalCode', most: 36, source: REMEMBERED },
  'customer.taxRegistration.taxRegistrationNumber': { ours: 'taxRegistration', source: NONE },
  'job.companyName': { ours: 'title', most: 83, source: 'as a customer’s: both are entities' },
  [`job.${dealIdField}`]: customField('dealId'),
  [`job.${billingMethodField}`]: customField('billingMethod'),
  'billingSchedule.name': { ours: 'title', with: "the project's id", source: NONE },
  'billingSchedule.milestone.comments': { ours: 'billingSchedule.milestones[].title', with: 'its id', source: NONE },
  'projectTask.title': { ours: 'tasks[].title', source: NONE },
  [`projectTask.${taskRoleField}`]: customField('tasks[].role'),
  'timeBill.externalId': { ours: 'externalId', source: OURS },
  'timeBill.memo': memo(),
  'expenseReport.externalId': { ours: 'externalId', source: OURS },
  'expenseReport.memo': memo(),
  'expenseReport.expense.memo': memo(),
  'charge.externalId': { ours: 'externalId', source: OURS },
  'charge.description': { ...memo(), with: 'its category' },
  'charge.memo': memo(),
});

/**
 * All texts, with any names of the firm's own fields: the names that the setting of lengths may
 * contain.
 */
export const ANY_NETSUITE_TEXTS = netsuiteTexts({
  costCentreField: '',
  taxCodeField: '',
  notToExceedField: '',
  dealIdField: 'dealId',
  billingMethodField: 'billingMethod',
  taskRoleField: 'role',
});
