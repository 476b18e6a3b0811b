import { samplePeople } from './sample-identities.js';

const escape = (text: string) => text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

/** Where a person says who they are. The firm is a sample and so are its people: choosing one is the whole login. */
export function loginPage(action: string, clientName: string): string {
  const rows = samplePeople.map(
    ({ id, name, roles, legalEntities }) =>
      `<button name="person" value="${escape(id)}"><b>${escape(name)}</b><span>${escape(roles.join(', '))} · ${escape(legalEntities.join(', '))}</span></button>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in to Throughline</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; color: #1b2430 }
  h1 { font-size: 1.25rem } p { color: #5b6673 }
  button { display: block; width: 100%; text-align: left; font: inherit; margin: .5rem 0; padding: .6rem .8rem; border: 1px solid #c9d1da; border-radius: .5rem; background: #fff; cursor: pointer }
  button:hover, button:focus { border-color: #2457c5; outline: none } span { display: block; color: #5b6673; font-size: .85rem }
</style>
<h1>Sign in to Throughline</h1><p>${escape(clientName)} asks who you are. These are the sample firm's people.</p>
<form method="post" action="${escape(action)}">${rows.join('\n')}</form></html>`;
}
