import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { text } from '#apis';
import type { PortalContext } from '../../request/portal-context.js';
import { Action } from '../../values/action.model.js';
import { codedOf, Sentence } from '../../values/sentence.model.js';

/**
 * Turns codes into text, in the language of the argument, else of `Accept-Language`, else English.
 */
@Resolver(() => Sentence)
export class SentencesResolver {
  @ResolveField(() => String, { description: 'In `language`, else as Accept-Language says, else in English.' })
  text(
    @Parent() sentence: Sentence,
    @Args('language', { type: () => String, nullable: true }) language: string | null,
    @Context() { language: preferred }: PortalContext,
  ): string {
    return text(codedOf(sentence), language ?? preferred);
  }
}

@Resolver(() => Action)
export class ActionsResolver {
  @ResolveField(() => String, {
    nullable: true,
    description: 'Why it is not allowed, if so; in `language`, else as Accept-Language says, else in English.',
  })
  reason(
    @Parent() { why }: Action,
    @Args('language', { type: () => String, nullable: true }) language: string | null,
    @Context() { language: preferred }: PortalContext,
  ): string | null {
    return why && text(codedOf(why), language ?? preferred);
  }
}
