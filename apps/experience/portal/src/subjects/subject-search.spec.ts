import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { aDeal, eventually } from '#testing';
import { anEvent, testPortal, type TestPortal } from '../portal.fixture.js';

const NAMES = [
  'Müller & Søns rollout',
  'Łódź Straßenbahn',
  'ÅRHUS harbour',
  '東京電力ホールディングス導入',
  'กรุงเทพมหานคร ระบบบัญชี',
  'हिन्दी सेवा',
  'ＡＢＣ ﬁnance',
  'RX-77 renewal',
];
const idOf = (name: string) => mintId('deal', 'finding', name);

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  for (const name of NAMES) {
    const state = aDeal({ id: idOf(name), name, refs: [] });
    await portal.publish(anEvent('deal.changed.v1', state.id, { state, changed: [] }, { legalEntities: ['LF-UK'] }));
  }
  await eventually(async () => (await portal.ask('{ deals(first: 20) { nodes { id } } }')).deals.nodes.length === NAMES.length);
});
afterAll(() => portal.close());

const found = async (text: string): Promise<string[]> => {
  const { find } = await portal.ask(`{ find(text: ${JSON.stringify(text)}, kinds: [DEAL]) { subject { title } } }`);
  return find.map((match: { subject: { title: string } }) => match.subject.title);
};
const listed = async (text: string): Promise<string[]> => {
  const { deals } = await portal.ask(`{ deals(first: 20, filter: { text: ${JSON.stringify(text)} }) { nodes { name } } }`);
  return deals.nodes.map((deal: { name: string }) => deal.name);
};

describe('a search', () => {
  it.each([
    ['Søns', NAMES[0]],
    ['SØNS', NAMES[0]],
    ['søn', NAMES[0]],
    ['sons muller', NAMES[0]],
    ['Mu\u0308ller', NAMES[0]],
    ['lodz', NAMES[1]],
    ['strassen', NAMES[1]],
    ['STRASSENBAHN', NAMES[1]],
    ['århus', NAMES[2]],
    ['東京', NAMES[3]],
    ['電力ホール', NAMES[3]],
    ['ﾎｰﾙﾃﾞｨﾝｸﾞｽ', NAMES[3]],
    ['มหานคร', NAMES[4]],
    ['बैंक', undefined],
    ['हिन्दी', NAMES[5]],
    ['abc finance', NAMES[6]],
    ['ﬁn', NAMES[6]],
    ['rx 77', NAMES[7]],
    ['京東', undefined],
    ['rollout (soon)', undefined],
    ["'", undefined],
  ])('%s finds %s, whatever the locale of the database', async (text, name) => expect(await found(text)).toEqual(name === undefined ? [] : [name]));

  it.each([
    ['SØNS', NAMES[0]],
    ['sons ROLL', NAMES[0]],
    ['århus', NAMES[2]],
    ['京電', NAMES[3]],
    ['abc', NAMES[6]],
  ])('%s lists %s', async (text, name) => expect(await listed(text)).toEqual([name]));

  it('is exact when the text equals the whole title except for case and accents', async () => {
    const { find } = await portal.ask(`{ find(text: "arhus HARBOUR") { matchedOn { what exact } } }`);
    expect(find).toEqual([{ matchedOn: [{ what: 'words', exact: true }] }]);
  });
});
