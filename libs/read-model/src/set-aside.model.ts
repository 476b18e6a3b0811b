import { Field, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'How many records of one noun are set aside, since they can not be taken as they are.' })
export class SetAsideNoun {
  @Field(() => String) noun: string;
  @Field(() => Int) records: number;
}
