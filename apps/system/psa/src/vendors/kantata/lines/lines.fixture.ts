import type { SandboxControl } from '#testing';
import type { LineDesk, WholeLineWorld } from '../../port/line-world.fixture.js';

// An answer's body, read field by field as the test expects it.
type Body = any;
type Call = (method: string, path: string, body?: unknown) => Promise<Body>;

/**
 * Kantata as its people use it: booking, submitting, approving; and what they read there about
 * billing.
 */
export function kantataLines(call: Call, control: () => SandboxControl): WholeLineWorld {
  const reference = (service_model: string, ref: string) =>
    `external_reference_service_name=throughline&external_reference_service_model=${service_model}&external_reference_service_model_refs=${ref}`;
  const firstOf = (body: Body, plural: string): Body => {
    if (!body.results?.[0]) throw new Error(`${plural}: ${JSON.stringify(body)}`);
    return body[plural][body.results[0].id];
  };
  const workspaceOf = async (projectId: string) =>
    Number(firstOf(await call('GET', `workspaces?${reference('project', projectId)}`), 'workspaces').id);
  const consultant = async () => firstOf(await call('GET', `users?on_my_account=true&by_email_address=${encodeURIComponent(person.email)}`), 'users');
  const person = { email: '', name: '' };
  const active = async (): Promise<Body[]> => {
    const body = await call('GET', 'users?on_my_account=true&per_page=200');
    return body.results.map(({ id }: Body) => body.users[id]).filter((user: Body) => !user.disabled && !user.email_address.startsWith('throughline'));
  };
  const somebody = async (): Promise<number> => {
    if (person.email === '') {
      const users = await active();
      Object.assign(person, { email: users[0].email_address, name: users[0].full_name });
    }
    return Number((await consultant()).id);
  };
  const did = (body: Body): Body => {
    if (body?.errors) throw new Error(JSON.stringify(body.errors));
    return body;
  };

  const desk = (plural: string, root: string, submissions: string, fields: (o: { day?: string; quantity?: number }) => Body): Required<LineDesk> => ({
    book: async (projectId, o) => {
      const common = { workspace_id: await workspaceOf(projectId), user_id: await somebody() };
      return firstOf(did(await call('POST', plural, { [root]: { ...common, ...(await extra(plural)), ...fields(o) } })), plural).id;
    },
    change: async (id, { projectId, ...o }) => {
      const moved = projectId === undefined ? {} : { workspace_id: await workspaceOf(projectId) };
      did(await call('PUT', `${plural}/${id}`, { [root]: { ...fields(o), ...moved } }));
    },
    remove: async id => void did(await call('DELETE', `${plural}/${id}`)),
    submit: async ids => {
      const line = firstOf(await call('GET', `${plural}?only=${ids[0]}&include=workspace,user`), plural);
      const submission = { line_item_ids: ids.map(Number), title: 'Week', workspace_id: Number(line.workspace_id), user_id: Number(line.user_id) };
      return firstOf(did(await call('POST', submissions, { [submissions.replace(/s$/, '')]: submission })), submissions).id;
    },
    resolve: async (id, how) => void did(await call('PUT', `${submissions}/${id}/${how}`, { resolution: { description: 'seen' } })),
  });
  const extra = async (plural: string): Promise<Body> => {
    if (plural !== 'expenses') return {};
    const category = firstOf(await call('GET', 'expense_categories'), 'expense_categories');
    return { expense_category_id: Number(category.id), category: category.name };
  };
  const withDefined = (fields: Body): Body => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

  return {
    person,
    time: desk('time_entries', 'time_entry', 'timesheet_submissions', ({ day, quantity }) =>
      withDefined({ date_performed: day, time_in_minutes: quantity }),
    ),
    expenses: desk('expenses', 'expense', 'expense_report_submissions', ({ day, quantity }) => withDefined({ date: day, amount_in_cents: quantity })),
    assign: async (projectId, { from, upTo }) => {
      const workspace_id = await workspaceOf(projectId);
      const seat = firstOf(
        did(await call('POST', 'workspace_resources', { workspace_resource: { workspace_id, user_id: await somebody() } })),
        'workspace_resources',
      );
      const days = { start_date: from, end_date: upTo };
      const body = { workspace_allocation: { resource_id: Number(seat.id), ...days, minutes: 4_800 } };
      const { id } = firstOf(did(await call('POST', 'workspace_allocations', body)), 'workspace_allocations');
      return {
        change: async to =>
          void did(await call('PUT', `workspace_allocations/${id}`, { workspace_allocation: { start_date: to.from, end_date: to.upTo } })),
        remove: async () => void did(await call('DELETE', `workspace_allocations/${id}`)),
      };
    },
    removeProject: async projectId => void did(await call('DELETE', `workspaces/${await workspaceOf(projectId)}`)),
    removals: {
      time: { vendor: 'kantata', type: 'time_entries', operation: 'delete' },
      expenses: { vendor: 'kantata', type: 'expenses', operation: 'delete' },
    },
    writes: {
      status: { vendor: 'kantata', type: 'external_references', operation: 'upsert' },
      invoice: { vendor: 'kantata', type: 'invoices', operation: 'create' },
    },
    toldOf: async submission => {
      const body = await call('GET', `external_references?subject_type=Submission&subject_id=${submission}&service_name=throughline`);
      if (body.count === 0) return null;
      const { external_status: status, external_message: message } = firstOf(body, 'external_references');
      return { status, message };
    },
    invoices: async id => {
      const body = await call('GET', `invoices?${reference('invoice', id)}&include=time_entries,expenses,external_references`);
      return body.results.map((row: Body) => {
        const invoice = body.invoices[row.id];
        const status = body.external_references[invoice.external_reference_ids[0]].external_status;
        return { cancelled: invoice.status === 'cancelled', status, lines: invoice.time_entry_ids.length + invoice.expense_ids.length };
      });
    },
    written: {
      category: 'Hotel',
      writes: {
        time: writesOf('time_entries', 'timesheet_submissions'),
        expenses: writesOf('expenses', 'expense_report_submissions'),
      },
      bearing: async (kind, id) => {
        const plural = kind === 'time' ? 'time_entries' : 'expenses';
        const model = kind === 'time' ? 'time-entry' : 'expense';
        const body = await call('GET', `${plural}?${reference(model, id)}&include=user&from_archived_workspaces=true`);
        return body.results.map((row: Body) => {
          const line = body[plural][row.id];
          return { id: row.id, email: body.users[line.user_id].email_address, quantity: line.time_in_minutes ?? line.amount_in_cents };
        });
      },
      sheets: async (kind, id) => {
        const [plural, lines] = kind === 'time' ? ['timesheet_submissions', 'time_entries'] : ['expense_report_submissions', 'expenses'];
        const model = kind === 'time' ? 'timesheet-submission' : 'expense-report-submission';
        const query = reference(model, id).replace('=throughline&', '=throughline-submission&');
        const body = await call('GET', `${plural}?${query}&include=${lines}&all_on_account=true`);
        return body.results.map((row: Body) => ({
          id: row.id,
          lines: (body[plural][row.id].time_entry_ids ?? body[plural][row.id].expense_ids).length,
        }));
      },
      stranger: async () => {
        const users = await active();
        return users.at(-1).email_address;
      },
    },
    reads: async () =>
      Object.entries((await control().calls()).kantata)
        .filter(([name]) => name.startsWith('read '))
        .reduce((sum, [, n]) => sum + n, 0),
  };
}

const writesOf = (lines: string, submissions: string) => ({
  create: { vendor: 'kantata', type: lines, operation: 'create' },
  update: { vendor: 'kantata', type: lines, operation: 'update' },
  remove: { vendor: 'kantata', type: lines, operation: 'delete' },
  submit: { vendor: 'kantata', type: submissions, operation: 'create' },
});
