import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PUBLIC_METADATA, SCOPES_METADATA } from './access.decorator.js';

const HTTP_PATH = 'path';
const HTTP_METHOD = 'method';
const GRAPHQL_OPERATION = 'graphql:resolver_type';

type Handler = (...args: unknown[]) => unknown;

const isOperation = (handler: Handler): boolean =>
  (Reflect.hasMetadata(HTTP_PATH, handler) && Reflect.hasMetadata(HTTP_METHOD, handler)) ||
  ['Query', 'Mutation', 'Subscription'].includes(Reflect.getMetadata(GRAPHQL_OPERATION, handler) as string);

const isStated = (type: object, handler: Handler): boolean =>
  Reflect.hasMetadata(PUBLIC_METADATA, handler) || Reflect.hasMetadata(SCOPES_METADATA, handler) || Reflect.hasMetadata(SCOPES_METADATA, type);

/**
 * Refuses to start an app with an operation that states neither its scopes nor that it is public.
 */
@Injectable()
export class StatedAccess implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const unstated = this.unstated();
    if (unstated.length > 0) throw new Error(`These operations state neither @Scopes nor @Public: ${unstated.join(', ')}`);
  }

  /** `Class.method` of every operation that states neither. */
  unstated(): string[] {
    return [...this.discovery.getControllers(), ...this.discovery.getProviders()].flatMap(({ metatype }) => {
      if (typeof metatype !== 'function' || !metatype.prototype) return [];
      const prototype = metatype.prototype as Record<string, Handler>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter(name => isOperation(prototype[name]) && !isStated(metatype, prototype[name]))
        .map(name => `${metatype.name}.${name}`);
    });
  }
}
