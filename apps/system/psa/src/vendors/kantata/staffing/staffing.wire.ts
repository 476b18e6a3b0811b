import type { Shape } from '#canonical';
import type { Body, KantataApi, Page } from '../kantata.api.js';
import { NO_ROWS, type KantataCarrier, type Rows } from '../kantata-envelope.js';
import { byReference, retiredReference } from '../kantata.references.js';

export interface KantataSeat extends KantataCarrier {
  workspace_id: number | string;
  role_name: string | null;
}

export interface KantataRequest {
  id: string;
  status: 'new' | 'approved' | 'rejected' | 'cancelled';
  created_at: string;
  updated_at: string;
  /** The seat it asks to fill, side-loaded. */
  resource: KantataSeat;
}

const SEAT: Shape<KantataSeat> = { workspace_id: 'id', created_at: 'instant', role_name: 'text?' };
const REQUEST: Shape<KantataRequest> = { status: 'text', created_at: 'instant' };
const EVERY_SEAT = { include_unnamed: true, include: 'custom_field_values,external_references' };

/** Which call, which path, which parameters. Answers records as they came, checked. */
export class StaffingCalls {
  constructor(private readonly api: KantataApi) {}

  async seatsOf(staffingId: string): Promise<KantataSeat[]> {
    return this.api.all('find-seat', 'workspace_resources', { ...byReference('staffing-request', [staffingId]), ...EVERY_SEAT }, SEAT);
  }

  async seats(ids: string[]): Promise<Rows<KantataSeat>> {
    if (ids.length === 0) return NO_ROWS;
    return this.api.page<KantataSeat>('read-seats', 'workspace_resources', { only: ids.join(','), ...EVERY_SEAT }, SEAT);
  }

  async createSeat(seat: Body): Promise<Pick<KantataSeat, 'id' | 'created_at'>> {
    return this.api.created<KantataSeat>('create-seat', 'workspace_resources', { workspace_resource: seat });
  }

  async updateSeat(id: string, seat: Body): Promise<void> {
    await this.api.put('update-seat', `workspace_resources/${id}`, { workspace_resource: seat });
  }

  /**
   * A duplicate seat has no person and no request, so it is deleted. Its reference is removed
   * first, in case the deletion is refused.
   */
  async retireSeat(id: string, staffingId: string): Promise<void> {
    const external_reference = { subject_type: 'WorkspaceResource', subject_id: Number(id), ...retiredReference('staffing-request', staffingId) };
    await this.api.send({
      operation: 'retire-seat',
      kind: 'write',
      method: 'POST',
      path: '/api/v1/external_references/create_or_update',
      body: { external_reference },
      accept: [200, 404, 422],
    });
    await this.api.send({
      operation: 'delete-seat',
      kind: 'write',
      method: 'DELETE',
      path: `/api/v1/workspace_resources/${id}`,
      accept: [200, 204, 404, 422],
    });
  }

  /** Requests know no filter by seat and no reference of ours; none is older than its seat. */
  async requestsOf(seat: Pick<KantataSeat, 'id' | 'created_at'>): Promise<KantataRequest[]> {
    const query = { created_after: new Date(Date.parse(seat.created_at) - 1000).toISOString(), include: 'resource' };
    const rows = await this.api.all<KantataRequest>('find-requests', 'resource_requests', query, REQUEST);
    return rows.filter(row => row.resource?.id === seat.id);
  }

  requestsChanged(since: string | null): AsyncIterable<Page<KantataRequest>> {
    const query = { include: 'resource', ...(since === null ? {} : { updated_after: since }) };
    return this.api.pages<KantataRequest>('read-requests', 'resource_requests', query, { ...REQUEST, updated_at: 'instant' });
  }

  async createRequest(request: Body): Promise<string> {
    return this.api.made('create-request', 'resource_requests', { resource_request: request });
  }

  async cancelRequest(id: string): Promise<void> {
    await this.api.put('cancel-request', `resource_requests/${id}`, { resource_request: { request_resolution_status: 'cancel' } });
  }
}
