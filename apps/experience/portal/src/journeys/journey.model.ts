import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Actor as CanonicalActor } from '#canonical';
import { enumOf, Instant, Money } from '#read-model';
import { ExternalRef } from '../values/external-ref.model.js';
import { Match } from '../subjects/match.model.js';
import { Param, paramsOf } from '../values/sentence.model.js';

export const Outcomes = enumOf(['done', 'waiting', 'failed', 'undone']);
registerEnumType(Outcomes, { name: 'StepOutcome' });

@ObjectType({ description: 'The person or client that the actor acted for.' })
export class ActingFor {
  @Field(() => String) kind: string;
  @Field(() => ID) id: string;
  @Field(() => String, { nullable: true }) name?: string;
}

@ObjectType({ description: 'Who did it: a person, a client, a flow or a system.' })
export class Actor {
  @Field(() => String) kind: string;
  @Field(() => ID) id: string;
  @Field(() => String, { nullable: true }) name?: string;
  @Field(() => ActingFor, { nullable: true }) actingFor?: ActingFor;
}

@ObjectType({ description: 'One thing that happened.' })
export class JourneyStep {
  @Field(() => ID) id: string;
  @Field(() => ID, { description: 'The subject of the step: the deal, whichever journey shows it.' }) subjectId: string;
  @Field(() => Instant) at: Date;
  @Field(() => String, { description: 'What happened, as a code. An open list: expect kinds you do not know.' }) kind: string;
  @Field(() => [Param]) params: Param[];
  @Field(() => String, { description: 'The system in which it happened: a vendor product, by its name in lower case, or throughline.' })
  system: string;
  @Field(() => Outcomes) outcome: string;
  @Field(() => [ExternalRef], { description: 'The records that it concerns.' }) refs: ExternalRef[];
  @Field(() => Money, { nullable: true }) money: Money | null;
  @Field(() => Actor, { description: 'Who did it, and for whom.' }) actor: CanonicalActor;
  @Field(() => ID, { nullable: true, description: 'Shared by all steps of one run of a flow.' }) runId: string | null;
  @Field(() => ID, { nullable: true }) exceptionId: string | null;
  /** The expected next step as the step stated it; read through the journey's `next`. */
  nextStep: { kind: string; params: Record<string, string> } | null;
}

@ObjectType({ description: 'What comes next on the journey.' })
export class NextStep {
  @Field(() => ID) subjectId: string;
  @Field(() => String) kind: string;
  @Field(() => [Param]) params: Param[];
}

@InputType()
export class JourneyStepFilter {
  @Field(() => [String], { nullable: true }) kind?: string[];
  @Field(() => [String], { nullable: true }) system?: string[];
  @Field(() => [Outcomes], { nullable: true }) outcome?: string[];
  @Field(() => [ID], { nullable: true }) runId?: string[];
}

export interface JourneyStepRow {
  id: string;
  subject: string;
  at: Date;
  kind: string;
  params: Record<string, string>;
  system: string;
  outcome: string;
  refs: ExternalRef[];
  money: Money | null;
  actor: CanonicalActor;
  run_id: string | null;
  exception_id: string | null;
  next: { kind: string; params: Record<string, string> } | null;
}

export const stepOf = (row: JourneyStepRow): JourneyStep => ({
  id: row.id,
  subjectId: row.subject,
  at: row.at,
  kind: row.kind,
  params: paramsOf(row.params),
  system: row.system,
  outcome: row.outcome,
  refs: row.refs,
  money: row.money,
  actor: row.actor,
  runId: row.run_id,
  exceptionId: row.exception_id,
  nextStep: row.next,
});

@ObjectType({ description: 'What happened, in every system, and what is next or blocking.' })
export class Journey {
  @Field(() => String, { description: 'The id that was asked for.' }) of: string;
  @Field(() => Boolean, { description: 'True when the id means several things: `matches` names them, and there is no journey until one is chosen.' })
  ambiguous: boolean;
  @Field(() => [Match], { description: 'The possible meanings of the id, if it was looked up.' }) matches: Match[];
  /** Canonical id of the journey's subject, null when ambiguous; not in the schema. */
  line: string | null;
}
