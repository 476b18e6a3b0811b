import { PUBLIC_METADATA, SCOPES_METADATA } from './access.decorator.js';

/** What an operation states of who may call it; undefined when it states nothing. */
export function statedAccess(type: object, handler: object): 'public' | 'scopes' | undefined {
  if (Reflect.hasMetadata(PUBLIC_METADATA, handler)) return 'public';
  return Reflect.hasMetadata(SCOPES_METADATA, handler) || Reflect.hasMetadata(SCOPES_METADATA, type) ? 'scopes' : undefined;
}
