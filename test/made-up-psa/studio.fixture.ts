import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxControl } from '#testing';
import { type Sandboxes, startSandboxes } from '../../apps/sandbox/src/sandboxes.js';
import { MADE_UP } from './stand-in/made-up.sandbox.js';

// An answer's body, read field by field as a test expects it.
type Body = any;

/** The stand-in, as its people use it. */
export class MadeUpStudio {
  private constructor(
    private readonly directory: string,
    private readonly sandboxes: Sandboxes,
  ) {}

  static async open(): Promise<MadeUpStudio> {
    const directory = await mkdtemp(join(tmpdir(), 'throughline-made-up-'));
    return new MadeUpStudio(directory, await startSandboxes({ directory, firm: { size: 10 } }, MADE_UP));
  }

  get settings(): Record<string, string> {
    return this.sandboxes.settings;
  }

  get control(): SandboxControl {
    return new SandboxControl(this.sandboxes.control);
  }

  async call(method: string, path: string, body?: unknown): Promise<Body> {
    const headers = { 'x-made-up-key': this.settings.MADE_UP_KEY, 'content-type': 'application/json' };
    const answer = await fetch(this.settings.MADE_UP_BASE_URL + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  async projectsOf(key: string): Promise<Body[]> {
    return (await this.call('GET', `/projects?key=${key}`)).items;
  }

  async close(): Promise<void> {
    await this.sandboxes.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
