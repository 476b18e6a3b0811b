import { mintId, RecordFault } from '#canonical';
import { chunksOf, Recent } from '#connector';
import type { KantataApi } from './kantata.api.js';
import type { KantataReference, Rows } from './kantata-envelope.js';
import type { KantataNames } from './kantata-names.js';
import { isRetired, ourId, referenceOf } from './kantata.references.js';
import { projectIdOfWorkspace } from './projects/projects.mapper.js';

/** The project and task that a line is on, by our own ids. */
export interface Place {
  projectId: string;
  taskId?: string;
}

interface Referenced {
  id: string;
  external_references: KantataReference[];
}

/** The project and task that a line of the page is on. */
export interface Placed {
  workspace_id: string | number;
  story_id?: string | null;
}

/** Our id, or why the record with it can't be read. */
type PlaceCache = Map<string, string | RecordFault>;

const AT_ONCE = 200;

/**
 * Maps Kantata's projects and tasks to ours by their references: read for many at a time and
 * cached, never one call per line.
 */
export class KantataPlaces {
  #projects = new Recent<string>();
  #tasks = new Recent<string>();

  constructor(
    private readonly api: KantataApi,
    private readonly names: KantataNames,
  ) {}

  /**
   * The place of each row, in order. Each function throws the fault of its project or task when
   * called.
   */
  async of(rows: Placed[]): Promise<(() => Place)[]> {
    const [workspaceIds, storyIds] = [rows.map(row => String(row.workspace_id)), rows.flatMap(({ story_id: id }) => (id ? [id] : []))];
    const projects = await this.#projects.all(workspaceIds, AT_ONCE, ids => this.#workspaces(ids));
    const tasks = await this.#tasks.all(storyIds, AT_ONCE, ids => this.#stories(ids));
    return rows.map(({ workspace_id, story_id }) => () => ({
      projectId: told(projects.get(String(workspace_id))!),
      ...(story_id ? { taskId: told(tasks.get(story_id)!) } : {}),
    }));
  }

  /** A reference that was given to a record later is seen then. */
  forget(): void {
    this.#projects = new Recent();
    this.#tasks = new Recent();
  }

  /** Every existing project, including archived ones. */
  async projects(): Promise<Set<string>> {
    const query = { include_archived: true, include: 'external_references' };
    const found = new Set<string>();
    for await (const { rows } of this.api.pages<Referenced>('read-workspace-references', 'workspaces', query, {}))
      for (const row of rows) found.add(this.#projectOf(row));
    return found;
  }

  /** Of these workspaces, those that no longer exist, not even archived. */
  async deleted(ids: string[]): Promise<Set<string>> {
    const gone = new Set(ids);
    for (const some of chunksOf([...gone], AT_ONCE)) {
      const query = { only: some.join(','), include_archived: true };
      const { rows, unfit } = await this.api.page<Referenced>('read-workspaces', 'workspaces', query, {});
      for (const { id } of [...rows, ...unfit]) if (id !== undefined) gone.delete(id);
    }
    return gone;
  }

  async #workspaces(ids: string[]): Promise<PlaceCache> {
    const query = { only: ids.join(','), include_archived: true, include: 'external_references' };
    const page = await this.api.page<Referenced>('read-workspace-references', 'workspaces', query, {});
    const found = foundOn('workspaces', page, row => this.#projectOf(row));
    return new Map(ids.map(id => [id, found.get(id) ?? projectIdOfWorkspace({ id, external_references: [] }, this.names)]));
  }

  /** Work on a retired duplicate counts as work on the project that it duplicated. */
  #projectOf(row: Referenced): string {
    const { external_references: refs } = row;
    return isRetired(refs) ? referenceOf(refs)!.service_model_ref : projectIdOfWorkspace(row, this.names);
  }

  async #stories(ids: string[]): Promise<PlaceCache> {
    const query = {
      only: ids.join(','),
      show_archived: true,
      show_deleted: true,
      show_from_archived_workspaces: true,
      include: 'external_references',
    };
    const page = await this.api.page<Referenced>('read-story-references', 'stories', query, {});
    const found = foundOn('stories', page, row => ourId(row.external_references, 'task'));
    return new Map(ids.map(id => [id, found.get(id) ?? mintId('task', 'kantata', this.names.account, id)]));
  }
}

function told(id: string | RecordFault): string {
  if (id instanceof RecordFault) throw id;
  return id;
}

const foundOn = <T>(plural: string, { rows, unfit }: Rows<Referenced>, idOf: (row: Referenced) => T): Map<string, T | RecordFault> =>
  new Map<string, T | RecordFault>([
    ...rows.map(row => [row.id, idOf(row)] as const),
    ...unfit.flatMap(({ id, error }) => (id === undefined ? [] : [[id, error.within(`${plural} ${id}`)] as const])),
  ]);
