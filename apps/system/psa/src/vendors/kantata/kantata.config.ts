import { IsEmail, IsIn, IsOptional, Matches } from 'class-validator';
import { knownLengths, lengthPattern, NAME_PAIR, namePairs } from '#connector';
import { IsHttpUrl, LONGEST_WAIT_MS, Setting } from '#service';
import { ANY_KANTATA_TEXTS } from './kantata.lengths.js';
import type { KantataNames } from './kantata-names.js';

/** The account, the log-in, and the names of the firm's own fields there. */
export class KantataConfig {
  @Setting({ env: 'KANTATA_BASE_URL', default: 'https://api.mavenlink.com', description: 'Where the API is reached, without /api/v1.' })
  @IsHttpUrl()
  baseUrl: string;

  @Setting({
    env: 'KANTATA_TOKEN',
    secret: true,
    description: 'The personal token of the user Throughline acts as. It must see all projects and their budgets.',
  })
  token: string;

  @Setting({ env: 'KANTATA_ACCOUNT', description: "The account's id; references and the shared quota are kept under it." })
  account: string;

  @Setting({ env: 'KANTATA_APP_URL', default: 'https://app.mavenlink.com', description: 'Where people open Kantata; for links.' })
  @IsHttpUrl()
  appUrl: string;

  @Setting({
    env: 'KANTATA_SETTLING_MS',
    default: 35_000,
    within: [0, 600_000],
    description:
      'How long a request may still be carried out after its answer was lost, in ms. Kantata has no upsert and no request key: until this has passed, not finding a record proves nothing, so nothing is made again.',
  })
  settlingMs: number;

  @Setting({
    env: 'KANTATA_LEASE_MS',
    default: 30_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How long one process may work on one project or staffing request without another taking over, in ms.',
  })
  leaseMs: number;

  @Setting({ env: 'KANTATA_TIMEOUT_MS', default: 30_000, within: [50, LONGEST_WAIT_MS], description: 'How long a call may take, in ms, at most.' })
  timeoutMs: number;

  @Setting({ env: 'KANTATA_CONCURRENCY', default: 10, within: [1, 1_000], description: 'Calls at once to the account, by all processes together.' })
  concurrency: number;

  @Setting({
    env: 'KANTATA_APPROVER_EMAIL',
    optional: true,
    description: 'Who is asked to approve staffing requests, by e-mail; the user of the token if not set.',
  })
  @IsOptional()
  @IsEmail()
  approverEmail?: string;

  @Setting({
    env: 'KANTATA_CHANGE_FEED',
    default: 'events',
    description:
      'How changes are learnt: `events` reads the subscribed events (a paid add-on, for administrators), one call a look; `lists` asks projects, tasks and time entries for what was updated, three calls a look, and leaves deletions to the sweep.',
  })
  @IsIn(['events', 'lists'])
  changeFeed: 'events' | 'lists';

  @Setting({ env: 'KANTATA_FIELD_LEGAL_ENTITY', default: 'Legal Entity', description: 'Custom field of a project: the canonical legal entity.' })
  legalEntityField: string;

  @Setting({ env: 'KANTATA_FIELD_COST_CENTRE', default: 'Cost Centre', description: 'Custom field of a project: the canonical cost centre.' })
  costCentreField: string;

  @Setting({
    env: 'KANTATA_FIELD_BILLING_METHOD',
    default: 'Billing Method',
    description: 'Custom field of a project: the canonical billing method.',
  })
  billingMethodField: string;

  @Setting({ env: 'KANTATA_FIELD_CUSTOMER_ID', default: 'Customer Id', description: "Custom field of a project: the customer's canonical id." })
  customerIdField: string;

  @Setting({ env: 'KANTATA_FIELD_CUSTOMER_NAME', default: 'Customer Name', description: "Custom field of a project: the customer's name." })
  customerNameField: string;

  @Setting({ env: 'KANTATA_FIELD_DEAL_ID', default: 'Deal Id', description: "Custom field of a project: the deal's canonical id." })
  dealIdField: string;

  @Setting({
    env: 'KANTATA_EXTENSION_FIELDS',
    default: ['purchaseOrder=Purchase Order'],
    description: "The firm's own custom fields of a project, as extension=field name, comma-separated. They travel in `extensions`.",
  })
  @Matches(NAME_PAIR, { each: true, message: '$property must be extension=field name' })
  extensionFields: string[];

  @Setting({ env: 'KANTATA_FIELD_TASK_ROLE', default: 'Role', description: 'Custom field of a task: the canonical role of who does it.' })
  taskRoleField: string;

  @Setting({
    env: 'KANTATA_FIELD_MILESTONE_SEQUENCE',
    default: 'Sequence',
    description: "Custom field (number) of a milestone: its place in the deal's order.",
  })
  milestoneSequenceField: string;

  @Setting({
    env: 'KANTATA_FIELD_STAFFING_SKILLS',
    default: 'Skills',
    description: 'Custom field of a resource: the skills asked for, comma-separated.',
  })
  staffingSkillsField: string;

  @Setting({
    env: 'KANTATA_FIELD_STAFFING_LEGAL_ENTITY',
    default: 'Legal Entity',
    description: 'Custom field of a resource: the legal entity that sold the role.',
  })
  staffingLegalEntityField: string;

  @Setting({
    env: 'KANTATA_FIELD_STAFFING_MINUTES',
    default: 'Requested Minutes',
    description: 'Custom field (number) of a resource: the minutes sold.',
  })
  staffingMinutesField: string;

  @Setting({
    env: 'KANTATA_FIELD_STAFFING_START',
    default: 'Requested Start',
    description: 'Custom field (date) of a resource: the first day asked for.',
  })
  staffingStartField: string;

  @Setting({ env: 'KANTATA_FIELD_STAFFING_END', default: 'Requested End', description: 'Custom field (date) of a resource: the last day asked for.' })
  staffingEndField: string;

  @Setting({
    env: 'KANTATA_OVERTIME_LOCATION',
    default: 'Overtime',
    description: 'The location of a time entry that says that it is overtime: Kantata has no field of its own for it.',
  })
  overtimeLocation: string;

  @Setting({
    env: 'KANTATA_FOREIGN_AMOUNTS',
    default: 'subunits',
    description:
      "What the amount of an expense in a foreign currency is counted in, since Kantata's documentation doesn't say: `subunits` (cents) or `units`.",
  })
  @IsIn(['subunits', 'units'])
  foreignAmounts: 'subunits' | 'units';

  @Setting({
    env: 'KANTATA_FIELD_LENGTHS',
    default: knownLengths(ANY_KANTATA_TEXTS),
    description:
      'How many characters Kantata takes in the texts of projects, tasks, milestones and staffing requests, as field=length, comma-separated: `title`, and `value` for custom fields. What is longer is refused before anything of a deal is made. Kantata publishes no lengths: a field that is not named is not looked at, and Kantata refuses what is too long itself.',
  })
  @Matches(lengthPattern(ANY_KANTATA_TEXTS), { each: true, message: '$property must be field=length' })
  fieldLengths: string[];

  @Setting({
    env: 'KANTATA_ROLES',
    default: [],
    description:
      "Roles whose name isn't the canonical code in words, as CODE=role name, comma-separated. PROJECT_MANAGER is Project Manager by itself.",
  })
  @Matches(NAME_PAIR, { each: true, message: '$property must be CODE=role name' })
  roles: string[];
}

export function namesOf(config: KantataConfig): KantataNames {
  return {
    account: config.account,
    appUrl: config.appUrl,
    workspace: {
      legalEntity: config.legalEntityField,
      costCentre: config.costCentreField,
      billingMethod: config.billingMethodField,
      customerId: config.customerIdField,
      customerName: config.customerNameField,
      dealId: config.dealIdField,
    },
    extensions: namePairs(config.extensionFields),
    story: { role: config.taskRoleField, sequence: config.milestoneSequenceField },
    seat: {
      skills: config.staffingSkillsField,
      legalEntity: config.staffingLegalEntityField,
      minutes: config.staffingMinutesField,
      start: config.staffingStartField,
      end: config.staffingEndField,
    },
    overtimeLocation: config.overtimeLocation,
    foreignAmounts: config.foreignAmounts,
    roles: namePairs(config.roles),
  };
}
