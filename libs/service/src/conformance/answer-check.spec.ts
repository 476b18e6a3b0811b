import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Scopes } from '#auth';
import { testApp, testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { WritesNothing } from '../audit/audit.interceptor.js';
import { createApp } from '../create-app.js';
import { PageOf } from '../openapi/page.js';
import { Parcel, parcels } from '../parcels.fixture.js';
import { AnswerCheck, LARGEST_CHECKED, MOST_KEPT } from './answer-check.js';
import { ConformanceCheck } from './conformance-check.js';
import { besides, env } from './planted.fixture.js';

const GOOD = { id: 'p1', label: 'one', weight: 1 };

@Controller({ path: 'wrong', version: '1' })
class WrongController {
  @Get('page')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'A page of which the second item is wrong.' })
  @PageOf(Parcel)
  page(@Query('weight') weight: string): object {
    return { items: [GOOD, { ...GOOD, weight: Number(weight), price: { amount: 'secret', currency: 'GBP' } }], nextCursor: null };
  }

  @Get('part')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'A parcel without a label.' })
  @ApiOkResponse({ type: Parcel })
  part(): object {
    return { id: 'p1', weight: 1 };
  }

  @Post('status')
  @Scopes('crm.read')
  @WritesNothing()
  @HttpCode(202)
  @ApiOperation({ summary: 'Answers another status.' })
  @ApiCreatedResponse({ type: Parcel })
  status(): object {
    return GOOD;
  }

  @Get('text')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Answers a text.' })
  @ApiOkResponse({ type: Parcel })
  text(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/plain; charset=utf-8');
    return 'one';
  }

  @Get('much')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Answers much.' })
  @ApiOkResponse({ type: Parcel })
  much(): object {
    return { ...GOOD, label: 'x'.repeat(LARGEST_CHECKED) };
  }

  @Post('nothing')
  @Scopes('crm.read')
  @WritesNothing()
  @HttpCode(204)
  @ApiOperation({ summary: 'Answers nothing.' })
  @ApiNoContentResponse()
  nothing(): void {}

  @Get('problem')
  @Scopes('crm.read')
  @ApiOperation({ summary: 'Answers a problem of its own making.' })
  @ApiOkResponse({ type: Parcel })
  problem(@Res({ passthrough: true }) reply: FastifyReply): object {
    void reply.code(418).type('application/problem+json');
    return { title: 'I am a teapot' };
  }
}

const wrong = { ...parcels, module: besides({ controllers: [WrongController] }) };
let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;
let bearer: { authorization: string };

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  bearer = await issuer.bearer({ client: 'operations' });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
});

/** Starts the app anew, sends one request after the other, and answers what was found. */
async function found(urls: (string | { method: 'POST'; url: string })[], sample = '1') {
  await app?.close();
  app = await createApp(wrong, { env: env({ ANSWER_CHECK_SAMPLE: sample }) });
  for (const url of urls) await app.inject({ ...(typeof url === 'string' ? { url } : url), headers: bearer });
  return app.get(AnswerCheck).report();
}

describe('an answer', () => {
  it('that is what its document says is counted, and so is a problem', async () => {
    const urls = ['/v1/parcels', '/v1/parcels/p1', '/v1/parcels/p2', '/v1/parcels/broken', '/v1/none', '/healthz', '/v1/parcels/%E0%A4%A'];
    expect(await found([...urls, { method: 'POST', url: '/v1/wrong/nothing' }])).toEqual({ checked: 7, skipped: 0, mismatched: 0, mismatches: [] });
  });

  it('that differs is told by operation, place and rule, without what it says', async () => {
    const { mismatches } = await found([
      '/v1/wrong/page?weight=7000',
      '/v1/wrong/part',
      { method: 'POST', url: '/v1/wrong/status' },
      '/v1/wrong/text',
      '/v1/wrong/problem',
    ]);
    expect(mismatches.map(({ operation, status, pointer, rule }) => `${operation} ${status} ${pointer} ${rule}`)).toEqual([
      'GET /v1/wrong/page 200 /items/*/weight maximum',
      'GET /v1/wrong/part 200  required',
      'POST /v1/wrong/status 202  content-type',
      'GET /v1/wrong/text 200  content-type',
      'GET /v1/wrong/problem 418  required',
    ]);
    expect(JSON.stringify(mismatches)).not.toMatch(/7000|secret|teapot/);
    expect(app.get(ConformanceCheck).report().answers.mismatches).toEqual(mismatches);
  });

  it('is sent as it is', async () => {
    await found([]);
    const answer = await app.inject({ url: '/v1/wrong/part', headers: bearer });
    expect([answer.statusCode, answer.json()]).toEqual([200, { id: 'p1', weight: 1 }]);
  });

  it('that differs in a way that is known is only counted, and so are those beyond the bound', async () => {
    const { mismatched, mismatches } = await found(Array.from({ length: 3 }, () => '/v1/wrong/part'));
    expect([mismatched, mismatches.length, mismatches[0].count]).toEqual([3, 1, 3]);
    const metrics = (await app.inject({ url: '/metrics', headers: bearer })).body;
    expect(metrics).toContain('throughline_answer_mismatches_total{operation="GET /v1/wrong/part",status="200"} 3');
    expect(MOST_KEPT).toBeLessThan(1_000);
  });

  it('that is too large is skipped and counted', async () => {
    const { checked, skipped } = await found(['/v1/wrong/much']);
    expect([checked, skipped]).toEqual([0, 1]);
    expect((await app.inject({ url: '/metrics', headers: bearer })).body).toContain('throughline_answers_unchecked_total 1');
  });

  it('that is given again is skipped: an earlier release may have made it', async () => {
    await found([]);
    const again = { method: 'POST', url: '/v1/wrong/status', headers: { ...bearer, 'idempotency-key': 'again' } } as const;
    await app.inject(again);
    expect((await app.inject(again)).headers['idempotency-replayed']).toBe('true');
    expect(app.get(AnswerCheck).report()).toMatchObject({ checked: 1, skipped: 1, mismatched: 1 });
  });

  it('is checked as often as the setting says', async () => {
    const urls = Array.from({ length: 60 }, () => '/v1/wrong/part');
    expect((await found(urls, '0')).checked).toBe(0);
    const { checked } = await found(urls, '0.5');
    // a sample of 60 by halves is outside of this once in 10^14
    expect(checked).toBeGreaterThan(2);
    expect(checked).toBeLessThan(58);
  });
});

describe('a spec', () => {
  it('fails when an answer of its app differs from its document', async () => {
    const tested = await testApp(wrong, { env: { PARCELS_CLIENT_SECRET: 'none' } });
    await fetch(`${tested.url}/v1/wrong/part`, { headers: bearer });
    await expect(tested.close()).rejects.toThrow("GET /v1/wrong/part 200: / must have required property 'label'");
  });
});
