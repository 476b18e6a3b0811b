import { Args, Context, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { Problem } from '#canonical';
import { checkFirst } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { Journey } from '../../journeys/journey.model.js';
import { searchSubjects } from '../../subjects/subject-search.js';
import { Match } from '../../subjects/match.model.js';
import { loadSubject } from '../subject-loader.js';
import { Subject, SubjectKind } from '../../values/subject.model.js';

@Resolver(() => Subject)
export class SubjectsResolver {
  @ResolveField(() => Journey, { description: 'The history of it.' })
  journey(@Parent() subject: Subject): Journey {
    return { line: subject.id, of: subject.id, matches: [], ambiguous: false };
  }

  @Query(() => [Match], { description: 'What a text may mean, and what it matched: one native id can mean two things. Best matches first.' })
  @Scopes('portal.read')
  async find(
    @Args('text', { type: () => String }) text: string,
    @Args('kinds', { type: () => [SubjectKind], nullable: true }) kinds: SubjectKind[] | null,
    @Args('first', { type: () => Int, defaultValue: 20 }) first: number,
    @Context() context: PortalContext,
  ): Promise<Match[]> {
    checkFirst(first);
    if (text.trim() === '' || text.length > 200)
      throw new Problem('invalid', 'The text to find must have 1 to 200 characters.', {
        fields: [{ field: 'text', rule: 'length', message: 'text must have 1 to 200 characters' }],
      });
    return searchSubjects(context, text, kinds, first);
  }
}

@Resolver(() => Match)
export class MatchesResolver {
  @ResolveField(() => Subject, { nullable: true })
  subject(@Parent() { id }: Match, @Context() context: PortalContext): Promise<Subject | null> {
    return loadSubject(context, id);
  }
}
