import {
  clockNow,
  type Ledger,
  type Store,
  type Table,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
  type VendorRefusal,
  type VendorRequest,
} from '../../../apps/sandbox/src/kit/index.js';

// A PSA that nobody sells, as small as one can be: projects, their tasks, and hours, which count as soon as they are booked. A project and a
// task may bear a key, which no other of its kind may bear. Lists are read by offset. A caller is known by its key in `x-made-up-key`.

interface Project {
  id: string;
  key: string | null;
  name: string;
  client: string;
  currency: string;
  budget: string;
  starts: string;
  ends: string;
  labels: { name: string; value: string }[];
  updated: string;
}

interface Task {
  id: string;
  key: string | null;
  project: string;
  name: string;
  role: string | null;
  starts: string | null;
  ends: string | null;
  plannedMinutes: number;
  billable: boolean;
  closed: boolean;
}

interface Hours {
  id: string;
  project: string;
  task: string | null;
  email: string;
  person: string;
  day: string;
  minutes: number;
  billable: boolean;
  note: string | null;
  updated: string;
}

type Fields = Record<string, unknown>;

const MOST_A_PAGE = 100;
const PROJECT = { key: null, name: '', client: '', currency: 'GBP', budget: '0.00', starts: '', ends: '', labels: [] };
const TASK = { key: null, name: '', role: null, starts: null, ends: null, plannedMinutes: 0, billable: true, closed: false };
const HOURS = { task: null, email: '', person: '', day: '', minutes: 0, billable: true, note: null };

/** What it refuses, by its own codes. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The record that bears the key already. */
    readonly record?: string,
  ) {
    super(message);
  }
}

export class MadeUp implements Vendor {
  readonly name = 'made-up';
  readonly #projects: Table<Project>;
  readonly #tasks: Table<Task>;
  readonly #hours: Table<Hours>;
  readonly #projectsOf: (key: string) => Project[];
  readonly #tasksOf: (key: string) => Task[];
  readonly #tasksOn: (project: string) => Task[];
  readonly #hoursOn: (project: string) => Hours[];

  constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    private readonly key: string,
  ) {
    this.#projects = store.table<Project>('project');
    this.#tasks = store.table<Task>('task');
    this.#hours = store.table<Hours>('hours');
    this.#projectsOf = this.#projects.index(({ key: of }) => of ?? undefined);
    this.#tasksOf = this.#tasks.index(({ key: of }) => of ?? undefined);
    this.#tasksOn = this.#tasks.index(({ project }) => project);
    this.#hoursOn = this.#hours.index(({ project }) => project);
  }

  classify({ method, path }: VendorRequest): VendorCall {
    const [, first, id, below] = path.split('/');
    const type = below ?? first;
    if (method === 'GET') return { kind: 'read', type, operation: id === undefined ? 'list' : 'get' };
    return { kind: 'write', type, operation: method === 'POST' ? 'create' : method === 'DELETE' ? 'delete' : 'update' };
  }

  handle(request: VendorRequest): VendorAnswer {
    try {
      if (request.headers['x-made-up-key'] !== this.key) throw new Refused(401, 'bad_key', 'No such key.');
      return this.store.transaction(() => this.#answer(request));
    } catch (error) {
      if (error instanceof Refused) return this.#refusal(error);
      throw error;
    }
  }

  throttled = (): VendorAnswer => this.#refusal(new Refused(429, 'slow_down', 'Too many calls.'));
  failed = (_request: VendorRequest, status: number): VendorAnswer => ({ status, body: '<html>A page of some proxy.</html>' });
  refused = (_request: VendorRequest, { code, message, status = 422 }: VendorRefusal): VendorAnswer =>
    this.#refusal(new Refused(status, code, message));
  down = (): VendorAnswer => ({ status: 503, body: '<html>Back soon.</html>' });

  #refusal({ status, code, message, record }: Refused): VendorAnswer {
    return { status, body: { error: { code, message, ...(record === undefined ? {} : { record }) } } };
  }

  #answer({ method, path, query, body }: VendorRequest): VendorAnswer {
    const [, type, id, below] = path.split('/');
    const sent = body === '' ? {} : (JSON.parse(body) as Fields);
    if (method === 'GET' && type === 'me') return { status: 200, body: { name: 'Throughline' } };
    if (method === 'GET' && type === 'projects') return this.#page(this.#wantedProjects(query), query);
    if (method === 'GET' && type === 'hours') return this.#page(this.#wantedHours(query), query);
    if (method === 'POST' && type === 'projects' && below === 'tasks') return this.#createTask(this.#there(this.#projects, id), sent);
    if (method === 'POST' && type === 'projects') return this.#createProject(sent);
    if (method === 'POST' && type === 'hours') return this.#book(sent);
    if (method === 'PATCH' && type === 'projects') return this.#changeProject(this.#there(this.#projects, id), sent);
    if (method === 'PATCH' && type === 'tasks') return this.#changeTask(this.#there(this.#tasks, id), sent);
    if (method === 'PATCH' && type === 'hours') return this.#changeHours(this.#there(this.#hours, id), sent);
    if (method === 'DELETE' && type === 'projects') return this.#removeProject(this.#there(this.#projects, id));
    if (method === 'DELETE' && type === 'hours') return this.#removeHours(this.#there(this.#hours, id));
    throw new Refused(404, 'not_found', `There is no ${method} ${path}.`);
  }

  #there<T extends { id: string }>(table: Table<T>, id: string): T {
    const row = table.get(id);
    if (!row) throw new Refused(404, 'not_found', `There is no ${table.name} ${id}.`);
    return row;
  }

  // ---- lists ----

  #wantedProjects(query: URLSearchParams): object[] {
    const keys = query.get('key')?.split(',');
    const found = keys ? keys.flatMap(key => this.#projectsOf(key)) : this.#projects.all();
    return since(found, query).map(project => this.#shown(project));
  }

  #wantedHours(query: URLSearchParams): object[] {
    const [ids, from] = [query.get('id')?.split(','), query.get('from')];
    const found = ids ? ids.flatMap(id => this.#hours.get(id) ?? []) : this.#hours.all();
    return since(found, query)
      .filter(({ day }) => from === null || day >= from)
      .map(hours => this.#booked(hours));
  }

  #page(rows: object[], query: URLSearchParams): VendorAnswer {
    const offset = Number(query.get('offset') ?? 0);
    return { status: 200, body: { items: rows.slice(offset, offset + MOST_A_PAGE), total: rows.length } };
  }

  #shown(project: Project): object {
    const minutesBooked = this.#hoursOn(project.id).reduce((sum, { minutes }) => sum + minutes, 0);
    return { ...project, minutesBooked, tasks: this.#tasksOn(project.id) };
  }

  #booked({ project, task, email, person, ...hours }: Hours): object {
    const [on, of] = [this.#projects.get(project)!, task === null ? undefined : this.#tasks.get(task)];
    return {
      ...hours,
      project: { id: on.id, key: on.key },
      task: of ? { id: of.id, key: of.key, role: of.role } : null,
      person: { email, name: person },
    };
  }

  // ---- writes ----

  #createProject(sent: Fields): VendorAnswer {
    this.#mustBeFree('project', this.#projectsOf(String(sent.key)));
    return this.#put('projects', this.#projects, { ...PROJECT, ...sent, id: this.#next(), updated: now() }, null);
  }

  #createTask(project: Project, sent: Fields): VendorAnswer {
    this.#mustBeFree('task', this.#tasksOf(String(sent.key)));
    this.#touch(project.id);
    return this.#put('tasks', this.#tasks, { ...TASK, ...sent, id: this.#next(), project: project.id }, null);
  }

  #book(sent: Fields): VendorAnswer {
    this.#there(this.#projects, String(sent.project));
    this.#touch(String(sent.project));
    return this.#put('hours', this.#hours, { ...HOURS, ...sent, id: this.#next(), updated: now() } as Hours, null);
  }

  #changeProject(project: Project, sent: Fields): VendorAnswer {
    return this.#put('projects', this.#projects, { ...project, ...sent, updated: now() }, project);
  }

  #changeTask(task: Task, sent: Fields): VendorAnswer {
    this.#touch(task.project);
    return this.#put('tasks', this.#tasks, { ...task, ...sent }, task);
  }

  #changeHours(hours: Hours, sent: Fields): VendorAnswer {
    return this.#put('hours', this.#hours, { ...hours, ...sent, updated: now() }, hours);
  }

  #removeProject(project: Project): VendorAnswer {
    for (const { id } of this.#hoursOn(project.id)) this.#hours.delete(id);
    for (const { id } of this.#tasksOn(project.id)) this.#tasks.delete(id);
    this.#projects.delete(project.id);
    return { status: 204 };
  }

  #removeHours({ id }: Hours): VendorAnswer {
    this.#hours.delete(id);
    return { status: 204 };
  }

  #mustBeFree(noun: string, [has]: { id: string; key: string | null }[]): void {
    if (has) throw new Refused(409, 'duplicate_key', `Another ${noun} has the key ${has.key}.`, has.id);
  }

  /** What is below it changed. */
  #touch(id: string): void {
    this.#projects.put({ ...this.#projects.get(id)!, updated: now() });
  }

  #put<T extends { id: string }>(type: string, table: Table<T>, after: T, before: T | null): VendorAnswer {
    table.put(after);
    const externalId = (after as { key?: string | null }).key ?? null;
    this.ledger.record({ operation: before ? 'update' : 'create', type, id: after.id, externalId, before, after });
    return { status: before ? 200 : 201, body: { id: after.id } };
  }

  #next(): string {
    return String(this.store.next('record', 100));
  }
}

const now = (): string => clockNow().toISOString();

/** With `since`, those that changed by then or later, in the order of their changes; without, in the order they were made in. */
function since<T extends { id: string; updated: string }>(rows: T[], query: URLSearchParams): T[] {
  const from = query.get('since');
  if (from === null) return rows.toSorted((a, b) => Number(a.id) - Number(b.id));
  return rows
    .filter(({ updated }) => Date.parse(updated) >= Date.parse(from))
    .sort((a, b) => Date.parse(a.updated) - Date.parse(b.updated) || Number(a.id) - Number(b.id));
}
