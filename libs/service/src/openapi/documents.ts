import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The app's OpenAPI documents by version, made once the app is built, at the first reading. */
@Injectable()
export class Documents {
  #make: () => Map<string, OpenAPIObject> = () => new Map();
  #made?: Map<string, OpenAPIObject>;

  /** How they are made; given by whoever built the app. */
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
