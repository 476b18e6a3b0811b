import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built } from '#testing';
import type { IssuerReady } from './main.js';

const CHUNK = Buffer.alloc(65_536, 'a');

describe('the memory of the issuer', () => {
  let folder: string;
  let issuer: ChildProcess;
  let port: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-issuer-'));
    const env = { ...process.env, ISSUER_KEYS: join(folder, 'issuer.json'), ISSUER_PORT: '0' };
    issuer = fork(join(await built(), 'apps/platform/src/issuer/main.js'), [], { env, execArgv: [] });
    const [{ ready }] = (await once(issuer, 'message')) as [IssuerReady];
    port = Number(new URL(ready.url).port);
  }, 60_000);
  afterAll(async () => {
    const ended = once(issuer, 'exit');
    issuer.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  });

  const megabytes = () => Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${issuer.pid}/status`, 'utf8'))![1]) / 1024;

  /** Sends a form of that many megabytes; returns how much the issuer grew at its peak. */
  async function grownBy(target: string, size: number, chunked: boolean): Promise<number> {
    const before = megabytes();
    let peak = before;
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close').catch(() => undefined);
    socket.on('error', () => undefined).resume();
    const length = chunked ? 'transfer-encoding: chunked' : `content-length: ${size * 16 * CHUNK.length}`;
    socket.write(`POST ${target} HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n${length}\r\n\r\n`);
    for (let n = 0; n < size * 16 && socket.writable; n++) {
      if (chunked) socket.write('10000\r\n');
      if (!socket.write(CHUNK)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
      if (chunked) socket.write('\r\n');
      if (n % 64 === 0) peak = Math.max(peak, megabytes());
    }
    await sleep(50);
    peak = Math.max(peak, megabytes());
    socket.destroy();
    return peak - before;
  }

  it.each(['/interaction/x', '/token', '/auth', '/request', '/session/end/confirm', '/token/revocation'])(
    'does not grow with the size of requests to %s',
    async target => {
      await grownBy(target, 10, false);
      for (const chunked of [false, true]) {
        const [small, large] = [await grownBy(target, 10, chunked), await grownBy(target, 150, chunked)];
        console.log(`${target} ${chunked ? 'chunked' : 'in one'}: 10 MB grew it by ${small.toFixed(0)} MB, 150 MB by ${large.toFixed(0)} MB`);
        expect(large).toBeLessThan(small + 40);
      }
    },
  );

  it('does not grow with strangers who begin to sign in', async () => {
    const begin = (n: number) =>
      fetch(
        `http://127.0.0.1:${port}/auth?client_id=console&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A5173%2F&scope=openid&code_challenge=${'v'.repeat(43)}&code_challenge_method=S256&state=${n}${'s'.repeat(3_000)}`,
        { redirect: 'manual' },
      ).then(answer => answer.body?.cancel());
    const rounds: number[] = [];
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 3_000; n += 50) await Promise.all(Array.from({ length: 50 }, (_, at) => begin(n + at)));
      rounds.push(megabytes());
    }
    console.log(`after each 3,000 sign-ins begun: ${rounds.map(mb => `${mb.toFixed(0)} MB`).join(', ')}`);
    // The store is full after 2,000; if every sign-in were kept, a round would add 50 MB and more.
    expect(Math.min(rounds[3], rounds[4]) - rounds[2]).toBeLessThan(60);
  }, 120_000);
});
