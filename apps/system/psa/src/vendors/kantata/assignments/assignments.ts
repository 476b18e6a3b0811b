import type { Assignment } from '#canonical';
import { chunksOf, SeenChanges } from '#connector';
import { Readable, type SweepPage, type Unreadable } from '#capture';
import type { Assignments, LinePage, ReadWindow } from '../../port/lines.port.js';
import { unreadableOf, type Gathered, type KantataApi, type Page, type Query } from '../kantata.api.js';
import type { UnfitRow } from '../kantata-envelope.js';
import type { KantataNames } from '../kantata-names.js';
import type { KantataPlaces } from '../kantata-places.js';
import { allocationId, assignmentOf, openAssignmentId } from './assignments.mapper.js';
import { ALLOCATION, MEMBER, type KantataAllocation, type KantataMember } from './assignments.wire.js';

const SETTLED_MS = 2_000;
const CLOCK_MARGIN_MS = 600_000;
const AT_ONCE = 200;

/**
 * Who may book where and when: the members of the projects' teams with their scheduled hours.
 * Allocations can't be requested by member, so all are read when a member changed, which is rare.
 * The sweep finds deleted ones.
 */
export class KantataAssignments implements Assignments {
  readonly #handled = new SeenChanges(SETTLED_MS);

  constructor(
    private readonly api: KantataApi,
    private readonly places: KantataPlaces,
    private readonly names: KantataNames,
  ) {}

  async *changed(since: string | null, { overlapMs }: Pick<ReadWindow, 'overlapMs'>): AsyncGenerator<LinePage<Assignment>> {
    const from = since === null ? null : new Date(Date.parse(since) - overlapMs).toISOString();
    const query = from === null ? {} : { updated_after: from };
    const first = await this.#members('read-changed-members', { ...query, per_page: 1 });
    const now = first.now ?? this.api.now() - CLOCK_MARGIN_MS;
    const cursor = new Date(since === null ? now : Math.max(now, Date.parse(since))).toISOString();
    if (from === null) {
      for await (const page of this.all()) yield { ...page, cursor: null };
      return yield { items: [], cursor };
    }
    const members = first.count === 0 ? NONE : this.#fresh('member', await this.#allMembers('read-changed-members', query));
    const allocations = this.#fresh('allocation', await this.#allocations('read-changed-allocations', query));
    yield { ...(await this.#touched(members, allocations)), cursor };
    this.#handled.forgetBefore(Date.parse(from));
    this.#handled.note([...members.rows.map(keyed('member')), ...allocations.rows.map(keyed('allocation'))], now);
  }

  async *all(): AsyncGenerator<SweepPage<Assignment>> {
    const team = teamOf(await this.#allocations('sweep-allocations', {}));
    const members = await this.#allMembers('sweep-members', {});
    for (const some of chunksOf(members.rows, AT_ONCE)) yield await this.#mapped(some, team);
    yield { items: [], unreadable: this.#unreadable(members.unfit, team) };
  }

  /**
   * A member's change affects all their assignments. An allocation's change affects only itself,
   * and ends the open assignment before it.
   */
  async #touched(members: Gathered<KantataMember>, allocations: Gathered<KantataAllocation>): Promise<Omit<LinePage<Assignment>, 'cursor'>> {
    const anyMember = members.rows.length + members.unfit.length > 0;
    const everything = teamOf(anyMember ? await this.#allocations('read-allocations', {}) : NONE);
    const touched = teamOf(allocations);
    const known = new Set([...members.rows, ...members.unfit].map(({ id }) => id));
    const others = [...touched.allocated].filter(id => !known.has(id));
    const whole = await this.#mapped(members.rows, everything);
    const otherMembers = await this.#membersOf(others);
    const part = await this.#mapped(otherMembers.rows, touched);
    const unreadable = [
      ...whole.unreadable,
      ...part.unreadable,
      ...this.#unreadable(members.unfit, everything),
      ...this.#unreadable(otherMembers.unfit, touched),
    ];
    const allocated = [...others, ...members.rows.map(({ id }) => id).filter(id => everything.allocated.has(id))];
    return { items: [...whole.items, ...part.items], unreadable, gone: allocated.map(id => openAssignmentId(id, this.names)) };
  }

  /** A role that nobody fills is nobody's assignment. */
  async #mapped(members: KantataMember[], team: Team): Promise<Readable<Assignment>> {
    const named = members.filter(({ user }) => user);
    const places = await this.places.of(named);
    const page = new Readable<Assignment>();
    for (const [i, member] of named.entries())
      for (const allocation of this.#assignments(member.id, team))
        await page.take(this.#named(member.id, allocation), () => [assignmentOf(member, allocation, places[i]().projectId, this.names)]);
    return page;
  }

  /** A member's assignments: one per allocation; without any, one with no end. */
  #assignments(memberId: string, { byMember, allocated }: Team): (KantataAllocation | undefined)[] {
    return byMember.get(memberId) ?? (allocated.has(memberId) ? [] : [undefined]);
  }

  #named(memberId: string, allocation: KantataAllocation | undefined): { id: string; nativeId: string } {
    if (allocation) return { id: allocationId(allocation.id, this.names), nativeId: allocation.id };
    return { id: openAssignmentId(memberId, this.names), nativeId: memberId };
  }

  /** All assignments of members that can't be read, and allocations that can't. */
  #unreadable(members: UnfitRow<KantataMember>[], team: Team): Unreadable[] {
    const ofMembers = members
      .filter(({ row }) => row.user !== null)
      .flatMap(one => {
        const { id, error } = one;
        if (id === undefined) return [unreadableOf(one, () => undefined)];
        return this.#assignments(id, team).map(allocation => ({ ...this.#named(id, allocation), error: error.within(`workspace_resources ${id}`) }));
      });
    return [...ofMembers, ...team.unfit.map(one => unreadableOf(one, id => allocationId(id, this.names)))];
  }

  async #membersOf(ids: string[]): Promise<Gathered<KantataMember>> {
    const members: Gathered<KantataMember> = { rows: [], unfit: [] };
    for (const some of chunksOf(ids, AT_ONCE)) {
      const { rows, unfit } = await this.#members('read-members', { only: some.join(',') });
      members.rows.push(...rows);
      members.unfit.push(...unfit);
    }
    return members;
  }

  #members(operation: string, query: Query): Promise<Page<KantataMember>> {
    return this.api.page<KantataMember>(operation, 'workspace_resources', { ...query, include: 'user,role' }, MEMBER, USER);
  }

  #allMembers(operation: string, query: Query): Promise<Gathered<KantataMember>> {
    const asked = { ...query, include: 'user,role', order: 'created_at:asc' };
    return this.api.gathered<KantataMember>(operation, 'workspace_resources', asked, { ...MEMBER, updated_at: 'instant' }, USER);
  }

  #allocations(operation: string, query: Query): Promise<Gathered<KantataAllocation>> {
    return this.api.gathered<KantataAllocation>(operation, 'workspace_allocations', { ...query, order: 'created_at:asc' }, ALLOCATION);
  }

  #fresh<R extends { id: string; updated_at: string }>(what: string, { rows, unfit }: Gathered<R>): Gathered<R> {
    return { rows: rows.filter(row => !this.#handled.has(keyed(what)(row).key)), unfit };
  }
}

const USER = { associations: { user: 'users' } };
const NONE: Gathered<never> = { rows: [], unfit: [] };

/** The allocations of each member. */
interface Team {
  byMember: Map<string, KantataAllocation[]>;
  /** Members with an allocation, including unreadable ones. */
  allocated: Set<string>;
  unfit: UnfitRow<KantataAllocation>[];
}

function teamOf({ rows, unfit }: Gathered<KantataAllocation>): Team {
  const members = [...rows, ...unfit.map(({ row }) => row)].flatMap(({ workspace_resource_id: id }) =>
    id === undefined || id === null ? [] : [String(id)],
  );
  return { byMember: Map.groupBy(rows, memberOf), allocated: new Set(members), unfit };
}

const memberOf = ({ workspace_resource_id: id }: KantataAllocation): string => String(id);
const keyed =
  (what: string) =>
  ({ id, updated_at }: { id: string; updated_at: string }): { key: string; at: number } => ({
    key: `${what}:${id}:${updated_at}`,
    at: Date.parse(updated_at),
  });
