import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { EXCEPTION_CATEGORIES, type Desk, type ExceptionCategory, type ExceptionRecord } from '#canonical';
import { enumOf, IdsField, Instant, MoneyTotal } from '#read-model';
import { ExternalRef } from '../values/external-ref.model.js';
import { Desks } from '../values/desks.js';
import { Param, paramsOf, Sentence, sentenceOf } from '../values/sentence.model.js';

export const Categories = enumOf(EXCEPTION_CATEGORIES);
registerEnumType(Categories, { name: 'ExceptionCategory' });
export const States = enumOf(['open', 'waiting', 'retrying', 'resolved', 'skipped']);
registerEnumType(States, { name: 'ExceptionState' });
const EffectStates = enumOf(['none', 'made', 'unknown']);
registerEnumType(EffectStates, { name: 'EffectState', description: 'Whether the effect at which it failed is known to have happened.' });

@ObjectType({ description: 'What has to arrive before the work can go on.' })
export class Need {
  @Field(() => String, { description: 'One string that equal needs share, e.g. mapping:legal-entity:Larkfield Nordics AB.' }) need: string;
  @Field(() => Desks, { description: 'The desk that can meet it.' }) owner: Desk;
  @Field(() => Boolean) met: boolean;
  @Field(() => Sentence, { description: 'How to meet it.' }) cure: Sentence;
}

@ObjectType()
export class HistoryEntry {
  @Field(() => Instant) at: string;
  @Field(() => String) action: string;
  @Field(() => String) by: string;
  @Field(() => String, { nullable: true }) reason?: string;
}

@ObjectType({ description: 'Something that a person must decide or correct. It stops its own lane only.' })
export class Exception {
  @Field(() => ID) id: string;
  @Field(() => String) app: string;
  @Field(() => String) flow: string;
  @Field(() => String) step: string;
  @Field(() => ID) runId: string;
  @Field(() => [Sentence], { description: 'Everything that is wrong.' }) reasons: Sentence[];
  @Field(() => Categories) category: ExceptionCategory;
  @Field(() => Desks) owner: Desk;
  @Field(() => ID) subjectId: string;
  @Field(() => [Param], { description: 'Every business key that people search by.' }) keys: Param[];
  @Field(() => [ExternalRef]) refs: ExternalRef[];
  @Field(() => [Need]) needs: Need[];
  @Field(() => [MoneyTotal], { description: 'The money that waits with it, per currency.' }) money: MoneyTotal[];
  @Field(() => States) state: ExceptionRecord['state'];
  @Field(() => Instant) openedAt: string;
  @Field(() => Instant) dueAt: string;
  @Field(() => Boolean, { description: 'Still open after its due time.' }) overdue: boolean;
  @Field(() => Instant, { nullable: true }) resolvedAt?: string;
  @Field(() => Int, { description: 'Events of the same key that wait behind it.' }) parkedBehind: number;
  @Field(() => EffectStates) effect: ExceptionRecord['effect'];
  @Field(() => String, { nullable: true, description: 'Redacted.' }) request?: string;
  @Field(() => String, { nullable: true, description: 'Redacted.' }) answer?: string;
  @Field(() => [String]) legalEntities: string[];
  // Exceptions from before this field have none.
  @Field(() => String, { nullable: true, description: 'The correlation id of its business transaction, as logs, events and calls state it.' })
  correlationId?: string;
  @Field(() => String, { nullable: true, description: 'W3C trace context of the run that raised it.' }) traceparent?: string;
  @Field(() => [HistoryEntry]) history: HistoryEntry[];
}

@InputType()
export class ExceptionFilter {
  @IdsField() ids?: string[];
  @Field(() => [States], { nullable: true }) state?: ExceptionRecord['state'][];
  @Field(() => [Desks], { nullable: true }) owner?: Desk[];
  @Field(() => [Categories], { nullable: true }) category?: ExceptionCategory[];
  @Field(() => [String], { nullable: true }) flow?: string[];
  @Field(() => [String], { nullable: true, description: 'Has one of these needs, unmet.' }) need?: string[];
  @Field(() => [ID], { nullable: true, description: 'Belongs to one of these deals, projects or customers.' }) subject?: string[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => Boolean, { nullable: true }) overdue?: boolean;
  @Field(() => String, { nullable: true, description: 'Anywhere in its business keys.' }) text?: string;
}

export interface ExceptionRow {
  id: string;
  data: ExceptionRecord;
  legal_entities: string[];
}

const IN_HAND: ReadonlySet<string> = new Set(['open', 'waiting', 'retrying']);

export function exceptionOf({ data, legal_entities: legalEntities }: ExceptionRow): Exception {
  const { reasons, needs, keys, subject, desk, money, ...rest } = data;
  return {
    ...rest,
    legalEntities,
    owner: desk,
    subjectId: subject,
    reasons: reasons.map(sentenceOf),
    needs: needs.map(({ need, desk: owner, met, cure }) => ({ need, owner, met, cure: sentenceOf(cure) })),
    keys: paramsOf(keys),
    money: money.map(total => ({ ...total, items: total.items ?? 1, estimated: total.estimated ?? false })),
    overdue: IN_HAND.has(data.state) && Date.parse(data.dueAt) < Date.now(),
  };
}

export enum ExceptionGroupBy {
  NEED = 'need',
}
registerEnumType(ExceptionGroupBy, { name: 'ExceptionGroupBy' });

@ObjectType({ description: 'Exceptions with the same need: meeting it once releases them all.' })
export class ExceptionGroup {
  @Field(() => ID, { description: 'The need.' }) id: string;
  @Field(() => String) need: string;
  @Field(() => Desks, { description: 'The desk that can meet it.' }) owner: Desk;
  @Field(() => Sentence, { description: 'How to meet the need.' }) cure: Sentence;
  @Field(() => Int, { description: 'Exceptions open.' }) items: number;
  @Field(() => Int, { description: 'More work that waits for it without being an exception yet, because it is not overdue.' }) waiting: number;
  @Field(() => Int, { description: 'Events that wait behind them.' }) parkedBehind: number;
  @Field(() => Instant, { description: 'When the oldest was opened.' }) oldest: Date;
  @Field(() => Instant, { description: 'When the first of them is due.' }) dueAt: Date;
}

@InputType()
export class ExceptionGroupFilter {
  @Field(() => [String], { nullable: true }) need?: string[];
  @Field(() => [Desks], { nullable: true }) owner?: Desk[];
  @Field(() => String, { nullable: true, description: 'Anywhere in the need.' }) text?: string;
}

export interface ExceptionGroupRow {
  need: string;
  desk: Desk;
  cure: { code: string; params: Record<string, string>; field?: string };
  items: number;
  waiting: number;
  parked_behind: number;
  oldest: Date;
  due_at: Date;
}

export const exceptionGroupOf = (row: ExceptionGroupRow): ExceptionGroup => ({
  id: row.need,
  need: row.need,
  owner: row.desk,
  cure: sentenceOf(row.cure),
  items: row.items,
  waiting: row.waiting,
  parkedBehind: row.parked_behind,
  oldest: row.oldest,
  dueAt: row.due_at,
});
