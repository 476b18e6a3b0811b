import { request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDoor, listen, readBody, shut } from '#service/door';

/** Beyond what any vendor takes in one call. */
const MOST_BODY_BYTES = 16_000_000;

export interface RecordedCall {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Stands before a sandbox and writes down what is asked of it; hands every answer on as it is. */
export class RecordingProxy {
  readonly calls: RecordedCall[] = [];
  readonly #server: Server;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createDoor(
      'recording proxy',
      async (message, response) => {
        const body = await readBody(message, MOST_BODY_BYTES);
        const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
        this.calls.push({ method: message.method!, path: message.url!, headers, body });
        const upstream = send(
          { hostname, port, path: message.url, method: message.method, headers: { ...headers, host: `${hostname}:${port}` } },
          answer => {
            response.writeHead(answer.statusCode!, answer.headers);
            answer.pipe(response);
          },
        );
        upstream.on('error', () => response.destroy());
        upstream.end(body);
      },
      { idleMs: 0 },
    );
  }

  async listen(): Promise<string> {
    await listen(this.#server, 0, '127.0.0.1');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return shut(this.#server);
  }
}
