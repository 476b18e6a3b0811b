import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
});
afterAll(() => portal?.close());

describe('GraphiQL', () => {
  it('is served to anybody, and asks nobody but its own origin for anything', async () => {
    const answer = await fetch(`${portal.app.url}/graphiql`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toContain('unpkg.com');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; connect-src 'self'/);
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
