import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

export const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/**
 * The app's OpenAPI documents by version. They are made at the first reading, once the app is
 * built.
 */
@Injectable()
export class Documents {
  #make: () => Map<string, OpenAPIObject> = () => new Map();
  #made?: Map<string, OpenAPIObject>;

  /** Sets how they are made; called by the code that built the app. */
  makeWith(make: () => Map<string, OpenAPIObject>): void {
    this.#make = make;
  }

  of(version: string): OpenAPIObject | undefined {
    return this.#all.get(version);
  }

  get versions(): string[] {
    return [...this.#all.keys()].map(version => `v${version}`);
  }

  /** The operations of all versions, with parameters as a router has them: `GET /v1/deals/:id`. */
  operations(): string[] {
    return [...this.#all.values()].flatMap(({ paths }) =>
      Object.entries(paths).flatMap(([path, item]) =>
        METHODS.filter(method => item[method]).map(method => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
      ),
    );
  }

  get #all(): Map<string, OpenAPIObject> {
    return (this.#made ??= this.#make());
  }
}
