import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDoor, listen, readBody, refusePages, shut } from '#service/door';
import { atClock } from './clock.js';
import type { Faults } from './faults.js';
import { freeze, signal } from './signals.js';
import type { Vendor, VendorAnswer, VendorCall, VendorRequest } from './vendor.js';

/** Beyond what any vendor takes in one call. */
const MOST_BODY_BYTES = 16_000_000;

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
    vendor.refuseRecords?.((call, request) => this.faults.due(vendor.name, call, request).find(fault => fault.do === 'code'));
    // Planned faults may leave a request unanswered for an hour.
    this.#server = createDoor(vendor.name, (request, response) => this.#serve(request, response), {
      idleMs: 0,
      keepAliveMs: 30_000,
      targetBytes: 16_000,
      headerBytes: 32_768,
    });
  }

  async listen(port: number): Promise<string> {
    await listen(this.#server, port, '127.0.0.1');
    return this.baseUrl;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.vendor.close?.();
    await shut(this.#server);
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
    let clockAheadMs = 0;
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
        case 'code':
          if (fault.done) this.vendor.handle(request);
          return this.#answer(call, response, this.vendor.refused(request, fault));
        case 'maintenance':
          return this.#answer(call, response, this.vendor.down(request));
        case 'clock':
          if (fault.shownIn === 'records') clockAheadMs = fault.aheadMs;
          else response.setHeader('date', new Date(Date.now() + fault.aheadMs).toUTCString());
          break;
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
        case 'freeze':
          freeze(fault.pid, fault.ms);
          break;
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
    const answer = atClock(clockAheadMs, () => this.vendor.handle(request));
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
    refusePages(message);
    const body = await readBody(message, MOST_BODY_BYTES);
    const url = new URL(this.baseUrl + (message.url ?? '/'));
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
    return {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers,
      body,
      baseUrl: this.baseUrl,
    };
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
