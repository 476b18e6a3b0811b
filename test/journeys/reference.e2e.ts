import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_OPTIONS, testPlatform, withoutChromium, type TestPlatform } from '#testing';

const APP = '/process/time-to-billing';

describe.skipIf(withoutChromium())("an app's reference in a browser", () => {
  let platform: TestPlatform;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const asked = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    [platform, browser] = await Promise.all([testPlatform(), chromium.launch(CHROMIUM_OPTIONS)]);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    // Of the window in which people sign in, too.
    context.on('request', request => asked.add(new URL(request.url()).origin));
    context.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    context.on('weberror', error => complaints.push(error.error().message));
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });

  it('shows the newest version, and each other', async () => {
    await page.goto(`${platform.endpoints.gateway}${APP}/docs`);
    await page.getByText('GET/v2/queue').waitFor();
    await page.getByRole('link', { name: 'v1' }).click();
    await page.getByText('GET/v1/queue').waitFor();
    expect(await page.title()).toBe('Time to billing: reference');
  });

  it('signs a person in at the issuer by code with PKCE', async () => {
    await page.goto(`${platform.endpoints.gateway}${APP}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByText('Flow: authorizationCode with PKCE').waitFor();
    // The flow of programs asks for a secret, which has no place here.
    expect(await page.getByText('clientCredentials').count()).toBe(0);
    await page.getByText('select all').click();
    const [issuer] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()]);
    await Promise.all([issuer.waitForEvent('close'), issuer.getByRole('button', { name: /Ruth Abelson/ }).click()]);
    await page.getByText('Logout').waitFor();
    await page.locator('.btn-done').click();
  });

  it('tries an operation out and shows the answer', async () => {
    const operation = page.locator('.opblock').filter({ hasText: '/v2/queue' });
    await operation.getByRole('button').first().click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(await operation.locator('.live-responses-table').textContent()).toContain('"state"');
  });

  it('asks nobody but the platform and its issuer, and nothing in it is refused', () => {
    const { gateway, issuer } = platform.endpoints;
    expect([...asked].sort()).toEqual([new URL(gateway).origin, new URL(issuer).origin].sort());
    expect(complaints).toEqual([]);
  });
});
