import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#testing';
import { createFirm, type FirmOptions } from '../firm/create-firm.js';
import type { Firm } from '../firm/firm.js';
import { Faults, Ledger, Store, VendorServer } from '../kit/index.js';
import { createKantata, type KantataOptions } from './index.js';

// An answer's body, read field by field as the test expects it.
export type Body = any;

export interface Answer {
  status: number;
  body: Body;
}

/** A Kantata account over HTTP, with a firm of its own. */
export class RunningAccount {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kantata-'));
  readonly firm: Firm;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly #server: VendorServer;
  #base = '';

  constructor(options: Partial<KantataOptions> = {}, firm: FirmOptions = {}) {
    this.firm = createFirm(firm);
    this.store = new Store(join(this.#folder, 'kantata.sqlite'));
    this.ledger = new Ledger(this.store);
    this.#server = new VendorServer(createKantata(this.store, this.ledger, this.firm, { token: 't0k3n', account: '7001', ...options }), new Faults());
  }

  async start(): Promise<this> {
    this.#base = await this.#server.listen(0);
    return this;
  }

  async stop(): Promise<void> {
    await this.#server.close();
    this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${this.#base}/api/v1/${path}`, {
      method,
      headers: { authorization: 'Bearer t0k3n', 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  }

  async get(path: string): Promise<Body> {
    return (await this.call('GET', path)).body;
  }

  /** A write that must be taken; answers the record. */
  async made(method: string, path: string, body: unknown): Promise<Body> {
    const { status, body: answer } = await this.call(method, path, body);
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    const [{ key, id }] = answer.results;
    return answer[key][id];
  }

  /** One record as it is read, with what `include` adds. */
  async read(plural: string, id: string, include = ''): Promise<Body> {
    return (await this.get(`${plural}/${id}?include=${include}`))[plural][id];
  }

  // ---- people at work ----

  /** The first of the firm's projects, by number, with somebody of its team. */
  async seat(number = 'P-9003'): Promise<{ workspaceId: number; userId: number }> {
    const project = this.firm.projects.find(one => one.number === number)!;
    const found = await this.get(
      `workspaces?external_reference_service_name=throughline&external_reference_service_model=project&external_reference_service_model_refs=${project.id}`,
    );
    const workspaceId = Number(found.results[0].id);
    const seats = await this.get(`workspace_resources?workspace_id=${workspaceId}&include=user`);
    return { workspaceId, userId: Number(Object.values<Body>(seats.workspace_resources)[0]?.user_id) };
  }

  async book(fields: object = {}): Promise<Body> {
    const { workspaceId, userId } = await this.seat();
    const time_entry = { workspace_id: workspaceId, user_id: userId, date_performed: '2026-10-20', time_in_minutes: 90, ...fields };
    return this.made('POST', 'time_entries', { time_entry });
  }

  async submit(lines: Body[], fields: object = {}): Promise<Body> {
    const { workspaceId } = await this.seat();
    const timesheet_submission = { title: 'Week', workspace_id: workspaceId, line_item_ids: lines.map(({ id }) => Number(id)), ...fields };
    return this.made('POST', 'timesheet_submissions', { timesheet_submission });
  }

  /** At a later millisecond than the submission's last change, so that its time shows the order. */
  async resolve(submission: Body, verb: 'approve' | 'reject' | 'cancel', plural = 'timesheet_submissions'): Promise<Answer> {
    await eventually(() => Date.now() > Date.parse(submission.updated_at));
    return this.call('PUT', `${plural}/${submission.id}/${verb}`, { resolution: { description: `to ${verb}` } });
  }

  /** An entry in an approved timesheet of its own. */
  async approved(fields: object = {}): Promise<{ entry: Body; submission: Body }> {
    const entry = await this.book(fields);
    const submission = await this.submit([entry]);
    await this.resolve(submission, 'approve');
    return { entry: await this.read('time_entries', entry.id), submission: await this.read('timesheet_submissions', submission.id) };
  }

  /** What the feed has shown since then, as `type id`, oldest first. */
  async notices(types: string): Promise<string[]> {
    const { results, subscribed_events } = await this.get(`subscribed_events?order=created_at:asc&per_page=200&event_types=${types}`);
    return results.map(({ id }: Body) => `${subscribed_events[id].event_type} ${subscribed_events[id].subject_id}`);
  }
}
