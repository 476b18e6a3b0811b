import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { aStaffingRequest } from '#testing';
import { aLine, anEvent, anException, linesEvent, raised, testPortal, type TestPortal } from '../portal.fixture.js';

const NAMES = ['Søren Søns', '東京 太郎', 'İpek Işık', 'Jürgen Straße', 'ＡＢＣ ﬁnance', 'Łucja "Lu" Nowak'];
const REQUEST = mintId('staffing-request', 'folded', '1');
const needOf = (name: string) => `mapping:legal-entity:${name}`;

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  const candidates = NAMES.map(name => ({ workerId: mintId('worker', 'folded', name), name, eligible: true, reasons: [] }));
  const state = { ...aStaffingRequest({ id: REQUEST, projectId: mintId('project', 'folded', '1') }), candidates };
  await portal.publish(
    anEvent('staffing-request.raised.v1', REQUEST, { state, refs: [] }),
    linesEvent(...NAMES.map(workerName => aLine({ id: mintId('time-entry', 'folded', workerName), workerName }))),
    ...NAMES.map(name =>
      raised(
        anException({
          id: mintId('exception', 'folded', name),
          subject: mintId('deal', 'folded', name),
          keys: { dealName: name },
          needs: [
            { need: needOf(name), desk: 'finance', met: false, cure: { code: 'cure.mapping', params: { mapping: 'legal-entity', source: name } } },
          ],
        }),
      ),
    ),
  );
});
afterAll(() => portal.close());

/** The names that each list with a `text` filter finds. */
const LISTS: Record<string, (text: string) => Promise<string[]>> = {
  candidates: async text => {
    const { staffingRequests } = await portal.ask(
      `{ staffingRequests { nodes { eligibility { candidates(first: 20, filter: { text: ${text} }) { nodes { name } } } } } }`,
    );
    return staffingRequests.nodes[0].eligibility.candidates.nodes.map((node: { name: string }) => node.name);
  },
  'billing lines': async text => {
    const { billingLines } = await portal.ask(`{ billingLines(first: 20, filter: { text: ${text} }) { nodes { workerName } } }`);
    return billingLines.nodes.map((node: { workerName: string }) => node.workerName);
  },
  exceptions: async text => {
    const { exceptions } = await portal.ask(`{ exceptions(first: 20, filter: { text: ${text} }) { nodes { keys { value } } } }`);
    return exceptions.nodes.map((node: { keys: { value: string }[] }) => node.keys[0].value);
  },
  'exception groups': async text => {
    const { exceptionGroups } = await portal.ask(`{ exceptionGroups(first: 20, filter: { text: ${text} }) { nodes { need } } }`);
    return exceptionGroups.nodes.map((node: { need: string }) => node.need.slice(needOf('').length));
  },
};

describe.each(Object.entries(LISTS))('the text filter of %s', (_, listed) => {
  it.each([
    ['SØNS', NAMES[0]],
    ['soren', NAMES[0]],
    ['京 太', NAMES[1]],
    ['ipek isik', NAMES[2]],
    ['STRASSE', NAMES[3]],
    ['Ju\u0308rgen', NAMES[3]],
    ['abc finance', NAMES[4]],
    ['ŁUCJA "lu"', NAMES[5]],
  ])('finds by %s the name %s, whatever the locale of the database', async (text, name) =>
    expect(await listed(JSON.stringify(text))).toEqual([name]),
  );

  it('finds nothing by a text that is in no name', async () => expect(await listed('"dealName"')).toEqual([]));
});
