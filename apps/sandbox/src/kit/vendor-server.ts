import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.js';
import type { Vendor, VendorAnswer, VendorCall, VendorRequest } from './vendor.js';

/** Calls a vendor has seen, by kind, type and operation, and how they ended. */
export class CallCounters {
  readonly #counts = new Map<string, number>();

  count(call: VendorCall, status: number): void {
    const key = `${call.kind} ${call.type} ${call.operation} ${status}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort());
  }
}

/** Serves one vendor on a port of its own, and delivers its faults. */
export class VendorServer {
  readonly calls = new CallCounters();
  readonly #server: Server;
  #running = 0;

  constructor(
    readonly vendor: Vendor,
    private readonly faults: Faults,
    private readonly latencyMs = 0,
  ) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        console.error(`${vendor.name}: ${request.method} ${request.url}`, error);
        if (!response.headersSent) response.writeHead(500).end();
      });
    });
    this.#server.keepAliveTimeout = 30_000;
  }

  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return this.baseUrl;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.vendor.close?.();
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await this.#read(message);
    const call = this.vendor.classify(request);
    if (!call) return send(response, this.vendor.handle(request));
    const limited = call.kind !== 'auth' && this.#running >= (this.vendor.concurrency ?? Infinity);
    if (limited) return this.#answer(call, response, this.vendor.throttled(request));
    this.#running++;
    try {
      if (this.latencyMs > 0) await sleep(this.latencyMs);
      await this.#deliver(call, request, message, response);
    } finally {
      this.#running--;
    }
  }

  async #deliver(call: VendorCall, request: VendorRequest, message: IncomingMessage, response: ServerResponse): Promise<void> {
    let cut = false; // the caller is gone or will never know
    for (const fault of this.faults.due(this.vendor.name, call, request)) {
      switch (fault.do) {
        case 'latency':
          await sleep(fault.ms);
          break;
        case 'error':
          return this.#answer(call, response, this.vendor.failed(request, fault.status));
        case 'throttle': {
          const answer = this.vendor.throttled(request);
          const wait: Record<string, string> = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
          return this.#answer(call, response, { ...answer, headers: { ...answer.headers, ...wait } });
        }
        case 'maintenance':
          return this.#answer(call, response, this.vendor.down(request));
        case 'timeout':
          await sleep(fault.ms);
          message.socket.destroy();
          this.calls.count(call, 0);
          return;
        case 'late-commit':
          message.socket.destroy();
          cut = true;
          await sleep(fault.ms);
          break;
        case 'lose-answer':
          cut = true;
          break;
        case 'freeze': {
          signal(fault.pid, 'SIGSTOP');
          setTimeout(() => signal(fault.pid, 'SIGCONT'), fault.ms);
          break;
        }
        case 'notice':
          request.notice = fault;
          break;
        case 'kill':
          if (fault.when === 'before') {
            signal(fault.pid, 'SIGKILL');
            message.socket.destroy();
            this.calls.count(call, 0);
            return;
          }
          this.vendor.handle(request);
          signal(fault.pid, 'SIGKILL');
          message.socket.destroy();
          this.calls.count(call, 0);
          return;
      }
    }
    const answer = this.vendor.handle(request);
    if (cut) {
      message.socket.destroy();
      this.calls.count(call, 0);
      return;
    }
    this.#answer(call, response, answer);
  }

  #answer(call: VendorCall, response: ServerResponse, answer: VendorAnswer): void {
    this.calls.count(call, answer.status);
    send(response, answer);
  }

  async #read(message: IncomingMessage): Promise<VendorRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const url = new URL(message.url ?? '/', this.baseUrl);
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
    return {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks).toString('utf8'),
      baseUrl: this.baseUrl,
    };
  }
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already dead: what the fault wanted.
  }
}

function send(response: ServerResponse, { status, headers = {}, body }: VendorAnswer): void {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(text === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8', 'content-length': Buffer.byteLength(text) }),
    ...headers,
  });
  response.end(text);
}
