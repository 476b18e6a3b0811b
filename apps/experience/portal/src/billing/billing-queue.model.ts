import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { MoneyTotal as Sum } from '#canonical';
import { Instant, MoneyTotal, SetAsideNoun } from '#read-model';

export enum QueueState {
  FLOWING = 'flowing',
  HELD = 'held',
}
registerEnumType(QueueState, { name: 'BillingQueueState' });

@ObjectType({ description: 'Whether lines are being posted to the ERP.' })
export class BillingQueueFlow {
  @Field(() => QueueState) state: QueueState;
  @Field(() => String, { nullable: true, description: 'Why it is held.' }) reason: string | null;
  @Field(() => Int, { description: 'Records of lines that are set aside because they can not be taken as they are; an exception names each.' })
  setAside: number;
  @Field(() => [SetAsideNoun], { description: 'Set-aside records by noun.' }) setAsideNouns: SetAsideNoun[];
}

@ObjectType({ description: 'Lines that are priced and wait to be posted to the ERP, also while it is unavailable; only those the viewer may see.' })
export class BillingQueue {
  @Field(() => Int) lines: number;
  @Field(() => [MoneyTotal]) money: Sum[];
  @Field(() => Instant, { nullable: true, description: 'Since when the oldest of them waits.' }) oldest: Date | null;
}
