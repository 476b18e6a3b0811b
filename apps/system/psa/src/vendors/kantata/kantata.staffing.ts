import { hashOf, Problem, type Effect, type ExternalRef, type StaffingRequest } from '#canonical';
import type { FeedPage, Outcome, Plan, SweepPage } from '#capture';
import { Recent } from '#connector';
import { seatOf, type StaffingSeat } from '../../projects/project-records.js';
import { staffingChanges } from '../../staffing-requests/staffing-plan.rules.js';
import type { Staffing, StaffingRequestInPsa } from '../port/staffing.port.js';
import { every } from './kantata.calls.js';
import { requestBody, requestRef, roleNameOf, seatBody, seatRef } from './kantata.mapper.js';
import type { StaffingThere } from './kantata.reader.js';
import type { KantataRequest } from './kantata.wire.js';
import { changedMeanwhile, Making, ROUNDS, type BodyOf, type KantataWriter } from './kantata.writer.js';

/** Staffing requests: a seat that bears our reference, because a request can't, and the request to fill it. */
export class KantataStaffing implements Staffing {
  /** Seat -> when it was made, of those we made or read. */
  readonly #seatSince = new Recent<string>();

  constructor(private readonly writer: KantataWriter) {}

  async get(id: string): Promise<StaffingRequestInPsa | null> {
    const there = await this.writer.reader.staffing(id);
    return there?.records.request ? { ...there.records.request, refs: this.refs(there) } : null;
  }

  changed(since: string | null): AsyncIterable<FeedPage<StaffingRequestInPsa>> {
    return this.writer.reader.staffingChanged(since);
  }

  async *all(): AsyncIterable<SweepPage<StaffingRequestInPsa>> {
    for await (const { items, unreadable } of this.changed(null)) yield { items, unreadable };
  }

  async plan(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>> {
    const there = await this.writer.reader.staffing(desired.id);
    const effects = this.#effects(desired, there);
    const { names } = this.writer;
    const written = (wanted: string, body: BodyOf) =>
      effects.some(({ noun, operation }) => noun === wanted && operation !== 'archive') ? body : () => ({});
    await this.writer.refuseUnfit({
      seat: written('staffing-resource', ids => seatBody(seatOf(desired), '0', names, ids)),
      request: written('staffing-request', ids => requestBody(desired, '0', names, ids)),
    });
    return { effects, apply: () => this.#apply(desired, there, effects, ROUNDS) };
  }

  #effects(desired: StaffingRequest, there: StaffingThere | null): Effect[] {
    return staffingChanges(desired, there && there.records).map(change => this.writer.effect(change));
  }

  async #apply(desired: StaffingRequest, there: StaffingThere | null, effects: Effect[], rounds: number): Promise<Outcome<StaffingRequestInPsa>> {
    const done: Effect[] = [];
    let seatId = there?.seatId;
    let requestId = there?.requestId;
    if (there) this.#seatSince.set(there.seatId, there.seatSince);
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
    if (rounds === 0) throw changedMeanwhile(`Staffing request ${desired.id}`);
    const now = await this.writer.reader.staffing(desired.id);
    const rest = await this.#apply(desired, now, this.#effects(desired, now), rounds - 1);
    return { ...rest, effects: [...done, ...rest.effects] };
  }

  /** The seat goes on the project's one workspace, and on no other. */
  async #applySeat({ operation, externalId, after }: Effect, seatId: string | undefined): Promise<{ id: string; made: boolean }> {
    const seat = after as unknown as StaffingSeat;
    if (operation === 'update') {
      const body = await this.writer.body(ids => ({ role_id: Number(ids.role(roleNameOf(seat.role, this.writer.names))) }));
      await this.writer.write(`seat:${externalId}`, body, sent => this.writer.client.updateSeat(seatId!, sent));
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

  async #makeSeat(seat: StaffingSeat, workspaceId: string): Promise<{ id: string; made: boolean }> {
    const making = new Making();
    const found = await this.writer.once.ensure('seat', seat.id, hashOf(seat), async () => {
      const body = await this.writer.body(ids => seatBody(seat, workspaceId, this.writer.names, ids));
      return making.by(this.#createSeat(body));
    });
    return making.outcome(found);
  }

  async #createSeat(body: Record<string, unknown>): Promise<string> {
    const { id, created_at } = await this.writer.client.createSeat(body);
    this.#seatSince.set(id, created_at);
    return id;
  }

  /** `previous` is the request that was answered before, if any: this one comes after it and is another. */
  async #raise({ after }: Effect, seatId: string, previous = '0'): Promise<{ id: string; made: boolean }> {
    const request = after as unknown as StaffingRequest;
    const making = new Making();
    const found = await this.writer.once.ensure('request', `${seatId}/${previous}`, hashOf(request), async () => {
      const body = await this.writer.body(ids => requestBody(request, seatId, this.writer.names, ids));
      return making.by(this.writer.client.createRequest(body));
    });
    return making.outcome(found);
  }

  async #cancel(requestId: string, { externalId }: Effect): Promise<void> {
    await this.writer.write(`request:${externalId}`, { cancel: requestId }, () => this.writer.client.cancelRequest(requestId));
  }

  #outcome(
    { seatId, requestId }: { seatId?: string; requestId?: string },
    there: StaffingThere | null,
    effects: Effect[],
  ): Outcome<StaffingRequestInPsa> {
    const refs = this.refs({ seatId, requestId });
    const last = effects.findLast(({ noun }) => noun === 'staffing-request')?.after as StaffingRequest | undefined;
    const request = last ?? there?.records.request ?? null;
    return { effects, refs, state: request && { ...request, refs } };
  }

  refs({ seatId, requestId }: { seatId?: string; requestId?: string }): ExternalRef[] {
    return [...(seatId ? [seatRef(seatId, this.writer.names)] : []), ...(requestId ? [requestRef(requestId, this.writer.names)] : [])];
  }

  /** The seat's requests, of whatever status. */
  async requestsOn(seatId: string): Promise<KantataRequest[]> {
    const since = this.#seatSince.get(seatId) ?? every('workspace_resources', await this.writer.client.seats([seatId]))[0]?.created_at;
    if (since === undefined) return []; // the seat is gone, and its requests with it
    this.#seatSince.set(seatId, since);
    return this.writer.client.requestsOf({ id: seatId, created_at: since });
  }
}
