import type { Scope } from '#apis';
import type { MappingKind } from '#apis/mappings';
import { hasRole, maySee, type Principal } from '#auth';
import type { Desk } from '#canonical';
import { sidesOf } from '#mappings';
import type { Action } from '../values/action.model.js';
import { sentence } from '../values/sentence.model.js';

/** What a mutation of the portal makes the process API do, as the scope by which that API lets a caller do it directly. */
export const SCOPE_OF_ACTION = {
  retryException: 'exceptions.act',
  skipException: 'exceptions.act',
  answerException: 'exceptions.act',
  retryExceptionGroup: 'exceptions.act',
  setMapping: 'mappings.write',
  createPlan: 'project-initiation.run',
} as const satisfies Record<string, Scope>;

export type ActionName = keyof typeof SCOPE_OF_ACTION;

/**
 * The scope a viewer lacks for an action, or undefined. The portal calls on with its own, wider token, so it must not do for a person
 * what that person could not do there themselves. A program is granted the portal's mutations as such, by portal.act.
 */
export function missingScope(viewer: Principal, name: ActionName): Scope | undefined {
  const isPerson = (viewer.actingFor ?? viewer).kind === 'person';
  const needed: Scope[] = isPerson ? ['portal.act', SCOPE_OF_ACTION[name]] : ['portal.act'];
  return needed.find(scope => !viewer.scopes.includes(scope));
}

/** Work is decided at its desk, whose name its people have as a role; the integration team, which looks after all of it, may too. */
export const isOnDesk = (viewer: Principal, desk: Desk): boolean => hasRole(viewer, desk, 'integration');

/**
 * Why a mapping that a need (`mapping:<kind>:<word>`) asks for isn't the viewer's to set, by the rule of the API that sets it: all share it, it
 * speaks of a legal entity that they may not see, or it takes rows that are nobody's yet. Which legal entity a word for one is going to mean is
 * theirs to choose among those they see.
 */
export function foreignMapping(viewer: Principal, need: string): { code: string; params?: Record<string, string> } | false {
  const [, kind, ...word] = need.split(':');
  const sides = sidesOf(kind as MappingKind, word.join(':'), undefined, undefined);
  if (sides === 'all') return viewer.legalEntities !== '*' && { code: 'action.shared-mapping' };
  const foreign = sides.find(side => !maySee(viewer, side));
  if (!foreign) return false;
  return foreign.length === 0
    ? { code: 'action.unassigned-mapping' }
    : { code: 'action.not-your-entities', params: { entities: foreign.join(', ') } };
}

/** What is told of an action: not allowed without its scopes, nor to others than `desk` when it has one, nor while `obstacle` stands. */
export function actionOf(
  viewer: Principal,
  name: ActionName,
  { desk, obstacle }: { desk?: Desk; obstacle?: { code: string; params?: Record<string, string> } | false } = {},
): Action {
  const scope = missingScope(viewer, name);
  if (scope) return { name, allowed: false, why: sentence('action.scope-missing', { scope }) };
  if (desk && !isOnDesk(viewer, desk)) return { name, allowed: false, why: sentence('action.not-your-desk', { desk }) };
  if (obstacle) return { name, allowed: false, why: sentence(obstacle.code, obstacle.params) };
  return { name, allowed: true, why: null };
}
