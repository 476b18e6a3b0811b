import type { Assignment } from '#canonical';
import { SeenChanges } from '#connector';
import { Readable, type SweepPage } from '#capture';
import type { LinePage, Reach } from '../psa-vendor.js';
import type { KantataCalls, Page, Query } from './kantata.calls.js';
import { assignmentsOf, openAssignmentId } from './kantata.line.mapper.js';
import type { KantataNames } from './kantata.mapper.js';
import type { KantataPlaces } from './kantata.places.js';
import type { KantataAllocation, KantataMember } from './kantata.wire.js';

const SETTLED_MS = 2_000;
const CLOCK_MARGIN_MS = 600_000;
const AT_ONCE = 200;

/**
 * Who may book where and when: the members of the projects' teams with their scheduled hours. Allocations can't be asked for by member, so
 * all of them are read when a member changed, which is seldom; and what is deleted is for the sweep to find.
 */
export class KantataTeams {
  readonly #handled = new SeenChanges(SETTLED_MS);

  constructor(
    private readonly calls: KantataCalls,
    private readonly places: KantataPlaces,
    private readonly names: KantataNames,
  ) {}

  async *changed(since: string | null, { overlapMs }: Pick<Reach, 'overlapMs'>): AsyncGenerator<LinePage<Assignment>> {
    const from = since === null ? null : new Date(Date.parse(since) - overlapMs).toISOString();
    const query = from === null ? {} : { updated_after: from };
    const first = await this.#members('read-changed-members', { ...query, per_page: 1 });
    const now = first.now ?? this.calls.now() - CLOCK_MARGIN_MS;
    const cursor = new Date(since === null ? now : Math.max(now, Date.parse(since))).toISOString();
    if (from === null) {
      for await (const page of this.all()) yield { ...page, cursor: null };
      return yield { items: [], cursor };
    }
    const members = first.count === 0 ? [] : this.#fresh('member', await this.#allMembers('read-changed-members', query));
    const allocations = this.#fresh('allocation', await this.#allocations('read-changed-allocations', query));
    yield { ...(await this.#touched(members, allocations)), cursor };
    this.#handled.forgetBefore(Date.parse(from));
    this.#handled.note([...members.map(keyed('member')), ...allocations.map(keyed('allocation'))], now);
  }

  async *all(): AsyncGenerator<SweepPage<Assignment>> {
    const byMember = Map.groupBy(await this.#allocations('sweep-allocations', {}), memberOf);
    const members = await this.#allMembers('sweep-members', {});
    for (let at = 0; at < members.length; at += AT_ONCE)
      yield await this.#mapped(members.slice(at, at + AT_ONCE), ({ id }) => byMember.get(id) ?? []);
  }

  /** A member's change concerns all that they have; an allocation's only itself, and ends the open assignment that was before it. */
  async #touched(members: KantataMember[], allocations: KantataAllocation[]): Promise<Omit<LinePage<Assignment>, 'cursor'>> {
    const known = new Set(members.map(({ id }) => id));
    const others = [...new Set(allocations.map(memberOf))].filter(id => !known.has(id));
    const everything = members.length > 0 ? Map.groupBy(await this.#allocations('read-allocations', {}), memberOf) : new Map<string, never[]>();
    const touched = Map.groupBy(allocations, memberOf);
    const whole = await this.#mapped(members, ({ id }) => everything.get(id) ?? []);
    const part = await this.#mapped(await this.#membersOf(others), ({ id }) => touched.get(id) ?? []);
    const allocated = [...others, ...members.map(({ id }) => id).filter(id => everything.has(id))];
    const unreadable = [...whole.unreadable, ...part.unreadable];
    return { items: [...whole.items, ...part.items], unreadable, gone: allocated.map(id => openAssignmentId(id, this.names)) };
  }

  /** A role that nobody fills is nobody's assignment. */
  async #mapped(members: KantataMember[], allocationsOf: (member: KantataMember) => KantataAllocation[]): Promise<Readable<Assignment>> {
    const named = members.filter(({ user }) => user);
    const places = await this.places.of(named);
    const page = new Readable<Assignment>();
    for (const [i, member] of named.entries())
      await page.take({ id: openAssignmentId(member.id, this.names), nativeId: member.id }, () =>
        assignmentsOf(member, allocationsOf(member), places[i].projectId, this.names),
      );
    return page;
  }

  async #membersOf(ids: string[]): Promise<KantataMember[]> {
    const members: KantataMember[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE)
      members.push(...(await this.#members('read-members', { only: ids.slice(at, at + AT_ONCE).join(',') })).rows);
    return members;
  }

  #members(operation: string, query: Query): Promise<Page<KantataMember>> {
    const associations = { user: 'users' };
    return this.calls.page<KantataMember>(operation, 'workspace_resources', { ...query, include: 'user,role' }, ['workspace_id'], { associations });
  }

  async #allMembers(operation: string, query: Query): Promise<KantataMember[]> {
    const associations = { user: 'users' };
    const asked = { ...query, include: 'user,role', order: 'created_at:asc' };
    return this.calls.all<KantataMember>(operation, 'workspace_resources', asked, ['workspace_id', 'updated_at'], { associations });
  }

  #allocations(operation: string, query: Query): Promise<KantataAllocation[]> {
    return this.calls.all(operation, 'workspace_allocations', { ...query, order: 'created_at:asc' }, ['workspace_resource_id', 'updated_at']);
  }

  #fresh<R extends { id: string; updated_at: string }>(what: string, rows: R[]): R[] {
    return rows.filter(row => !this.#handled.has(keyed(what)(row).key));
  }
}

const memberOf = ({ workspace_resource_id: id }: KantataAllocation): string => String(id);
const keyed =
  (what: string) =>
  ({ id, updated_at }: { id: string; updated_at: string }): { key: string; at: number } => ({
    key: `${what}:${id}:${updated_at}`,
    at: Date.parse(updated_at),
  });
