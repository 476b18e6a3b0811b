import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, projectIdOf } from '#canonical';
import { aCustomer, aDeal, aProject } from '#testing';
import { anEvent, anException, aStep, mapped, raised, stepped, testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
const deal = aDeal();
const project = { ...aProject(), timeBooked: false, refs: [{ system: 'kantata', account: '7001', type: 'workspace', nativeId: '4711' }] };
const customer = deal.customer;
const related = [project.id, customer.id];
const flow = { kind: 'flow' as const, id: 'project-initiation.deal-to-project', actingFor: { kind: 'system' as const, id: 'salesforce' } };

const steps = [
  aStep({
    subject: deal.id,
    related,
    at: '2026-11-02T10:00:00.000Z',
    kind: 'journey.deal-won',
    system: 'salesforce',
    refs: deal.refs,
    money: money('32000', 'GBP'),
    actor: flow,
    runId: 'run-7',
    params: { deal: deal.name, customer: customer.name, amount: '32000.00', currency: 'GBP' },
  }),
  aStep({
    subject: deal.id,
    related,
    at: '2026-11-02T10:00:02.000Z',
    kind: 'journey.checked',
    params: {},
    system: 'throughline',
    next: { kind: 'journey.next.customer', params: {} },
  }),
  aStep({
    subject: deal.id,
    related,
    at: '2026-11-02T10:00:04.000Z',
    kind: 'journey.project-in-psa',
    params: { effects: '5' },
    system: 'kantata',
    refs: project.refs,
    next: { kind: 'journey.next.project-in-erp', params: {} },
  }),
];

beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(
    mapped('Larkfield Ltd', 'LF-UK'),
    anEvent('deal.won.v1', deal.id, { state: deal, changed: [] }),
    anEvent('project.changed.v1', project.id, { state: project, changed: [] }),
    anEvent('financial-project.changed.v1', project.id, {
      state: {
        ...financial(project.id),
        refs: [{ system: 'netsuite', account: '7654321_SB1', type: 'job', nativeId: '8801', url: 'https://netsuite.example/job/8801' }],
      },
      changed: [],
    }),
    // Published out of order: the journey is ordered by time.
    ...[steps[2], steps[0], steps[1]].map(stepped),
  );
});
afterAll(() => portal?.close());

function financial(id: string) {
  const { title, dealId, customerId, startDate, endDate, tasks } = project;
  return {
    id,
    title,
    dealId,
    customerId,
    status: 'active' as const,
    billingMethod: 'fixed-price' as const,
    currency: 'GBP',
    price: money('32000', 'GBP'),
    startDate,
    endDate,
    tasks,
    dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-210', taxCode: 'GB-S20' },
    billingSchedule: { type: 'fixed-milestone' as const, frequency: 'milestones' as const, startDate, milestones: project.milestones },
    timeAllowed: true,
    expensesAllowed: true,
  };
}

const LINE = `subject { id kind title refs { system type nativeId url } legalEntities } ambiguous matches { id kind matchedOn { what exact value system account type } }
  steps(first: 10) { nodes { kind text system outcome at refs { system nativeId } money { amount currency } actor { kind id actingFor { kind id } } runId exceptionId subject { id } next { kind text } } totalCount { value exact } }
  summary { code text params { name value } } blocking { id reasons { text } needs { need met } owner } next { subjectId kind text } freshness { system feed state }`;
const journey = async (of: string, args = ''): Promise<any> => (await portal.ask(`{ journey(of: "${of}"${args}) { ${LINE} } }`)).journey;

describe('a journey', () => {
  it('shows what happened, in order of time, with actor, system, ids and money', async () => {
    const line = await journey(deal.id);
    expect(line.subject).toMatchObject({ id: deal.id, kind: 'DEAL', title: deal.name, legalEntities: ['LF-UK'] });
    expect(line.steps.totalCount).toEqual({ value: 3, exact: true });
    expect(line.steps.nodes.map((step: { kind: string }) => step.kind)).toEqual(['journey.deal-won', 'journey.checked', 'journey.project-in-psa']);
    expect(line.steps.nodes[0]).toEqual({
      kind: 'journey.deal-won',
      text: 'Northwind grid analytics was won with Northwind Energy for 32000.00 GBP.',
      system: 'salesforce',
      outcome: 'DONE',
      at: '2026-11-02T10:00:00.000Z',
      refs: [{ system: 'salesforce', nativeId: '006LF0000000001AAA' }],
      money: { amount: '32000.00', currency: 'GBP' },
      actor: { kind: 'flow', id: 'project-initiation.deal-to-project', actingFor: { kind: 'system', id: 'salesforce' } },
      runId: 'run-7',
      exceptionId: null,
      subject: { id: deal.id },
      next: null,
    });
    expect(line.next).toEqual([{ subjectId: deal.id, kind: 'journey.next.project-in-erp', text: 'The financial project is created in the ERP.' }]);
    expect(line.summary).toMatchObject({ code: 'summary.under-way', text: 'Under way; steps so far: 3.' });
    expect(line.freshness.filter(({ system }: { system: string }) => system === 'throughline')).toEqual([
      { system: 'throughline', feed: 'portal.read-model', state: 'LIVE' },
      { system: 'throughline', feed: 'portal.billing-lines', state: 'LIVE' },
    ]);
  });

  it.each([
    ["the deal's id in the CRM", '006LF0000000001AAA', deal.id],
    ['the same, as short as people copy it', '006LF0000000001', deal.id],
    ["the project's id in the PSA", '4711', project.id],
    ["the project's id in the ERP", '8801', project.id],
    ["the customer's id in the CRM", '001LF0000000001AAA', customer.id],
    ['the canonical id of the project', project.id, project.id],
    ['the canonical id of the customer', customer.id, customer.id],
  ])('is found by %s', async (_what, of, subject) => {
    const line = await journey(of);
    expect(line.subject.id).toBe(subject);
    expect(line.ambiguous).toBe(false);
    expect(line.steps.totalCount.value).toBe(3);
  });

  it('states what it matched', async () => {
    expect((await journey('8801')).matches).toEqual([
      {
        id: project.id,
        kind: 'PROJECT',
        matchedOn: [{ what: 'native-id', exact: true, value: '8801', system: 'netsuite', account: '7654321_SB1', type: 'job' }],
      },
    ]);
    expect((await journey('006LF0000000001')).matches[0].matchedOn[0]).toMatchObject({
      what: 'native-id',
      exact: false,
      value: '006LF0000000001AAA',
    });
    expect((await journey(deal.id)).matches[0].matchedOn[0]).toMatchObject({ what: 'id', exact: true });
  });

  it('is ambiguous when the id means several things, and has no steps until one is chosen', async () => {
    const twin = aCustomer({
      id: mintId('customer', 'netsuite', '8801'),
      name: 'Quayside Rowing',
      refs: [{ system: 'netsuite', account: '7654321_SB1', type: 'customer', nativeId: '8801' }],
    });
    await portal.publish(anEvent('billing-customer.changed.v1', twin.id, { state: twin, changed: [] }, { legalEntities: ['LF-UK'] }));
    const line = await journey('8801');
    expect(line).toMatchObject({
      ambiguous: true,
      subject: null,
      steps: { nodes: [], totalCount: { value: 0 } },
      blocking: [],
      next: [],
      summary: { text: 'The id means 2 things: choose one.' },
    });
    expect(line.matches.map((match: { kind: string }) => match.kind).sort()).toEqual(['CUSTOMER', 'PROJECT']);
    expect((await journey('8801', ', kind: PROJECT')).subject.id).toBe(project.id);
    await portal.publish(anEvent('billing-customer.changed.v1', twin.id, { state: twin, changed: [], deleted: true }, { legalEntities: ['LF-UK'] }));
    expect((await journey('8801')).subject.id).toBe(project.id);
  });

  it('is null for an id that nobody has', async () => {
    expect(await journey('no-such-id')).toBeNull();
  });

  it('is blocked while an exception is open on it, and shows that exception', async () => {
    const exception = anException({
      id: mintId('exception', 'j'),
      subject: deal.id,
      keys: { deal: deal.id, project: project.id, customer: customer.id },
    });
    await portal.publish(raised(exception));
    for (const of of [deal.id, project.id, customer.id]) {
      const line = await journey(of);
      expect(line.summary).toMatchObject({ code: 'summary.blocked', text: 'Blocked by open exceptions (1); steps so far: 3.' });
      expect(line.blocking).toEqual([
        {
          id: exception.id,
          owner: 'FINANCE',
          needs: [{ need: 'mapping:legal-entity:Larkfield Nordics AB', met: false }],
          reasons: [{ text: 'Aurora harbour: the legal entity "Larkfield Nordics AB" has no mapping.' }],
        },
      ]);
    }
    await portal.publish(raised({ ...exception, state: 'waiting' }));
    expect((await journey(deal.id)).summary).toMatchObject({
      code: 'summary.waiting',
      text: 'Waiting for mapping:legal-entity:Larkfield Nordics AB, which is not an exception yet; steps so far: 3.',
    });
    await portal.publish(raised({ ...exception, state: 'resolved' }));
    expect(await journey(deal.id)).toMatchObject({ blocking: [], summary: { code: 'summary.under-way' } });
  });

  it('is complete when its last step is the end of a run', async () => {
    await portal.publish(
      stepped(
        aStep({ subject: deal.id, related, at: '2026-11-02T10:00:09.000Z', kind: 'journey.project-active', params: {}, system: 'throughline' }),
      ),
    );
    expect((await journey(deal.id)).summary).toMatchObject({ code: 'summary.complete', text: 'Complete; steps so far: 4.' });
  });

  it('of a customer contains every deal’s steps, each with its own next step', async () => {
    const second = aDeal({ id: mintId('deal', 'second'), name: 'Second affair', refs: [] });
    await portal.publish(
      anEvent('deal.won.v1', second.id, { state: second, changed: [] }),
      stepped(
        aStep({
          subject: second.id,
          related: [projectIdOf(second.id), customer.id],
          at: '2026-11-03T10:00:00.000Z',
          kind: 'journey.checked',
          params: {},
          next: { kind: 'journey.next.customer', params: {} },
        }),
      ),
    );
    const line = await journey(customer.id);
    expect(line.steps.totalCount.value).toBe(5);
    expect(line.next).toEqual([expect.objectContaining({ subjectId: second.id, kind: 'journey.next.customer' })]);
    expect((await journey(deal.id)).steps.totalCount.value).toBe(4);
  });

  it('has stopped, not ended, when an exception was skipped and nothing followed', async () => {
    const third = aDeal({ id: mintId('deal', 'third'), name: 'Third affair', refs: [] });
    const passedOver = anException({ id: mintId('exception', 'passed-over'), subject: third.id, state: 'skipped' });
    await portal.publish(
      anEvent('deal.won.v1', third.id, { state: third, changed: [] }),
      raised(passedOver),
      stepped(aStep({ subject: third.id, at: '2026-11-03T11:00:00.000Z' })),
    );
    expect((await journey(third.id)).summary).toMatchObject({ code: 'summary.under-way', text: 'Under way; steps so far: 1.' });
    const skipped = { kind: 'journey.exception-skipped', params: { by: 'Ruth Abelson', reason: '' }, exceptionId: passedOver.id };
    await portal.publish(stepped(aStep({ subject: third.id, at: '2026-11-03T11:00:01.000Z', system: 'throughline', ...skipped })));
    expect((await journey(third.id)).summary).toMatchObject({
      code: 'summary.stopped',
      text: 'It stopped and nothing is under way: read and check the deal. Steps so far: 2.',
    });
  });

  it('pages its steps by cursor, filters them, and is reached from any subject', async () => {
    const { deal: found } = await portal.ask(
      `{ deal(id: "${deal.id}") { journey { steps(first: 2) { nodes { kind } pageInfo { endCursor hasNextPage } facets(by: [SYSTEM]) { values { value count } } } } } }`,
    );
    const after = found.journey.steps.pageInfo.endCursor as string;
    const rest = await portal.ask(
      `query ($after: String) { project(id: "${project.id}") { journey { steps(first: 2, after: $after) { nodes { kind } } only: steps(filter: { system: ["kantata"] }) { nodes { kind } } } } }`,
      undefined,
      { after },
    );
    expect(rest.project.journey.steps.nodes.map((step: { kind: string }) => step.kind)).toEqual(['journey.project-in-psa', 'journey.project-active']);
    expect(rest.project.journey.only.nodes).toEqual([{ kind: 'journey.project-in-psa' }]);
    expect(found.journey.steps.facets[0].values).toContainEqual({ value: 'throughline', count: 2 });
  });

  it('is in English when the requested language has no catalogue, and shows an unknown kind as it is', async () => {
    await portal.publish(
      stepped(aStep({ subject: deal.id, related, at: '2026-11-04T10:00:00.000Z', kind: 'journey.something-new', params: { of: 'tomorrow' } })),
    );
    const query = `{ journey(of: "${deal.id}") { steps(first: 1, order: { by: AT, direction: DESCENDING }) { nodes { text(language: "tlh") } } summary { text } } }`;
    const { data } = await portal.answer<any>(query, undefined, {}, { 'accept-language': 'fr-CH, en;q=0.8' });
    expect(data.journey).toEqual({
      steps: { nodes: [{ text: 'journey.something-new, of tomorrow' }] },
      summary: { text: 'Under way; steps so far: 5.' },
    });
  });
});

describe('find', () => {
  const found = async (text: string, kinds = ''): Promise<any[]> =>
    (await portal.ask(`{ find(text: "${text}"${kinds}) { id kind matchedOn { what value system } subject { title } } }`)).find;

  it('finds by words of the name, the last as far as it was typed, and by other known words', async () => {
    expect((await found('northw grid')).map(match => match.kind)).toEqual([]);
    expect((await found('grid northw')).map(match => match.kind).sort()).toEqual(['DEAL', 'PROJECT']);
    expect((await found('PO-1001')).map(match => match.kind)).toContain('DEAL');
    expect((await found('GB980780684', ', kinds: [CUSTOMER]'))[0]).toMatchObject({
      kind: 'CUSTOMER',
      matchedOn: [{ what: 'words' }],
      subject: { title: 'Northwind Energy' },
    });
  });

  it('ranks an id before words, and shows everything it matched', async () => {
    expect((await found('8801'))[0]).toMatchObject({ id: project.id, matchedOn: [{ what: 'native-id', value: '8801', system: 'netsuite' }] });
    expect((await found(deal.id))[0]).toMatchObject({ id: deal.id, matchedOn: [{ what: 'id' }, { what: 'words' }] });
  });

  it('returns only the requested kinds, and interprets no operators in the text', async () => {
    expect(new Set((await found('northwind', ', kinds: [DEAL, CUSTOMER]')).map(match => match.kind))).toEqual(new Set(['DEAL', 'CUSTOMER']));
    expect(await found("northwind & ! ( :* <-> '")).not.toEqual([]);
    expect(await found('&&& !!! ()')).toEqual([]);
  });

  it('refuses an empty text', async () => {
    expect((await portal.answer('{ find(text: "  ") { id } }')).errors![0].extensions).toMatchObject({
      code: 'INVALID',
      fields: [{ field: 'text' }],
    });
  });
});
