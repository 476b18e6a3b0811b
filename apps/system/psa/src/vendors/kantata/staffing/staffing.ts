import { hashOf, Problem, type Effect, type ExternalRef, type StaffingRequest } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import { ensureMade } from '#connector';
import { seatOf, type StaffingSeat } from '../../../projects/project-records.js';
import { staffingChanges } from '../../../staffing-requests/staffing-plan.rules.js';
import { inRounds, type Planned, type Tried } from '../../port/rounds.js';
import type { Staffing, StaffingRequestInPsa } from '../../port/staffing.port.js';
import { roleNameOf } from '../kantata-names.js';
import { changedMeanwhile, type BodyOf, type KantataWriter } from '../kantata-writer.js';
import { requestBody, requestRef, seatBody, seatRef } from './staffing.mapper.js';
import type { StaffingReader, StaffingThere } from './staffing-reader.js';

/**
 * Staffing requests: a seat with our reference, because a request can't have one, and the request
 * to fill it.
 */
export class KantataStaffing implements Staffing {
  constructor(
    private readonly writer: KantataWriter,
    private readonly reader: StaffingReader,
  ) {}

  async get(id: string): Promise<StaffingRequestInPsa | null> {
    const there = await this.reader.request(id);
    return there?.records.request ? { ...there.records.request, refs: this.refs(there) } : null;
  }

  changed(since: string | null): AsyncIterable<FeedPage<StaffingRequestInPsa>> {
    return this.reader.changed(since);
  }

  async *all(): AsyncIterable<SweepPage<StaffingRequestInPsa>> {
    for await (const { items, unreadable } of this.changed(null)) yield { items, unreadable };
  }

  async plan(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>> {
    const there = await this.reader.request(desired.id);
    const effectsOf = (current: StaffingThere | null) =>
      staffingChanges(desired, current && current.records).map(change => this.writer.effect(change));
    const effects = effectsOf(there);
    const { names } = this.writer;
    const written = (wanted: string, body: BodyOf) =>
      effects.some(({ noun, operation }) => noun === wanted && operation !== 'archive') ? body : () => ({});
    await this.writer.refuseUnfit({
      seat: written('staffing-resource', ids => seatBody(seatOf(desired), '0', names, ids)),
      request: written('staffing-request', ids => requestBody(desired, '0', names, ids)),
    });
    const attempt = (planned: Planned<StaffingThere>) => this.#apply(desired, planned);
    return { effects, apply: () => inRounds({ there, effects }, effectsOf, attempt, () => changedMeanwhile(`Staffing request ${desired.id}`)) };
  }

  async #apply({ id }: StaffingRequest, { there, effects }: Planned<StaffingThere>): Promise<Tried<StaffingThere, StaffingRequestInPsa>> {
    const done: Effect[] = [];
    let seatId = there?.seatId;
    let requestId = there?.requestId;
    if (there) this.reader.knowSeat(there.seatId, there.seatSince);
    let asPlanned = true;
    for (const effect of effects) {
      if (!asPlanned) break;
      if (effect.noun === 'staffing-resource') {
        const seat = await this.#applySeat(effect, seatId);
        asPlanned = effect.operation === 'update' || seat.made;
        seatId = seat.id;
      } else if (effect.operation === 'archive') await this.#cancel(requestId!, effect);
      else {
        const raised = await this.#raise(effect, seatId!, requestId);
        asPlanned = raised.made;
        requestId = raised.id;
      }
      if (asPlanned) done.push(effect);
    }
    if (asPlanned) return this.#outcome({ seatId, requestId }, there, done);
    return { done, now: () => this.reader.request(id) };
  }

  /** The seat goes on the project's one workspace, and on no other. */
  async #applySeat({ operation, externalId, after }: Effect, seatId: string | undefined): Promise<{ id: string; made: boolean }> {
    const seat = after as unknown as StaffingSeat;
    if (operation === 'update') {
      const body = await this.writer.body(ids => ({ role_id: Number(ids.role(roleNameOf(seat.role, this.writer.names))) }));
      await this.writer.write(`seat:${externalId}`, body, sent => this.reader.calls.updateSeat(seatId!, sent));
      return { id: seatId!, made: false };
    }
    const known = this.writer.inUse.get(seat.projectId);
    if (known === undefined) return this.#makeSeat(seat, await this.writer.workspaceInUse(seat.projectId));
    try {
      return await this.#makeSeat(seat, known);
    } catch (error) {
      if (!(error instanceof Problem) || error.retryable) throw error;
      // Refused: that workspace may be gone by now. Look, and ask once more.
      return this.#makeSeat(seat, await this.writer.workspaceInUse(seat.projectId));
    }
  }

  #makeSeat(seat: StaffingSeat, workspaceId: string): Promise<{ id: string; made: boolean }> {
    return ensureMade(this.writer.once, 'seat', seat.id, hashOf(seat), async () => {
      const body = await this.writer.body(ids => seatBody(seat, workspaceId, this.writer.names, ids));
      return this.#createSeat(body);
    });
  }

  async #createSeat(body: Record<string, unknown>): Promise<string> {
    const { id, created_at } = await this.reader.calls.createSeat(body);
    this.reader.knowSeat(id, created_at);
    return id;
  }

  /** `previous` is the request that was answered before, if any: the new one follows it. */
  #raise({ after }: Effect, seatId: string, previous = '0'): Promise<{ id: string; made: boolean }> {
    const request = after as unknown as StaffingRequest;
    return ensureMade(this.writer.once, 'request', `${seatId}/${previous}`, hashOf(request), async () => {
      const body = await this.writer.body(ids => requestBody(request, seatId, this.writer.names, ids));
      return this.reader.calls.createRequest(body);
    });
  }

  async #cancel(requestId: string, { externalId }: Effect): Promise<void> {
    await this.writer.write(`request:${externalId}`, { cancel: requestId }, () => this.reader.calls.cancelRequest(requestId));
  }

  #outcome(
    { seatId, requestId }: { seatId?: string; requestId?: string },
    there: StaffingThere | null,
    done: Effect[],
  ): Tried<StaffingThere, StaffingRequestInPsa> {
    const refs = this.refs({ seatId, requestId });
    const last = done.findLast(({ noun }) => noun === 'staffing-request')?.after as StaffingRequest | undefined;
    const request = last ?? there?.records.request ?? null;
    return { done, refs, state: request && { ...request, refs } };
  }

  refs({ seatId, requestId }: { seatId?: string; requestId?: string }): ExternalRef[] {
    return [...(seatId ? [seatRef(seatId, this.writer.names)] : []), ...(requestId ? [requestRef(requestId, this.writer.names)] : [])];
  }
}
