import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const END_OF_HEADERS = '\r\n\r\n';

/**
 * Connections that send one request after the other, each as soon as the one before it is answered.
 * Written for HTTP/1.1 answers with a length: a client that parses more would cost as much as the
 * server that it measures, on a machine with two cores.
 */
export class Connections {
  private constructor(private readonly sockets: readonly Socket[]) {}

  static async open(url: string, count: number): Promise<Connections> {
    const { hostname, port } = new URL(url);
    const sockets = Array.from({ length: count }, () => connect({ host: hostname, port: Number(port), noDelay: true }));
    await Promise.all(sockets.map(socket => once(socket, 'connect')));
    return new Connections(sockets);
  }

  /** Sends the requests in turn for so many ms; the ms that each answer took. Rejects at an answer other than 200. */
  async run(requests: readonly Buffer[], forMs: number): Promise<number[]> {
    const endAt = performance.now() + forMs;
    let next = 0;
    const took = await Promise.all(
      this.sockets.map(socket => drive(socket, () => (performance.now() < endAt ? requests[next++ % requests.length] : undefined))),
    );
    return took.flat();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

async function drive(socket: Socket, nextRequest: () => Buffer | undefined): Promise<number[]> {
  const took: number[] = [];
  await new Promise<void>((resolve, reject) => {
    let [sentAt, held] = [0, ''];
    const send = (): void => {
      const request = nextRequest();
      if (!request) return finish();
      sentAt = performance.now();
      socket.write(request);
    };
    const read = (chunk: Buffer): void => {
      held += chunk.toString('latin1');
      const length = lengthOf(held);
      if (length === undefined || held.length < length) return;
      if (!held.startsWith('HTTP/1.1 200 ')) return finish(new Error(held.slice(0, 500)));
      held = '';
      took.push(performance.now() - sentAt);
      send();
    };
    const gone = (): void => finish(new Error('the server closed the connection'));
    const finish = (error?: Error): void => {
      socket.off('data', read).off('close', gone);
      if (error) reject(error);
      else resolve();
    };
    socket.on('data', read).on('close', gone);
    send();
  });
  return took;
}

/** Of a whole answer, once its headers are there. */
function lengthOf(answer: string): number | undefined {
  const headers = answer.indexOf(END_OF_HEADERS);
  if (headers < 0) return undefined;
  const stated = /\r\ncontent-length: (\d+)\r\n/i.exec(answer.slice(0, headers + 2));
  if (!stated) throw new Error(`an answer without a length: ${answer.slice(0, 500)}`);
  return headers + END_OF_HEADERS.length + Number(stated[1]);
}

export function requestOf(url: string, path: string, headers: Record<string, string>): Buffer {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}
