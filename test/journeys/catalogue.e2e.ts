import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS } from '../../apps/platform/src/apps.js';
import { CHROMIUM_OPTIONS, testPlatform, withoutChromium, type TestPlatform } from '#testing';

/** Where pictures of the pages are kept, when they are taken anew: `CATALOGUE_PICTURES=1`. */
const PICTURES = process.env.CATALOGUE_PICTURES ? resolve(import.meta.dirname, '../../docs/pictures') : undefined;

describe.skipIf(withoutChromium())('the catalogue in a browser', () => {
  let platform: TestPlatform;
  let browser: Browser;
  let page: Page;
  const asked = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    [platform, browser] = await Promise.all([testPlatform(), chromium.launch(CHROMIUM_OPTIONS)]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    page.on('request', request => asked.add(new URL(request.url()).origin));
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    // so that there is something to show of use
    await platform.api.get('/system/crm/v1/deals?limit=1');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });

  const picture = async (name: string): Promise<void> => {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  };
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  /** Presses Tab until the focused element has this text. */
  const tabTo = async (text: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement?.textContent?.trim() ?? ""')) === text) return;
    }
    throw new Error(`Tab does not reach "${text}".`);
  };

  it('is reached by its short address, and signs a person in without a mouse', async () => {
    await page.goto(`${platform.endpoints.gateway}/catalogue`);
    await heading('API catalogue');
    await tabTo('Sign in');
    await page.keyboard.press('Enter');
    await page.getByText('Amara Lindqvist').first().waitFor();
    await page.getByRole('button', { name: /Amara Lindqvist/ }).click();
    await heading('APIs');
    expect(page.url()).not.toMatch(/code=|state=|token/);
  });

  it('lists every API with its state, owner and users, and finds one', async () => {
    const rows = page.getByRole('row');
    for (const { title } of APPS)
      await page
        .getByRole('link', { name: new RegExp(`^${title} v\\d$`) })
        .first()
        .waitFor();
    await picture('catalogue');
    await page.getByLabel('Name or owner').fill('crm');
    await page.getByRole('status').filter({ hasText: '1 API versions' }).waitFor();
    expect(await rows.count()).toBe(2);
  });

  it('shows one by keyboard: the heading has the focus, the operations their callers', async () => {
    await tabTo('CRM v1');
    await page.keyboard.press('Enter');
    await heading('CRM v1');
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    const operation = page.getByRole('row', { name: /listDeals/ }).first();
    expect(await operation.textContent()).toContain('GET /v1/deals');
    await page.getByRole('row', { name: /operations.*listDeals/ }).waitFor();
    await page.getByText('The running app is what it declares.').waitFor();
    expect(await page.getByRole('link', { name: /reference/ }).getAttribute('href')).toBe('/system/crm/docs?version=v1');
    await picture('catalogue-api');
  });

  it('shows events, consumers and plans', async () => {
    await page.getByRole('link', { name: 'Events' }).click();
    await heading('Events');
    await page.getByRole('row', { name: /deal\.changed\.v1.*crm/ }).waitFor();
    await page.getByRole('link', { name: 'Plans' }).click();
    await heading('Plans');
    await page.getByRole('link', { name: 'Consumers' }).click();
    await heading('Consumers');
    expect(await page.title()).toBe('Consumers · Throughline');
  });

  it('asks nobody but the platform and its issuer, and nothing in it is refused', () => {
    expect([...asked].every(origin => origin.startsWith('http://127.0.0.1:'))).toBe(true);
    expect(complaints).toEqual([]);
  });
});
