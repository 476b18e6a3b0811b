import { workDays } from '../firm/days.js';
import type { Firm, FirmProject } from '../firm/firm.js';
import { inSmallestUnits } from '../kit/index.js';
import type { Account, KantataRow } from './account.js';
import { putReference, putValue } from './custom-fields.js';
import type { Fields } from './resource.js';
import { seedApprovedTime } from './seed-approved-time.js';

/** The firm's own fields, on projects, on tasks and milestones, and on the seats of a team. */
const CUSTOM_FIELDS: [subject: string, name: string, type: string][] = [
  ['Workspace', 'Legal Entity', 'string'],
  ['Workspace', 'Cost Centre', 'string'],
  ['Workspace', 'Billing Method', 'string'],
  ['Workspace', 'Customer Id', 'string'],
  ['Workspace', 'Customer Name', 'string'],
  ['Workspace', 'Deal Id', 'string'],
  ['Workspace', 'Purchase Order', 'string'],
  ['Story', 'Role', 'string'],
  ['Story', 'Sequence', 'number'],
  ['Resource', 'Skills', 'string'],
  ['Resource', 'Legal Entity', 'string'],
  ['Resource', 'Requested Minutes', 'number'],
  ['Resource', 'Requested Start', 'date'],
  ['Resource', 'Requested End', 'date'],
];

/**
 * The account as the firm keeps it: people, roles, rate cards, custom fields, running projects and
 * their approved time.
 */
export function seedKantata(account: Account, firm: Firm): void {
  const roles = new Map(firm.roles.map(role => [role.code, account.insert('roles', { name: role.name, account_id: account.id })]));
  const users = seedUsers(account, firm, roles);
  for (const [subject_type, name, value_type] of CUSTOM_FIELDS) {
    account.insert('custom_fields', { name, value_type, subject_type, unique_constraint: false, read_access: 'everyone', write_access: 'everyone' });
  }
  for (const { name } of firm.expenseCategories) account.insert('expense_categories', { name });
  const cards = seedRateCards(account, firm, roles);
  for (const project of firm.projects) seedProject(account, firm, project, { users, card: cards.get(project.rateCard) });
  seedApprovedTime(account, firm, users);
}

/** The first user owns the token that Throughline calls with. */
function seedUsers(account: Account, firm: Firm, roles: Map<string, KantataRow>): Map<string, KantataRow> {
  const blank = { headline: null, photo_path: null, generic: false, disabled: false, account_id: account.id };
  account.insert('users', { full_name: 'Throughline Integration', email_address: 'throughline@larkfield.example', role_id: null, ...blank });
  return new Map(
    firm.consultants.map(one => [
      one.employeeNumber,
      account.insert('users', {
        ...blank,
        full_name: `${one.firstName} ${one.lastName}`,
        email_address: one.email,
        role_id: roles.get(one.role)?.id ?? null,
        disabled: one.terminatedOn !== null,
      }),
    ]),
  );
}

/**
 * One set a card, a set version a date, a rate card version in the card's currency, a row a role.
 * Rates are cents an hour.
 */
function seedRateCards(account: Account, firm: Firm, roles: Map<string, KantataRow>): Map<string, KantataRow> {
  const cards = new Map<string, KantataRow>();
  for (const { code, currency, versions } of firm.rateCards) {
    const set = account.insert('rate_card_sets', { title: code, account_default: false, active_currencies: [currency] });
    const card = account.insert('rate_cards', { rate_card_set_id: set.id, currency, active: true });
    cards.set(code, card);
    for (const { effectiveFrom, rates } of versions) {
      const setVersion = account.insert('rate_card_set_versions', { rate_card_set_id: set.id, effective_date: effectiveFrom, active: true });
      const version = account.insert('rate_card_versions', { rate_card_set_version_id: setVersion.id, rate_card_id: card.id, default_rate: null });
      for (const { role, ratePerHour } of rates) {
        account.insert('rate_card_roles', {
          rate_card_version_id: version.id,
          role_id: roles.get(role)!.id,
          rate: inSmallestUnits(ratePerHour, currency),
        });
      }
    }
  }
  return cards;
}

const METHODS: Record<FirmProject['billingMethod'], string> = {
  'T&M': 'time-and-materials',
  'Fixed price': 'fixed-price',
  Milestone: 'milestone',
  Retainer: 'retainer',
};

function seedProject(account: Account, firm: Firm, project: FirmProject, known: { users: Map<string, KantataRow>; card?: KantataRow }): void {
  const customer = firm.customers.find(one => one.number === project.customerNumber);
  const workspace = account.insert('workspaces', {
    title: project.name,
    description: null,
    account_id: account.id,
    archived: false,
    access_level: 'invitation',
    budgeted: true,
    currency: project.currency,
    price_in_cents: inSmallestUnits(project.budget, project.currency),
    rate_card_id: known.card?.id ?? null,
    start_date: project.startDate,
    due_date: project.endDate,
    stage: 'project',
    status: { color: 'green', key: 300, message: 'Active' },
    require_time_approvals: true,
    require_expense_approvals: true,
    change_orders_enabled: false,
  });
  const values = {
    'Legal Entity': project.entity,
    'Cost Centre': project.costCentre,
    'Billing Method': METHODS[project.billingMethod],
    'Customer Id': project.customerNumber,
    'Customer Name': customer?.name ?? project.customerNumber,
  };
  for (const [name, value] of Object.entries(values))
    putValue('Workspace', workspace.id, { custom_field_id: fieldId(account, 'Workspace', name), value }, account);
  putReference('Workspace', workspace.id, ours('project', project.id), account);
  seedStories(account, project, workspace);
  account.insert('participations', { workspace_id: workspace.id, user_id: account.me()!.id, access: 'admin', role_id: null });
  const minutes = workDays(project.startDate, project.endDate) * 480;
  for (const user of project.team.map(number => known.users.get(number)).filter(one => one !== undefined)) {
    account.insert('participations', { workspace_id: workspace.id, user_id: user.id, access: 'edit_time_and_expenses', role_id: null });
    const seat = account.insert('workspace_resources', { workspace_id: workspace.id, user_id: user.id, role_id: user.role_id });
    account.insert('workspace_allocations', {
      workspace_id: workspace.id,
      workspace_resource_id: seat.id,
      start_date: project.startDate,
      end_date: project.endDate,
      minutes,
      percentage: 100,
      hard: true,
      notes: null,
    });
  }
}

/** The reference that the integration leaves on records that it made. */
const ours = (model: string, id: string): Fields => ({ service_name: 'throughline', service_model: model, service_model_ref: id });

function seedStories(account: Account, project: FirmProject, workspace: KantataRow): void {
  const blank = {
    workspace_id: workspace.id,
    description: null,
    parent_id: null,
    percentage_complete: 0,
    weight: null,
    priority: 'normal',
    assignee_ids: [],
    status: 'not started',
    state: 'not started',
    time_trackable: true,
    archived: false,
    deleted_at: null,
  };
  for (const { id, title, role, hours } of project.tasks) {
    const story = account.insert('stories', {
      ...blank,
      title,
      story_type: 'task',
      start_date: project.startDate,
      due_date: project.endDate,
      time_estimate_in_minutes: hours * 60,
      budget_estimate_in_cents: null,
      fixed_fee: false,
      billable: true,
    });
    putValue('Story', story.id, { custom_field_id: fieldId(account, 'Story', 'Role'), value: role }, account);
    putReference('Story', story.id, ours('task', id), account);
  }
  for (const [index, { id, name, dueDate, amount }] of project.milestones.entries()) {
    const story = account.insert('stories', {
      ...blank,
      title: name,
      story_type: 'milestone',
      start_date: null,
      due_date: dueDate,
      time_estimate_in_minutes: null,
      budget_estimate_in_cents: inSmallestUnits(amount, project.currency),
      fixed_fee: true,
      billable: true,
    });
    putValue('Story', story.id, { custom_field_id: fieldId(account, 'Story', 'Sequence'), value: index + 1 }, account);
    putReference('Story', story.id, ours('milestone', id), account);
  }
}

const fieldId = (account: Account, subject: string, name: string): string =>
  account
    .table('custom_fields')
    .all()
    .find(field => field.subject_type === subject && field.name === name)!.id;
