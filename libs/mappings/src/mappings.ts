import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Problem, type Actor } from '#canonical';
import { EventLog } from '#events';
import { inTransaction } from '#persistence';
import { Audit, context } from '#service';

export const MAPPING_KINDS = ['legal-entity', 'cost-centre', 'tax-code', 'role', 'billing-method', 'expense-category', 'rate-card'] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** One word of one system and what it means canonically: ('legal-entity', 'Larkfield Ltd') -> 'LF-UK'. */
export interface Mapping {
  kind: MappingKind;
  source: string;
  target: string;
  version: number;
  changedAt: string;
  changedBy: string;
}

/** All mappings at one moment; `get` answers undefined where none is set. */
export class MappingTable {
  readonly #targets: Map<string, string>;

  constructor(mappings: Pick<Mapping, 'kind' | 'source' | 'target'>[]) {
    this.#targets = new Map(mappings.map(mapping => [`${mapping.kind}\n${mapping.source}`, mapping.target]));
  }

  get(kind: MappingKind, source: string): string | undefined {
    return this.#targets.get(`${kind}\n${source}`);
  }

  /** The words of a kind that mean something which fits. */
  sourcesOf(kind: MappingKind, fits: (target: string) => boolean): string[] {
    const start = `${kind}\n`;
    return [...this.#targets].filter(([key, target]) => key.startsWith(start) && fits(target)).map(([key]) => key.slice(start.length));
  }
}

/** What must arrive when a mapping is missing; the event of a set mapping meets it. */
export const mappingNeed = (kind: MappingKind, source: string): string => `mapping:${kind}:${source}`;

interface MappingRow {
  kind: MappingKind;
  source: string;
  target: string;
  version: number;
  changed_at: Date;
  changed_by: string;
}

const mapping = (row: MappingRow): Mapping => ({
  kind: row.kind,
  source: row.source,
  target: row.target,
  version: row.version,
  changedAt: row.changed_at.toISOString(),
  changedBy: row.changed_by,
});

/** The firm's translations between its systems' words: data, with an audit of changes, not code. */
@Injectable()
export class Mappings {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(Audit) private readonly audit: Audit,
  ) {}

  async table(): Promise<MappingTable> {
    return new MappingTable(await this.dataSource.query<MappingRow[]>('select kind, source, target from mappings.mapping'));
  }

  async list(kind: MappingKind | undefined, after: { kind: string; source: string } | undefined, limit: number): Promise<Mapping[]> {
    const rows = await this.dataSource.query<MappingRow[]>(
      `select * from mappings.mapping where ($1::text is null or kind = $1) and ($2::text is null or (kind, source) > ($2, $3)) order by kind, source limit $4`,
      [kind ?? null, after?.kind ?? null, after?.source ?? null, limit],
    );
    return rows.map(mapping);
  }

  async find(em: EntityManager, kind: MappingKind, source: string): Promise<Mapping | undefined> {
    const rows = await em.query<MappingRow[]>('select * from mappings.mapping where kind = $1 and source = $2', [kind, source]);
    return rows.map(mapping)[0];
  }

  /** Sets it; the same target again changes nothing. */
  async set(kind: MappingKind, source: string, target: string, by: Actor, reason: string): Promise<Mapping> {
    return inTransaction(this.dataSource, async em => {
      const before = await this.find(em, kind, source);
      if (before?.target === target) return before;
      const rows = await em.query<MappingRow[]>(
        `insert into mappings.mapping as m (kind, source, target, changed_by) values ($1, $2, $3, $4)
         on conflict (kind, source) do update set target = excluded.target, version = m.version + 1, changed_at = now(), changed_by = excluded.changed_by
         returning *`,
        [kind, source, target, by.actingFor?.name ?? by.name ?? by.id],
      );
      const after = mapping(rows[0]);
      await this.audit.record(em, { what: 'mapping-set', subject: `${kind}:${source}`, before: before?.target ?? null, after: target, why: reason });
      await this.#tell(em, after.kind, source, target, after.version, by);
      return after;
    });
  }

  async remove(kind: MappingKind, source: string, by: Actor, reason: string): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const before = await this.find(em, kind, source);
      if (!before) throw new Problem('not-found', `There is no ${kind} mapping for "${source}".`);
      await em.query('delete from mappings.mapping where kind = $1 and source = $2', [kind, source]);
      await this.audit.record(em, { what: 'mapping-removed', subject: `${kind}:${source}`, before: before.target, after: null, why: reason });
      await this.#tell(em, kind, source, null, before.version + 1, by);
    });
  }

  async #tell(em: EntityManager, kind: MappingKind, source: string, target: string | null, version: number, by: Actor): Promise<void> {
    const now = new Date().toISOString();
    await this.log.append(em, [
      {
        // A mapping that was removed and set again counts from 1 again: the time keeps its events apart.
        id: `${kind}:${source}:v${version}:${now}`,
        source: '/process/mappings',
        type: 'mapping.changed.v1',
        key: `mapping:${kind}:${source}`,
        time: now,
        data: { kind, source, target },
        legalEntities: [],
        correlationId: context().correlationId,
        actor: by,
      },
    ]);
  }
}
