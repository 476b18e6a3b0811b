import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { aProject, eventually } from '#testing';
import { PsaUnderTest } from './psa.fixture.js';

interface Said {
  code: string;
  message: string;
  status?: number;
  done?: boolean;
}
// Kantata has no codes: the type of its error under a status.
const BUSY: Said = { code: 'validation', message: 'The project is being updated, try again' };
const SLOW_DOWN: Said = { code: 'system', message: 'Too many requests', status: 429 };
const LOCKED: Said = { code: 'validation', message: 'The project is locked' };
const BLANK: Said = { code: 'validation', message: "Title can't be blank" };
const THERE: Said = { code: 'validation', message: 'The external reference is already taken' };
const BROKEN: Said = { code: 'system', message: 'Something went wrong', status: 500 };

let psa: PsaUnderTest;
let serial = 0;

describe('what Kantata refuses of a project', () => {
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
  });
  afterEach(() => psa.sandboxes.control.clearFaults());
  afterAll(() => psa.close());

  const fresh = () => aProject({ dealId: mintId('deal', 'refusals-spec', String(++serial)) });
  const put = (project: ReturnType<typeof fresh>) => psa.call('PUT', `projects/${project.id}`, { body: project });
  const says = (said: Said, times?: number) =>
    psa.sandboxes.control.planFault({
      match: { vendor: 'kantata', kind: 'write', type: 'workspaces', operation: 'create' },
      action: { do: 'code', ...said },
      times,
    });
  const delivered = async () => (await psa.sandboxes.control.faults()).reduce((sum, one) => sum + one.delivered, 0);
  const made = async () =>
    (await psa.sandboxes.control.ledger('kantata')).filter(({ type, operation }) => type === 'workspaces' && operation === 'create').length;
  const counting = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const before = await made();
    return [await work(), (await made()) - before];
  };

  it('for a moment is read again and written, once', async () => {
    await says(BUSY, 2);
    const [{ status }, written] = await counting(() => put(fresh()));
    expect([status, written, await delivered()]).toEqual([200, 1, 2]);
  });

  it('because of too many requests is not made, and may be retried', async () => {
    const project = fresh();
    await says(SLOW_DOWN, 1);
    const [{ status, body }, written] = await counting(() => put(project));
    expect([status, body.retryable, body.vendor.code, written]).toEqual([429, true, '429 system', 0]);
    expect((await put(project)).status).toBe(200);
  });

  it.each([
    ['until somebody acts', LOCKED, 'held'],
    ['for good', BLANK, undefined],
  ])('%s is reported at once with its words', async (_, said, code) => {
    await says(said);
    const [{ body }, written] = await counting(() => put(fresh()));
    expect([body.code, body.retryable, body.vendor.code, body.vendor.message]).toEqual([code, false, '422 validation', said.message]);
    expect([written, await delivered()]).toEqual([0, 1]);
  });

  it('as being there already is done when it reads back', async () => {
    await says({ ...THERE, done: true }, 1);
    const [{ status }, written] = await counting(() => put(fresh()));
    expect([status, written]).toEqual([200, 1]);
  });

  it('as being there already, and which is not, is refused and not taken for done', async () => {
    await says(THERE);
    const [{ status, body }, written] = await counting(() => put(fresh()));
    expect([status, body.code, body.vendor.message, written]).toEqual([409, 'already-exists', THERE.message, 0]);
  });

  it('without saying whether it was done is read back before it is written again', async () => {
    const project = fresh();
    await says({ ...BROKEN, done: true }, 1);
    const written = await counting(async () => {
      expect((await put(project)).body.code).toBe('outcome-unknown');
      await eventually(async () => (await put(project)).status === 200);
    });
    expect(written[1]).toBe(1);
  });
});
