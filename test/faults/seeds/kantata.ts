import type { SandboxEndpoints } from '../../../apps/sandbox/src/sandboxes.js';

/** An answer of the PSA: rows of several resources by id, in the order of `results`. */
export interface Answer {
  results: { key: string; id: string }[];
  meta: { page_count: number };
  [resource: string]: unknown;
}

export type Row = Record<string, unknown> & { id: string };

/** A row of the answer, by its resource and id. */
export const rowIn = (answer: Answer, resource: string, id: string): Row => (answer[resource] as Record<string, Row>)[id];

/** The PSA as its people use it: over its REST API. */
export class Kantata {
  constructor(private readonly endpoint: SandboxEndpoints['kantata']) {}

  /** Throws unless the answer is one of success. A deletion answers nothing. */
  async call(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${this.endpoint.baseUrl}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.endpoint.accessToken}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new KantataRefusal(answer.status, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text || '{}') as Answer;
  }

  /** All rows of a list, with what it includes. */
  async *rows(path: string): AsyncGenerator<{ row: Row; page: Answer }> {
    for (let number = 1; ; number++) {
      const page = await this.call('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=200&page=${number}`);
      for (const { key, id } of page.results) yield { row: rowIn(page, key, id), page };
      if (number >= page.meta.page_count) return;
    }
  }

  /** Workspace -> our project id, user -> e-mail, role -> name. */
  async directory(): Promise<{ projects: Map<string, string>; users: Map<string, string>; roles: Map<string, string> }> {
    const [projects, users, roles] = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
    for await (const { row, page } of this.rows('workspaces?include=external_references&include_archived=true')) {
      const references = (row.external_reference_ids as string[]).map(id => rowIn(page, 'external_references', id));
      const ours = references.find(one => one.service_name === 'throughline');
      if (ours) projects.set(row.id, String(ours.service_model_ref));
    }
    for await (const { row } of this.rows('users?on_my_account=true')) users.set(row.id, String(row.email_address));
    for await (const { row } of this.rows('roles')) roles.set(row.id, String(row.name));
    return { projects, users, roles };
  }
}

export class KantataRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
