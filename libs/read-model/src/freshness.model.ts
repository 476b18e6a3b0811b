import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Instant } from './scalars.js';
import { SetAsideNoun } from './set-aside.model.js';

export enum FreshnessState {
  LIVE = 'live',
  PAUSED = 'paused',
  BEHIND = 'behind',
  FAILING = 'failing',
}
registerEnumType(FreshnessState, { name: 'FreshnessState' });

@ObjectType({ description: 'How far a source has been read into these answers.' })
export class Freshness {
  @Field(() => String, { description: "The back end, or `throughline` for the portal's own reading of the event log." }) system: string;
  @Field(() => String, { description: 'Which of its feeds.' }) feed: string;
  @Field(() => Instant, { nullable: true, description: 'Changes up to then are in.' }) readTo: Date | string | null;
  @Field(() => Instant, { nullable: true, description: 'When it was last looked at successfully, whether or not anything had changed.' }) polledAt:
    Date | string | null;
  @Field(() => FreshnessState) state: FreshnessState;
  @Field(() => Int, {
    description: 'Records of what the viewer may see that were set aside, since they can not be taken as they are; an exception names each.',
  })
  setAside: number;
  @Field(() => [SetAsideNoun], { description: 'Of what nouns they are.' }) setAsideNouns: SetAsideNoun[];
}
