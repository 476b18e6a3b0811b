import { message, type Message, type Scope } from '#apis';
import type { MappingKind } from '#apis/mappings';
import { hasRole, maySee, type Principal } from '#auth';
import type { Desk } from '#canonical';
import { sidesOf } from '#mappings';
import type { Action } from '../values/action.model.js';
import { sentence, sentenceOf } from '../values/sentence.model.js';

/**
 * For each mutation of the portal, the scope with which the process API allows the same directly.
 */
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
 * The scope that a viewer lacks for an action, or undefined. The portal calls other apps with its
 * own, wider token, so it must not do for people what they could not do there themselves. Programs
 * get the portal's mutations as such, by portal.act.
 */
export function missingScope(viewer: Principal, name: ActionName): Scope | undefined {
  const isPerson = (viewer.actingFor ?? viewer).kind === 'person';
  const needed: Scope[] = isPerson ? ['portal.act', SCOPE_OF_ACTION[name]] : ['portal.act'];
  return needed.find(scope => !viewer.scopes.includes(scope));
}

/**
 * Work is decided at its desk; the desk's people have a role of the same name. The integration
 * team, which looks after all work, may decide it too.
 */
export const isOnDesk = (viewer: Principal, desk: Desk): boolean => hasRole(viewer, desk, 'integration');

/**
 * Why the viewer may not set the mapping that a need (`mapping:<kind>:<word>`) asks for, by the
 * rule of the API that sets it: all entities share it, it names a legal entity that the viewer may
 * not see, or it assigns rows that are nobody's yet. For a word for a legal entity, the viewer may
 * choose among the entities that they see.
 */
export function foreignMapping(viewer: Principal, need: string): Message | false {
  const [, kind, ...word] = need.split(':');
  const sides = sidesOf(kind as MappingKind, word.join(':'), undefined, undefined);
  if (sides === 'all') return viewer.legalEntities !== '*' && message('action.shared-mapping', {});
  const foreign = sides.find(side => !maySee(viewer, side));
  if (!foreign) return false;
  return foreign.length === 0 ? message('action.unassigned-mapping', {}) : message('action.not-your-entities', { entities: foreign.join(', ') });
}

/**
 * An action as the viewer sees it: not allowed without its scopes, nor to other people than its
 * `desk` if it has one, nor while an `obstacle` exists.
 */
export function actionOf(viewer: Principal, name: ActionName, { desk, obstacle }: { desk?: Desk; obstacle?: Message | false } = {}): Action {
  const scope = missingScope(viewer, name);
  if (scope) return { name, allowed: false, why: sentence('action.scope-missing', { scope }) };
  if (desk && !isOnDesk(viewer, desk)) return { name, allowed: false, why: sentence('action.not-your-desk', { desk }) };
  if (obstacle) return { name, allowed: false, why: sentenceOf(obstacle) };
  return { name, allowed: true, why: null };
}
