import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type Project } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

describe("texts of Kantata's people that no database takes", () => {
  let psa: PsaUnderTest;
  let project: Project;
  let workspace: string;
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
    project = aProject({ dealId: mintId('deal', 'poison-spec', '1') });
    await psa.call('PUT', `projects/${project.id}`, { body: project });
    await psa.read('projects');
    await psa.read('time-entries');
    workspace = (await psa.call('GET', `projects/${project.id}`)).body.refs.find(({ type }: { type: string }) => type === 'workspace').nativeId;
  });
  afterAll(() => psa.close());

  async function approved(notes: string): Promise<string> {
    const id = await psa.lines.time.book(project.id, { day: '2026-11-03', quantity: 30 });
    await psa.kantata('PUT', `time_entries/${id}`, { time_entry: { notes } });
    await psa.lines.time.resolve(await psa.lines.time.submit([id]), 'approve');
    return mintId('time-entry', 'kantata', '7001', id);
  }
  const notes = async (key: string) => (await psa.events(key)).map(({ data }) => data.state.note);

  it('stop no feed: an emoji where the note is cut, a NUL, half a character, letters apart from their marks', async () => {
    const lines = [
      [await approved(`${'a'.repeat(998)}😀 tail`), `${'a'.repeat(998)}…`],
      [await approved('before\u0000 after'), 'before after'],
      [await approved('half \ud83d'), 'half \ufffd'],
      [await approved('Mu\u0308ller\r\nday 2'), 'M\u00fcller\nday 2'],
      [await approved('plain'), 'plain'],
    ];
    await psa.read('time-entries');
    for (const [key, note] of lines) expect(await notes(key)).toEqual([note]);
    await psa.kantata('PUT', `workspaces/${workspace}`, { workspace: { title: 'A \u0000title\ud83d' } });
    await psa.read('projects');
    expect((await psa.events(project.id)).at(-1)!.data.state.title).toBe('A title\ufffd');
    expect(await psa.database.dataSource.query('select native_id from events.set_aside')).toEqual([]);
  });

  it('are no change of a line that was taken in before they were cleaned', async () => {
    const key = await approved(`Mu\u0308ller ${'x'.repeat(1_200)}`);
    const short = await approved('Rene\u0301\r\n😀');
    await psa.read('time-entries');
    const kept = (id: string, note: string) =>
      psa.database.dataSource.query(`update capture.shadow set state = jsonb_set(state, '{note}', to_jsonb($2::text)) where id = $1`, [id, note]);
    await kept(short, 'Rene\u0301\r\n😀');
    await kept(key, `Mu\u0308ller ${'x'.repeat(1_200)}`.slice(0, 1_000));
    expect(await psa.read('time-entries', 'sweeps')).toMatchObject({ created: 0, deleted: 0 });
    expect(await notes(short)).toHaveLength(1);
    // A note that was cut then is known in full now; the billing app decides whether that changes
    // the line's content.
    expect((await notes(key)).every(note => note.startsWith('M\u00fcller xxx'))).toBe(true);
  });
});
