import { Injectable } from '@nestjs/common';
import type { MappingKind } from '#apis/mappings';
import type { EventData } from '#apis';
import { Problem, type Actor } from '#canonical';
import { EventPublisher } from '#events';
import { Database, inTransaction, type ReadRow, type Transaction } from '#persistence';
import { Audit } from '#service';
import { defineNeed } from '#work';
import { mapping } from './mapping.table.js';
import { wordKey, wordOf } from './words.rules.js';

/** The columns that users of a mapping read. */
const TRANSLATION = mapping.only('kind', 'source', 'target');
export type Translation = ReadRow<typeof TRANSLATION.columns>;

/** One word of one system and what it means canonically: ('legal-entity', 'Larkfield Ltd') -> 'LF-UK'. */
export interface Mapping {
  kind: MappingKind;
  source: string;
  target: string;
  version: number;
  changedAt: string;
  changedBy: string;
}

/**
 * All mappings at one moment; `get` answers undefined where none is set. Spellings that people read
 * as one word count as one (see words.rules.ts).
 */
export class MappingTable {
  readonly #spelt: Map<string, string>;
  #common: Map<string, string | null> | undefined;

  constructor(private readonly mappings: Translation[]) {
    this.#spelt = new Map(mappings.map(({ kind, source, target }) => [`${kind}\n${source}`, target]));
  }

  get(kind: MappingKind, source: string): string | undefined {
    return this.#spelt.get(`${kind}\n${source}`) ?? this.#byCommon.get(`${kind}\n${wordKey(source)}`) ?? undefined;
  }

  /**
   * By what spellings have in common; null where they were mapped in several ways. Built only when
   * a word is spelt differently, since it is costly.
   */
  get #byCommon(): Map<string, string | null> {
    if (this.#common) return this.#common;
    this.#common = new Map();
    for (const { kind, source, target } of this.mappings) {
      const key = `${kind}\n${wordKey(source)}`;
      const known = this.#common.get(key);
      this.#common.set(key, known === undefined || known === target ? target : null);
    }
    return this.#common;
  }
}

/**
 * The need for a missing mapping, however the word is spelt in it. Removing a mapping may meet it
 * too, by leaving its word one meaning.
 */
export const mappingNeed = defineNeed('mapping:{mapping}:{source}', {
  cure: 'cure.mapping',
  metBy: { 'mapping.changed.v1': ({ kind, source }, need) => need.mapping === kind && wordKey(need.source) === wordKey(source) },
});

const mappingOf = (row: ReadRow<typeof mapping.columns>): Mapping => ({ ...row, changedAt: row.changedAt.toISOString() });

/** The firm's translations between its systems' words: data, with an audit of changes, not code. */
@Injectable()
export class Mappings {
  constructor(
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    private readonly audit: Audit,
  ) {}

  async table(): Promise<MappingTable> {
    return new MappingTable(await this.translations());
  }

  translations(em: Pick<Transaction, 'query'> = this.dataSource): Promise<Translation[]> {
    return em.query<Translation[]>(`select ${TRANSLATION.selected('m')} from mappings.mapping m`);
  }

  async list(kind: MappingKind | undefined, after: { kind: string; source: string } | undefined, limit: number): Promise<Mapping[]> {
    const rows = await this.dataSource.query<ReadRow<typeof mapping.columns>[]>(
      `select ${mapping.selected('m')} from mappings.mapping m
       where ($1::text is null or kind = $1) and ($2::text is null or (kind, source) > ($2, $3)) order by kind, source limit $4`,
      [kind ?? null, after?.kind ?? null, after?.source ?? null, limit],
    );
    return rows.map(mappingOf);
  }

  /**
   * The mapping of a word in any spelling; undefined where several spellings were mapped and this
   * one was not.
   */
  async find(em: Transaction, kind: MappingKind, source: string): Promise<Mapping | undefined> {
    const rows = await em.getRepository(mapping.entity).findBy({ kind });
    const alike = rows.filter(row => wordKey(row.source) === wordKey(source));
    const spelt = [source, wordOf(source)].flatMap(word => alike.find(row => row.source === word) ?? []);
    const row = spelt.at(0) ?? (alike.length === 1 ? alike[0] : undefined);
    return row && mappingOf(row);
  }

  /**
   * Mappings whose words count as one but have several targets, set before spellings counted as
   * one. They are kept as they are.
   */
  async conflicting(): Promise<Mapping[]> {
    const rows = await this.dataSource.getRepository(mapping.entity).find({ order: { kind: 'asc', source: 'asc' } });
    const alike = Map.groupBy(rows, ({ kind, source }) => `${kind}\n${wordKey(source)}`);
    return [...alike.values()].filter(group => new Set(group.map(({ target }) => target)).size > 1).flatMap(group => group.map(mappingOf));
  }

  /** Sets it; the same target again changes nothing. */
  async set(kind: MappingKind, word: string, target: string, by: Actor, reason: string): Promise<Mapping> {
    return inTransaction(this.dataSource, async em => {
      await this.#serialise(em, kind, word);
      const before = await this.find(em, kind, word);
      if (before?.target === target) return before;
      const source = before?.source ?? wordOf(word);
      const version = (before?.version ?? 0) + 1;
      const after = { kind, source, target, version, changedAt: new Date(), changedBy: by.actingFor?.name ?? by.name ?? by.id };
      await em.getRepository(mapping.entity).upsert(after, ['kind', 'source']);
      await this.audit.record(em, { what: 'mapping-set', subject: `${kind}:${source}`, before: before?.target ?? null, after: target, why: reason });
      await this.#publish(em, { kind, source, target, previous: before?.target ?? null }, version, by);
      return mappingOf(after);
    });
  }

  async remove(kind: MappingKind, word: string, by: Actor, reason: string): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      await this.#serialise(em, kind, word);
      const before = await this.find(em, kind, word);
      if (!before) throw new Problem('not-found', `There is no ${kind} mapping for "${word}".`);
      const { source } = before;
      await em.getRepository(mapping.entity).delete({ kind, source });
      await this.audit.record(em, { what: 'mapping-removed', subject: `${kind}:${source}`, before: before.target, after: null, why: reason });
      await this.#publish(em, { kind, source, target: null, previous: before.target }, before.version + 1, by);
    });
  }

  /** Serialises changes, so that two spellings of one word are not set at the same time. */
  async #serialise(em: Transaction, kind: MappingKind, word: string): Promise<void> {
    await em.query('select pg_advisory_xact_lock(hashtext($1))', [`mapping ${kind} ${wordKey(word)}`]);
  }

  async #publish(em: Transaction, data: EventData['mapping.changed.v1'], version: number, by: Actor): Promise<void> {
    const { kind, source } = data;
    const now = new Date().toISOString();
    await this.events.publish(em, [
      {
        // A mapping that was removed and set again starts at version 1 again, so the time keeps its
        // event ids apart.
        id: `${kind}:${source}:v${version}:${now}`,
        type: 'mapping.changed.v1',
        key: `mapping:${kind}:${source}`,
        data,
        legalEntities: [],
        actor: by,
      },
    ]);
  }
}
