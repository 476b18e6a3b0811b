import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: "A record's address in a back end." })
export class ExternalRef {
  @Field(() => String, { description: 'The vendor product, by its name in lower case.' }) system: string;
  @Field(() => String, { description: 'The tenant or account there.' }) account: string;
  @Field(() => String, { description: "The vendor's record type." }) type: string;
  @Field(() => String, { description: "The vendor's own id." }) nativeId: string;
  @Field(() => String, { nullable: true, description: 'A link for people.' }) url?: string;
}
