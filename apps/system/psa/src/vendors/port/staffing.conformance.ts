import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#canonical';
import { aStaffingRequest, eventually, problemOf } from '#testing';
import { answersUnsupported, Bench, kindsOf, put, putStaffing, untilDone, type PsaWorld } from './bench.fixture.js';

/** What every PSA that has staffing requests must do with them. */
export function staffingConformance(name: string, world: PsaWorld): void {
  describe(`staffing requests in ${name}`, () => {
    const bench = new Bench(world);
    if (bench.can('staffing')) requestsAreRaised(bench);
    else answersUnsupported(bench, 'staffing', vendor => vendor.staffing);
  });
}

function requestsAreRaised(bench: Bench): void {
  it('raises a request on a seat of the project, reads it back, cancels it and raises it again on the same seat', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    await put(vendor, project);
    const request = aStaffingRequest({ projectId: project.id, skills: ['Security', 'Integration Design'] });
    const effects = await bench.appliesAsPlanned(await vendor.staffing!.plan(request));
    expect(kindsOf(effects)).toEqual(['create staffing-resource', 'create staffing-request']);
    const { refs, ...there } = (await vendor.staffing!.get(request.id))!;
    expect(canonicalJson(there)).toBe(canonicalJson(request));
    expect((await vendor.staffing!.plan(request)).effects).toEqual([]);
    expect(kindsOf(await bench.appliesAsPlanned(await vendor.staffing!.plan({ ...request, status: 'cancelled' })))).toEqual([
      'archive staffing-request',
    ]);
    expect(kindsOf(await bench.appliesAsPlanned(await vendor.staffing!.plan(request)))).toEqual(['reactivate staffing-request']);
    expect((await vendor.staffing!.get(request.id))!.refs[0]).toEqual(refs[0]);
  });

  it('raises a request again when its content changed, since its approver must see the change', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    await put(vendor, project);
    const request = aStaffingRequest({ projectId: project.id });
    await putStaffing(vendor, request);
    const later = { ...request, role: 'DEVELOPER', endDate: '2027-05-31', minutes: 9_000 };
    expect(kindsOf(await bench.appliesAsPlanned(await vendor.staffing!.plan(later)))).toEqual([
      'archive staffing-request',
      'update staffing-resource',
      'reactivate staffing-request',
    ]);
    expect(canonicalJson({ ...(await vendor.staffing!.get(request.id)), refs: 0 })).toBe(canonicalJson({ ...later, refs: 0 }));
  });

  it('plans for a project that is still to be made, and refuses to apply before it is', async () => {
    const vendor = bench.connect();
    const request = aStaffingRequest({ projectId: bench.freshProject().id });
    const plan = await vendor.staffing!.plan(request);
    expect(kindsOf(plan.effects)).toEqual(['create staffing-resource', 'create staffing-request']);
    expect(await problemOf(plan.apply())).toMatchObject({ kind: 'conflict', code: 'project-missing' });
  });

  it('makes one seat and one request when the answers to both were lost', async () => {
    const vendor = bench.connect({ settlingMs: 300 });
    const project = bench.freshProject();
    await put(vendor, project);
    await bench.fault(bench.world.writes.seat!, { do: 'lose-answer' });
    await bench.fault(bench.world.writes.request!, { do: 'lose-answer' });
    const request = aStaffingRequest({ projectId: project.id });
    expect((await problemOf(putStaffing(vendor, request))).kind).toBe('vendor-unavailable');
    await untilDone(() => putStaffing(vendor, request));
    expect((await bench.live(project.id))[0].below.filter(id => id === request.id)).toHaveLength(1);
    const all = [];
    for await (const { items } of vendor.staffing!.all()) all.push(...items.filter(({ id }) => id === request.id));
    expect(all).toHaveLength(1);
  });

  it.each(['seat', 'request'] as const)('keeps one when the first create of a staffing %s commits after the retry was done', async which => {
    const vendor = bench.connect({ settlingMs: 1_200 });
    const watch = vendor.watch!();
    const project = bench.freshProject();
    await put(vendor, project);
    const request = aStaffingRequest({ projectId: project.id });
    await bench.fault(bench.world.writes[which]!, { do: 'late-commit', ms: 1_900 });
    await problemOf(putStaffing(vendor, request));
    const { refs } = await untilDone(() => putStaffing(vendor, request));
    await eventually(async () => (await bench.world.duplicates!(project.id, which)).length === 1);
    const there = await vendor.staffing!.get(request.id);
    expect([there?.status, there?.refs.map(({ nativeId }) => nativeId)]).toEqual(['requested', refs.map(({ nativeId }) => nativeId)]);
    expect((await bench.live(project.id))[0].below.filter(id => id === request.id)).toHaveLength(1);
    await watch.stop();
  });
}
