import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
});
afterAll(() => portal?.close());

describe('GraphiQL', () => {
  it('is served to anybody, and requests nothing from other origins', async () => {
    const answer = await fetch(`${portal.app.url}/graphiql`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toContain('unpkg.com');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; connect-src 'self'/);
  });

  it('runs only the scripts of its page, in no frame, and is not cached', async () => {
    const answer = await fetch(`${portal.app.url}/graphiql`);
    const policy = answer.headers.get('content-security-policy')!;
    const allowed = /script-src ([^;]*)/.exec(policy)![1].split(' ');
    const inline = [...(await answer.text()).matchAll(/<script[^>]*>([^]*?)<\/script>/g)]
      .map(match => match[1])
      .filter(script => script.trim() !== '');
    expect(inline.length).toBeGreaterThan(2);
    expect(new Set(allowed)).toEqual(
      new Set(["'self'", ...inline.map(script => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)]),
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(Object.fromEntries(['cache-control', 'referrer-policy', 'x-content-type-options'].map(name => [name, answer.headers.get(name)]))).toEqual({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const file = await fetch(`${portal.app.url}/graphiql/static/ruru.js`);
    await file.body?.cancel();
    expect([file.headers.get('referrer-policy'), file.headers.get('x-content-type-options')]).toEqual(['no-referrer', 'nosniff']);
  });

  it('has no inline event handler, which no hash could allow', async () => {
    const page = await (await fetch(`${portal.app.url}/graphiql`)).text();
    expect(page).not.toMatch(/<[^>]+\son\w+=|javascript:/i);
  });

  it('has every file that its page names', async () => {
    const page = await (await fetch(`${portal.app.url}/graphiql`)).text();
    const names = [...page.matchAll(/graphiql\/static\/([\w.]+)/g)].map(match => match[1]);
    expect(names).toContain('ruru.js');
    for (const name of new Set(names.filter(name => name.includes('.')))) {
      const file = await fetch(`${portal.app.url}/graphiql/static/${name}`);
      expect([name, file.status]).toEqual([name, 200]);
      await file.body?.cancel();
    }
  });

  it.each(['nope.js', '..%2f..%2fpackage.json', '%2e%2e%2fruru.html', 'static'])('has no file %s', async name => {
    const file = await fetch(`${portal.app.url}/graphiql/static/${name}`);
    expect(file.status).toBe(404);
  });
});
