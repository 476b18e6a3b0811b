import { Field, ID, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'A person, or a program that acts as itself.' })
export class Person {
  @Field(() => ID) id: string;
  @Field(() => String) name: string;
  @Field(() => String, { description: 'person or client.' }) kind: string;
}

@ObjectType({ description: 'The caller, and what they may see and do.' })
export class Viewer {
  @Field(() => Person) person: Person;
  @Field(() => [String]) roles: string[];
  @Field(() => [String], { description: 'The legal entities whose rows they see; empty with allLegalEntities.' }) legalEntities: string[];
  @Field(() => Boolean) allLegalEntities: boolean;
  @Field(() => Boolean, { description: 'Whether they see rows that concern no legal entity yet.' }) seesUnassigned: boolean;
  @Field(() => [String], { description: 'Type.field of every sensitive field that is null for them.' }) deniedFields: string[];
  @Field(() => [String]) scopes: string[];
}
