import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum OrderDirection {
  ASCENDING = 'ascending',
  DESCENDING = 'descending',
}
registerEnumType(OrderDirection, { name: 'OrderDirection' });

@ObjectType({ description: 'Where a page ends.' })
export class PageInfo {
  @Field(() => Boolean) hasNextPage: boolean;
  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next page; it stays right while rows come and go.' }) endCursor:
    string | null;
}

@ObjectType({ description: 'How many there are in all.' })
export class TotalCount {
  @Field(() => Int) value: number;
  @Field(() => Boolean, { description: 'False when there are more than `value`: counting stops there.' }) exact: boolean;
}

@ObjectType({ description: 'A value and how many have it.' })
export class FacetValue {
  @Field(() => String, { description: 'As the filter of this property takes it: the name where that is an enum.' }) value: string;
  @Field(() => Int) count: number;
}

@ObjectType({ description: 'How a list splits by one property, under its filter (without the filter on this very property).' })
export class Facet {
  @Field(() => String) name: string;
  @Field(() => [FacetValue], { description: 'The most frequent first.' }) values: FacetValue[];
}
