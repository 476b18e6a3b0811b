import { createHash } from 'node:crypto';
import { samplePeople } from './sample-identities.js';

const escape = (text: string) => text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; color: #1b2430 }
  h1 { font-size: 1.25rem } p { color: #5b6673 }
  button { display: block; width: 100%; text-align: left; font: inherit; margin: .5rem 0; padding: .6rem .8rem; border: 1px solid #c9d1da; border-radius: .5rem; background: #fff; cursor: pointer }
  button:hover, button:focus { border-color: #2457c5; outline: none } span { display: block; color: #5b6673; font-size: .85rem }
`;

/** The pages have one style and no script, and load nothing. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>${STYLE}</style>
<h1>${escape(title)}</h1>${body}</html>`;

/**
 * The page on which people choose their identity. The firm and its people are samples, so choosing
 * one is the whole login.
 */
export function loginPage(action: string, clientName: string): string {
  const rows = samplePeople.map(
    ({ id, name, roles, legalEntities }) =>
      `<button name="person" value="${escape(id)}"><b>${escape(name)}</b><span>${escape(roles.join(', '))} · ${escape(legalEntities.join(', '))}</span></button>`,
  );
  return page(
    'Sign in to Throughline',
    `<p>${escape(clientName)} asks who you are. These are the sample firm's people.</p>
<form method="post" action="${escape(action)}">${rows.join('\n')}</form>`,
  );
}

/** `form` is the provider's; the buttons belong to it. */
export const logoutPage = (form: string): string =>
  page(
    'Sign out of Throughline',
    `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button>`,
  );

export const loggedOutPage = (): string => page('You are signed out', '');

export const errorPage = (fields: Record<string, unknown>): string =>
  page(
    'The sign-in failed',
    Object.entries(fields)
      .map(([name, value]) => `<p>${escape(name)}: ${escape(String(value))}</p>`)
      .join('\n'),
  );

/** The provider's page submits its form by a script; without the script, a person submits it. */
export const withoutScript = (html: string): string => html.replace(/<script>[^]*?<\/script>/g, '').replace(/<\/?noscript>/g, '');
