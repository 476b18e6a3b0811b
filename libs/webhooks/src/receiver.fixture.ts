import type { IncomingMessage, ServerResponse } from 'node:http';
import { testServer, type TestServer } from '#testing';

/** A message as it arrived. */
export interface Received {
  id: string;
  at: Date;
  headers: Record<string, string>;
  body: string;
  type: string;
  words: string;
}

type Behaviour = (answer: ServerResponse, received: Received) => void;

/** Takes messages at a free port of this machine, and answers as the spec says: 204 by default. */
export class Receiver {
  readonly received: Received[] = [];
  behaviour: Behaviour = answer => void answer.writeHead(204).end();

  private constructor(private readonly server: TestServer) {}

  static async start(): Promise<Receiver> {
    let receiver: Receiver;
    const server = await testServer((request, answer) => void receiver.#take(request, answer));
    receiver = new Receiver(server);
    return receiver;
  }

  get url(): string {
    return `${this.server.url}/hooks`;
  }

  get words(): string[] {
    return this.received.map(({ words }) => words);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  async #take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const headers = request.headers as Record<string, string>;
    const { type, data } = JSON.parse(body) as { type: string; data: { words: string } };
    const received = {
      id: headers['webhook-id'],
      at: new Date(Number(headers['webhook-timestamp']) * 1_000),
      headers,
      body,
      type,
      words: data.words,
    };
    this.received.push(received);
    this.behaviour(answer, received);
  }
}
