import type { RecordFault, StaffingRequest } from '#canonical';
import { Readable, type FeedPage, type SweepPage, type Unreadable } from '#capture';
import { chunksOf, Recent, type VendorRecord, type FoundOfSet, type OnceKind } from '#connector';
import type { StaffingRecords } from '../../../projects/project-records.js';
import type { StaffingRequestInPsa } from '../../port/staffing.port.js';
import { byId, every, oldest, unreadableOf, type KantataApi } from '../kantata.api.js';
import type { Rows } from '../kantata-envelope.js';
import type { KantataNames } from '../kantata-names.js';
import { isRetired } from '../kantata.references.js';
import type { ProjectReader } from '../projects/project-reader.js';
import { requestRef, seatOfResource, seatRef, staffingIdOf, staffingRequestOf } from './staffing.mapper.js';
import { StaffingCalls, type KantataRequest, type KantataSeat } from './staffing.wire.js';

export interface StaffingThere {
  seatId: string;
  /** When the seat was made; its requests are younger. */
  seatSince: string;
  requestId?: string;
  records: StaffingRecords;
}

/** Without news the cursor follows the clock at this distance, which covers clocks that differ. */
const CLOCK_MARGIN_MS = 600_000;
const CHUNK = 100;

/** Reads seats with their requests as canonical staffing requests. */
export class StaffingReader {
  readonly calls: StaffingCalls;
  /** Seat -> when it was made, of those we made or read. */
  readonly #seatSince = new Recent<string>();

  constructor(
    private readonly api: KantataApi,
    private readonly names: KantataNames,
    private readonly projects: ProjectReader,
  ) {
    this.calls = new StaffingCalls(api);
  }

  async request(id: string): Promise<StaffingThere | null> {
    const seat = oldest(await this.calls.seatsOf(id));
    if (!seat) return null;
    const projectId = (await this.projects.projectIdsOf([String(seat.workspace_id)])).get(String(seat.workspace_id)) ?? '';
    const request = current(await this.calls.requestsOf(seat));
    const records = {
      seat: seatOfResource(seat, projectId, this.names),
      request: request ? staffingRequestOf({ ...request, resource: seat }, projectId, this.names) : null,
    };
    return { seatId: seat.id, seatSince: seat.created_at, requestId: request?.id, records };
  }

  knowSeat(seatId: string, since: string): void {
    this.#seatSince.set(seatId, since);
  }

  /** The seat's requests, in any status. */
  async requestsOn(seatId: string): Promise<KantataRequest[]> {
    const since = this.#seatSince.get(seatId) ?? every('workspace_resources', await this.calls.seats([seatId]))[0]?.created_at;
    if (since === undefined) return []; // the seat is gone, and its requests with it
    this.#seatSince.set(seatId, since);
    return this.calls.requestsOf({ id: seatId, created_at: since });
  }

  async *changed(since: string | null): AsyncGenerator<FeedPage<StaffingRequestInPsa>> {
    const requests = new Map<string, KantataRequest[]>();
    /** Seat -> why one of its requests can't be read. */
    const faults = new Map<string, RecordFault>();
    const lost: Unreadable[] = [];
    let newest = since ?? '';
    for await (const { rows, unfit } of this.calls.requestsChanged(since)) {
      for (const one of unfit) {
        const { resource } = one.row;
        if (!resource) lost.push(unreadableOf(one, () => undefined));
        else {
          faults.set(resource.id, one.error.within(`resource_requests ${one.id}`));
          requests.set(resource.id, requests.get(resource.id) ?? []);
        }
      }
      for (const request of rows) {
        if (!request.resource) continue; // its seat was deleted
        newest = later(newest, request.updated_at);
        requests.set(request.resource.id, [...(requests.get(request.resource.id) ?? []), request]);
      }
    }
    const cursor = later(newest, new Date(this.api.now() - CLOCK_MARGIN_MS).toISOString());
    const seatIds = [...requests.keys()];
    for (const ids of chunksOf(seatIds, CHUNK)) {
      const seats = await this.calls.seats(ids);
      yield { ...(await this.#requestsOn(seats, requests, faults)), cursor: null };
    }
    yield { items: [], unreadable: lost, cursor };
  }

  async #requestsOn(
    { rows, unfit }: Rows<KantataSeat>,
    requests: Map<string, KantataRequest[]>,
    faults: Map<string, RecordFault>,
  ): Promise<SweepPage<StaffingRequestInPsa>> {
    const seats = rows.filter(({ external_references: refs }) => !isRetired(refs));
    const projectIds = await this.projects.projectIdsOf(seats.map(seat => String(seat.workspace_id)));
    const page = new Readable<StaffingRequestInPsa>();
    for (const seat of seats) {
      const projectId = projectIds.get(String(seat.workspace_id));
      const request = current(requests.get(seat.id) ?? []);
      const fault = faults.get(seat.id);
      if (!projectId || (!request && !fault)) continue;
      await page.take({ id: staffingIdOf(seat, this.names), nativeId: seat.id }, () => {
        if (fault || !request) throw fault;
        const state: StaffingRequest = staffingRequestOf({ ...request, resource: seat }, projectId, this.names);
        return [{ ...state, refs: [seatRef(seat.id, this.names), requestRef(request.id, this.names)] }];
      });
    }
    for (const one of unfit)
      if (!isRetired(one.row.external_references ?? []))
        page.unreadable.push(
          unreadableOf(one, (id, { external_references: refs }) => refs && staffingIdOf({ id, external_references: refs }, this.names)),
        );
    return page;
  }

  /** How a seat, and the request to fill it, is made once. */
  kinds(): OnceKind[] {
    const { calls } = this;
    return [
      {
        kind: 'seat',
        means: 'look-up',
        find: async (key: string): Promise<VendorRecord[]> => (await calls.seatsOf(key)).map(({ id }) => ({ id })),
        retire: (found: VendorRecord) => calls.retireSeat(found.id, (found as FoundOfSet).key),
      },
      {
        kind: 'request',
        means: 'look-up',
        find: async (key: string): Promise<VendorRecord[]> => {
          const [seatId, previous] = key.split('/');
          const requests = await this.requestsOn(seatId);
          return requests.filter(request => Number(request.id) > Number(previous) && isOpen(request)).map(({ id }) => ({ id }));
        },
        retire: (found: VendorRecord) => calls.cancelRequest(found.id),
      },
    ];
  }
}

/** Those that are answered, cancelled or rejected, are done with. */
const isOpen = ({ status }: KantataRequest): boolean => status === 'new' || status === 'approved';
const later = (a: string, b: string): string => (a === '' || Date.parse(b) > Date.parse(a) ? b : a);

/** The last open request of a seat, else the last one. */
function current(requests: KantataRequest[]): KantataRequest | undefined {
  const inOrder = requests.toSorted(byId);
  return inOrder.findLast(isOpen) ?? inOrder.at(-1);
}
