import type { IncomingMessage, ServerResponse } from 'node:http';
import { testServer, type TestServer } from '#testing';

/** What the door says instead of the vendor. `hang`: nothing, ever. */
export type DoorAnswer = { status: number; headers?: Record<string, string>; body?: string } | 'hang';

/**
 * Stands between an adapter and its sandbox, lets calls through, and answers some itself: for what a sandbox's fault control has no word for
 * (a malformed body, one 401). Addresses of the vendor in its answers become the door's, so that nobody goes around it.
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
