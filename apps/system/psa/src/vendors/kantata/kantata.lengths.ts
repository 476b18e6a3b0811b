import type { TextField, TextFields } from '#connector';
import type { KantataIds, KantataNames } from './kantata-names.js';

const NONE = "none found: Kantata's published contract types it as a string without a length";
const OURS = `${NONE}; a short word, number or id of ours`;
const THEIRS = "one of the words of Kantata's contract";
const CUT = `${NONE}; cut at 255 where it is made, for people to read: the whole is in our own records`;

const of = (ours: string): TextField => ({ ours, source: NONE });
const their = (ours: string): TextField => ({ ours, source: THEIRS });

const reference = (record: string): TextFields => ({
  [`${record}.service_name`]: { ours: 'id', source: OURS },
  [`${record}.service_model`]: { ours: 'id', source: OURS },
  [`${record}.service_model_ref`]: { ours: 'id', source: OURS },
});
const told = (record: string): TextFields => ({
  ...reference(record),
  [`${record}.subject_type`]: their('id'),
  [`${record}.status`]: their('status'),
  [`${record}.external_status`]: { ours: 'status', source: OURS },
  [`${record}.external_message`]: { ours: 'message', source: CUT },
});

/** A value of a field of the firm's own: all go by the one name that Kantata's refusal gives. */
function values(record: string, ours: Record<string, string>): TextFields {
  return Object.fromEntries(Object.entries(ours).map(([name, field]) => [`${record}.custom_fields.${name}`, { ...of(field), length: 'value' }]));
}

/**
 * All texts that we write to Kantata. No public source states their lengths: an account's limit is
 * known once KANTATA_FIELD_LENGTHS states it.
 */
export const kantataTexts = ({
  workspace,
  extensions,
  story,
  seat,
}: Pick<KantataNames, 'workspace' | 'extensions' | 'story' | 'seat'>): TextFields => ({
  'workspace.title': of('title'),
  'workspace.currency': their('currency'),
  'workspace.stage': their('status'),
  ...values('workspace', {
    ...Object.fromEntries(Object.entries(workspace).map(([ours, name]) => [name, ours])),
    ...Object.fromEntries(Object.entries(extensions).map(([ours, name]) => [name, `extensions.${ours}`])),
  }),
  ...reference('workspace.external_reference'),
  'task.title': of('tasks[].title'),
  'task.story_type': their('tasks'),
  ...values('task', { [story.role]: 'tasks[].role' }),
  ...reference('task.external_reference'),
  'milestone.title': of('milestones[].title'),
  'milestone.story_type': their('milestones'),
  ...reference('milestone.external_reference'),
  ...reference('seat.external_reference'),
  ...values('request', { [seat.skills]: 'skills', [seat.legalEntity]: 'legalEntity' }),
  'time-entry.notes': of('note'),
  ...reference('time-entry.external_reference'),
  'expense.category': their('category'),
  'expense.notes': of('note'),
  ...reference('expense.external_reference'),
  'timesheet-submission.title': of('title'),
  ...reference('timesheet-submission.external_reference'),
  'expense-report-submission.title': of('title'),
  ...reference('expense-report-submission.external_reference'),
  ...reference('retired'),
  'retired.external_message': { ours: 'id', source: OURS },
  ...told('submission'),
  'invoice.user_invoice_number': { ours: 'number', source: OURS },
  'invoice.message': { ours: 'total', source: OURS },
  ...reference('invoice.external_reference'),
  ...told('invoiceReference'),
});

/**
 * All texts, with any names of the firm's own fields: the names that the setting of lengths may
 * contain.
 */
export const ANY_KANTATA_TEXTS = kantataTexts({
  workspace: { legalEntity: 'a', costCentre: 'b', billingMethod: 'c', customerId: 'd', customerName: 'e', dealId: 'f' },
  extensions: {},
  story: { role: 'g', sequence: 'h' },
  seat: { skills: 'i', legalEntity: 'j', minutes: 'k', start: 'l', end: 'm' },
});

/**
 * A body as it would be sent, with the names of the firm's own fields instead of the account's ids.
 */
export function namedFields(bodyOf: (ids: KantataIds) => Record<string, unknown>): Record<string, unknown> {
  const names: string[] = [];
  const { custom_fields = [], ...body } = bodyOf({
    customField: (_, name) => String(names.push(name) - 1),
    role: () => '0',
    rateCard: () => '0',
    rateCardTitle: () => undefined,
    approver: () => '0',
  });
  const sent = custom_fields as { custom_field_id: number; value: unknown }[];
  return { ...body, custom_fields: Object.fromEntries(sent.map(({ custom_field_id, value }) => [names[custom_field_id], value])) };
}
