import { BILLING_RECORDS } from './schema-billing.js';
import {
  date,
  type Field,
  type Fields,
  flag,
  number,
  oneOf,
  readOnly,
  type RecordType,
  type RecordTypeSpec,
  required,
  stamps,
  text,
  to,
} from './schema-fields.js';

export type { Field, Fields, RecordType } from './schema-fields.js';

export const BILLING_TYPES = { TM: 'Time and Materials', FBI: 'Fixed Bid, Interval', FBM: 'Fixed Bid, Milestone', CB: 'Charge-Based' };
const COUNTRIES = {
  US: 'United States',
  GB: 'United Kingdom',
  DE: 'Germany',
  FR: 'France',
  NL: 'Netherlands',
  SE: 'Sweden',
  IE: 'Ireland',
  AT: 'Austria',
  CH: 'Switzerland',
  CA: 'Canada',
  BE: 'Belgium',
  DK: 'Denmark',
  NO: 'Norway',
  ES: 'Spain',
  IT: 'Italy',
  PL: 'Poland',
  AE: 'United Arab Emirates',
  JP: 'Japan',
  KW: 'Kuwait',
  QA: 'Qatar',
};
const country = oneOf(COUNTRIES);

const TYPES: RecordTypeSpec[] = [
  {
    name: 'customer',
    label: 'companyName',
    kindInWords: 'entity',
    fields: {
      entityId: text,
      autoName: flag,
      companyName: required('Company Name', text),
      isPerson: flag,
      isInactive: flag,
      subsidiary: required('Primary Subsidiary', to('subsidiary')),
      email: text,
      phone: text,
      currency: to('currency'),
      terms: to('term'),
      parent: to('customer'),
      entityStatus: to('customerStatus'),
      billingSchedule: to('billingSchedule'),
      creditLimit: number,
      startDate: date,
      endDate: date,
      comments: text,
      vatRegNumber: text,
      balance: readOnly(number),
      overdueBalance: readOnly(number),
      addressBook: {
        kind: 'lines',
        key: 'id',
        fields: {
          id: number,
          label: text,
          defaultBilling: flag,
          defaultShipping: flag,
          isResidential: flag,
          addressBookAddress: {
            kind: 'part',
            fields: {
              attention: text,
              addressee: text,
              addr1: text,
              addr2: text,
              addr3: text,
              city: text,
              zip: text,
              state: text,
              country,
              addrPhone: text,
              override: flag,
            },
          },
        },
      },
      taxRegistration: {
        kind: 'lines',
        key: 'id',
        fields: { id: number, nexusCountry: country, nexusState: text, address: text, taxRegistrationNumber: required('Tax Reg. Number', text) },
      },
      ...stamps,
    },
  },
  {
    name: 'job',
    label: 'companyName',
    kindInWords: 'entity',
    fields: {
      entityId: text,
      autoName: flag,
      companyName: required('Project Name', text),
      isInactive: flag,
      parent: to('customer'),
      subsidiary: required('Subsidiary', to('subsidiary')),
      currency: to('currency'),
      startDate: date,
      projectedEndDate: date,
      endDate: date,
      projectManager: to('employee'),
      entityStatus: to('jobStatus'),
      jobBillingType: oneOf(BILLING_TYPES),
      billingSchedule: to('billingSchedule'),
      jobPrice: number,
      jobItem: to('serviceSaleItem'),
      allowTime: flag,
      allowExpenses: flag,
      limitTimeToAssignees: flag,
      allowAllResourcesForTasks: flag,
      materializeTime: flag,
      isUtilizedTime: flag,
      isProductiveTime: flag,
      isExemptTime: flag,
      schedulingMethod: oneOf({ FORWARD: 'Forward', BACKWARD: 'Backward' }),
      estimatedTime: number,
      estimatedCost: number,
      estimatedRevenue: number,
      comments: text,
      chargeAmountBilled: readOnly(number),
      chargeAmountRemaining: readOnly(number),
      projectCompletelyBilled: readOnly(flag),
      ...stamps,
    },
  },
  {
    name: 'projectTask',
    label: 'title',
    kindInWords: 'record',
    fields: {
      title: required('Name', text),
      project: required('Project', to('job')),
      parent: to('projectTask'),
      status: oneOf({ NOTSTART: 'Not Started', PROGRESS: 'In Progress', COMPLETE: 'Completed' }),
      priority: oneOf({ HIGH: 'High', MEDIUM: 'Medium', LOW: 'Low' }),
      constraintType: oneOf({ FIXEDSTART: 'Fixed Start', ASAP: 'As Soon As Possible' }),
      startDateTime: { kind: 'dateTime' },
      finishByDate: date,
      endDate: readOnly(date),
      estimatedWork: number,
      plannedWork: readOnly(number),
      actualWork: readOnly(number),
      remainingWork: readOnly(number),
      percentTimeComplete: readOnly(number),
      nonBillableTask: flag,
      owner: to('employee'),
      message: text,
      assignee: {
        kind: 'lines',
        key: 'resource',
        fields: {
          resource: required('Resource', to('employee')),
          serviceItem: to('serviceSaleItem'),
          estimatedWork: number,
          unitCost: number,
          unitPrice: number,
          units: number,
        },
      },
      predecessor: {
        kind: 'lines',
        key: 'predecessor',
        fields: {
          predecessor: to('projectTask'),
          type: oneOf({ FS: 'Finish-To-Start', SS: 'Start-To-Start', FF: 'Finish-To-Finish', SF: 'Start-To-Finish' }),
          lagDays: number,
        },
      },
      ...stamps,
    },
  },
  {
    name: 'billingSchedule',
    label: 'name',
    kindInWords: 'record',
    fields: {
      name: required('Name', text),
      scheduleType: oneOf({ ...BILLING_TYPES, STD: 'Standard' }),
      frequency: oneOf({
        NEVER: 'Never',
        DAILY: 'Daily',
        WEEKLY: 'Weekly',
        MONTHLY: 'Monthly',
        QUARTERLY: 'Quarterly',
        ANNUALLY: 'Annually',
        ENDOFPERIOD: 'End of Period',
        ONETIME: 'One Time',
        CUSTOM: 'Custom',
      }),
      repeatEvery: number,
      numberRemaining: number,
      seriesStartDate: date,
      initialAmount: text,
      initialAmountPercent: readOnly(number),
      initialTerms: to('term'),
      recurrenceTerms: to('term'),
      inArrears: flag,
      isPublic: flag,
      isInactive: flag,
      billForActuals: flag,
      job: to('job'),
      recurrence: {
        kind: 'lines',
        key: 'recurrenceId',
        fields: {
          recurrenceId: number,
          count: number,
          units: oneOf({ DAY: 'Day', WEEK: 'Week', MONTH: 'Month' }),
          amount: number,
          recurrenceDate: date,
          paymentTerms: to('term'),
          relativeToPrevious: flag,
        },
      },
      milestone: {
        kind: 'lines',
        key: 'milestoneId',
        fields: {
          milestoneId: number,
          milestoneAmount: number,
          milestoneDate: date,
          milestoneCompleted: flag,
          milestoneActualCompletionDate: date,
          projectTask: to('projectTask'),
          milestoneTerms: to('term'),
          comments: text,
        },
      },
      ...stamps,
    },
  },
  {
    name: 'subsidiary',
    label: 'name',
    kindInWords: 'record',
    fields: {
      name: required('Name', text),
      legalName: text,
      parent: to('subsidiary'),
      currency: to('currency'),
      country,
      isElimination: flag,
      isInactive: flag,
      taxRegistration: { kind: 'lines', key: 'id', fields: { id: number, nexusCountry: country, taxRegistrationNumber: text } },
      ...stamps,
    },
  },
  ...['department', 'classification', 'location'].map(name => ({
    name,
    label: 'name',
    kindInWords: 'record' as const,
    fields: {
      name: required('Name', text),
      parent: to(name),
      subsidiary: { kind: 'references', to: 'subsidiary' } satisfies Field,
      includeChildren: flag,
      isInactive: flag,
      ...stamps,
    },
  })),
  {
    name: 'employee',
    label: 'entityId',
    kindInWords: 'entity',
    fields: {
      entityId: text,
      firstName: required('First Name', text),
      lastName: required('Last Name', text),
      email: text,
      supervisor: to('employee'),
      department: to('department'),
      class: to('classification'),
      location: to('location'),
      subsidiary: required('Subsidiary', to('subsidiary')),
      currency: to('currency'),
      laborCost: number,
      isJobResource: flag,
      isJobManager: flag,
      isInactive: flag,
      hireDate: date,
      releasedate: date,
      ...stamps,
    },
  },
  {
    name: 'serviceSaleItem',
    label: 'itemId',
    kindInWords: 'record',
    fields: {
      itemId: required('Item Name/Number', text),
      displayName: text,
      subtype: readOnly(text),
      rate: number,
      subsidiary: { kind: 'references', to: 'subsidiary' },
      department: to('department'),
      class: to('classification'),
      location: to('location'),
      billingSchedule: to('billingSchedule'),
      isInactive: flag,
      ...stamps,
    },
  },
  {
    name: 'salesTaxItem',
    label: 'itemId',
    kindInWords: 'record',
    fields: {
      itemId: required('Tax Name', text),
      displayName: text,
      rate: number,
      nexusCountry: country,
      available: oneOf({ SALE: 'Sales Transactions', BOTH: 'Both', PURCHASE: 'Purchase Transactions' }),
      effectiveFrom: date,
      validUntil: date,
      exempt: flag,
      reverseCharge: flag,
      isInactive: flag,
      subsidiary: { kind: 'references', to: 'subsidiary' },
      ...stamps,
    },
  },
  {
    name: 'term',
    label: 'name',
    kindInWords: 'record',
    fields: { name: required('Terms', text), daysUntilNetDue: number, discountPercent: number, daysUntilExpiry: number, isInactive: flag },
  },
  {
    name: 'currency',
    label: 'name',
    kindInWords: 'record',
    fields: { name: required('Name', text), symbol: required('ISO Currency Code', text), isBaseCurrency: flag, isInactive: flag, ...stamps },
  },
  { name: 'customerStatus', label: 'name', kindInWords: 'record', fields: { name: required('Customer Status', text), isInactive: flag } },
  { name: 'jobStatus', label: 'name', kindInWords: 'record', fields: { name: required('Project Status', text), isInactive: flag } },
  ...BILLING_RECORDS,
  {
    name: 'customerSubsidiaryRelationship',
    label: 'name',
    kindInWords: 'record',
    fields: {
      entity: required('Customer', to('customer')),
      subsidiary: required('Subsidiary', to('subsidiary')),
      isPrimarySub: readOnly(flag),
      primaryCurrency: to('currency'),
      name: readOnly(text),
      lastModifiedDate: stamps.lastModifiedDate,
    },
  },
];

/**
 * A field that the firm added to a record type; it appears in bodies and columns under its script
 * id.
 */
export interface CustomField {
  type: string;
  /**
   * `custentity_…` on entities, `custevent_…` on project tasks, `custcol_…` on lines of time and
   * money.
   */
  name: string;
  /** The sublist with the lines that have this field; absent: the record itself. */
  sublist?: string;
  field: Field;
}

export class Schema {
  readonly #types = new Map<string, RecordType>();

  constructor(customFields: CustomField[]) {
    for (const [index, type] of TYPES.entries()) {
      this.#types.set(type.name.toLowerCase(), {
        ...type,
        firstId: type.firstId ?? (index < 4 ? 1001 + index * 4000 : 1 + index * 100),
        fields: withCustomFields(
          type.fields,
          customFields.filter(custom => custom.type === type.name),
        ),
      });
    }
  }

  get types(): RecordType[] {
    return [...this.#types.values()];
  }

  /** Record types match in any case, as in the vendor's own samples. */
  find(name: string): RecordType | undefined {
    return this.#types.get(name.toLowerCase());
  }

  type(name: string): RecordType {
    const type = this.find(name);
    if (!type) throw new Error(`no record type ${name}`);
    return type;
  }
}

function withCustomFields(fields: Fields, customFields: CustomField[]): Fields {
  const extended = { ...fields };
  for (const { name, field, sublist } of customFields) {
    if (sublist === undefined) extended[name] = field;
    else {
      const lines = extended[sublist];
      if (lines?.kind !== 'lines') throw new Error(`no sublist ${sublist} for ${name}`);
      extended[sublist] = { ...lines, fields: { ...lines.fields, [name]: field } };
    }
  }
  return extended;
}
