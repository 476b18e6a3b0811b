import type { IncomingMessage, ServerResponse } from 'node:http';
import { testServer, type TestServer } from '#testing';

/** The door's answer instead of the vendor's. `hang`: never answers. */
export type DoorAnswer = { status: number; headers?: Record<string, string>; body?: string } | 'hang';

/**
 * A proxy between an adapter and its sandbox. It passes calls on, and answers some itself, for
 * failures that the sandbox's fault control can't produce (a malformed body, one 401). It replaces
 * the vendor's addresses in answers by its own, so that no call bypasses it.
 */
export class VendorDoor {
  /** Requests that arrived, the vendor's log-in left out. */
  seen: string[] = [];
  #server!: TestServer;
  #scripted: DoorAnswer[] = [];
  #always: DoorAnswer | null = null;

  constructor(
    private readonly vendorUrl: string,
    private readonly isLogIn: (path: string) => boolean,
  ) {}

  async open(): Promise<this> {
    this.#server = await testServer((request, response) => void this.#serve(request, response).catch(() => response.destroy()));
    return this;
  }

  get url(): string {
    return this.#server.url;
  }

  /** The next calls get these answers, one each; those after them reach the vendor. */
  answerNext(...answers: DoorAnswer[]): void {
    this.#scripted.push(...answers);
  }

  /** Every call gets this answer; null lets them through again. */
  answerAlways(answer: DoorAnswer | null): void {
    this.#always = answer;
  }

  reset(): void {
    this.#scripted = [];
    this.#always = null;
    this.seen = [];
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (!this.isLogIn(path)) {
      this.seen.push(`${request.method} ${path}`);
      const answer = this.#always ?? this.#scripted.shift();
      if (answer === 'hang') return;
      if (answer) return void response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body ?? '');
    }
    await this.#forward(request, response, path);
  }

  async #forward(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)) as [
      string,
      string,
    ][];
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const answer = await fetch(this.vendorUrl + path, { method: request.method, headers, body, redirect: 'manual' });
    const text = (await answer.text()).replaceAll(this.vendorUrl, this.url);
    const kept = [...answer.headers].filter(([name]) => !['content-length', 'connection', 'transfer-encoding', 'keep-alive'].includes(name));
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
  }
}
