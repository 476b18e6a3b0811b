import { afterAll, beforeAll, expect, it } from 'vitest';
import { PSA_ABILITIES, type PsaAbility } from '#apis/psa';
import { Problem } from '#canonical';
import { standIn, testGateway, type TestServer } from '#testing';
import { psa } from '../calls.js';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
let gateway: TestServer;
let cannot: () => PsaAbility[];
let questions = 0;
beforeAll(async () => {
  gateway = await testGateway(standIn(psa, { getAbilities: () => ({ can: [], cannot: (questions++, cannot()) }) }));
  portal = await testPortal({ env: { PORTAL_PSA_URL: gateway.url, LOG_LEVEL: 'silent' } });
});
afterAll(async () => {
  await portal?.close();
  await gateway?.close();
});

const asked = async () => (await portal.ask('{ notKept { code text } }', { person: 'delivery-uk' })).notKept;

it('says in a sentence each thing that the PSA in use does not keep, whoever asks', async () => {
  cannot = () => ['staffing', 'expenses'];
  expect(await asked()).toEqual([
    { code: 'not-kept.staffing', text: 'Staffing requests: not kept in this PSA.' },
    { code: 'not-kept.expenses', text: 'Expenses: not kept in this PSA.' },
  ]);
});

it('says nothing of a PSA that keeps everything', async () => {
  cannot = () => [];
  expect(await asked()).toEqual([]);
});

it('has a sentence for whatever PSAs may lack', async () => {
  cannot = () => [...PSA_ABILITIES];
  const said = (await asked()) as { text: string }[];
  expect(said).toHaveLength(PSA_ABILITIES.length);
  for (const { text } of said) expect(text).toContain('not kept in this PSA.');
});

it('says nothing of abilities that it does not know, and each thing once', async () => {
  cannot = () => ['staffing', 'teleport' as PsaAbility, 'toString' as PsaAbility, 'staffing'];
  expect(await asked()).toEqual([{ code: 'not-kept.staffing', text: 'Staffing requests: not kept in this PSA.' }]);
});

it('asks the PSA app once, however many aliases there are', async () => {
  cannot = () => ['staffing'];
  questions = 0;
  const said = await portal.ask('{ a: notKept { code } b: notKept { code } c: notKept { code } }', { person: 'delivery-uk' });
  expect([said.a, said.b, said.c, questions]).toEqual([...Array<unknown>(3).fill([{ code: 'not-kept.staffing' }]), 1]);
});

it('is null when the PSA app answers something else', async () => {
  for (const answer of [null, {}, 'staffing', [7]]) {
    cannot = () => answer as PsaAbility[];
    expect(await asked(), JSON.stringify(answer)).toBeNull();
  }
});

it('is null while the PSA app can not be asked', async () => {
  cannot = () => {
    throw new Problem('vendor-unavailable', 'It is starting.');
  };
  expect(await asked()).toBeNull();
});
