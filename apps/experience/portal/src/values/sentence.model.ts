import { Field, ObjectType } from '@nestjs/graphql';
import type { MessageCode, ParamsOf, SlotsOf } from '#apis';
import type { Coded, StoredReason } from '#canonical';

@ObjectType({ description: 'A name and its value.' })
export class Param {
  @Field(() => String) name: string;
  @Field(() => String) value: string;
}

@ObjectType({ description: 'A text for people: stored as a code and its parameters, and made into text when it is read.' })
export class Sentence {
  @Field(() => String, { description: 'An open list: expect codes you do not know.' }) code: string;
  @Field(() => [Param]) params: Param[];
  @Field(() => String, { nullable: true, description: 'The field that it concerns, if any.' }) field?: string;
}

export const paramsOf = (params: Record<string, string> | undefined): Param[] =>
  Object.entries(params ?? {}).map(([name, value]) => ({ name, value: String(value) }));

export const codedOf = ({ code, params }: Sentence): Coded => ({ code, params: Object.fromEntries(params.map(({ name, value }) => [name, value])) });

/** What was stored, maybe by an older release. */
export const sentenceOf = ({ code, params, field }: StoredReason): Sentence => ({ code, params: paramsOf(params), ...(field ? { field } : {}) });

/** What the portal says itself. */
export const sentence = <Code extends MessageCode>(
  code: Code,
  ...[params]: [SlotsOf<Code>] extends [never] ? [params?: Record<string, string>] : [params: ParamsOf<Code>]
): Sentence => ({ code, params: paramsOf(params) });
