import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

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

  get #all(): Map<string, OpenAPIObject> {
    return (this.#made ??= this.#make());
  }
}
