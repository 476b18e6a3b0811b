import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { COMMANDS } from './main.js';
import { run } from './run.js';

export const TODAY = '2026-11-30';

export interface Answered {
  code: number;
  out: string;
  err: string;
}

/** A checkout of its own with these files, in which commands are run. */
export class Checkout {
  static readonly #folders: string[] = [];
  today = TODAY;

  private constructor(readonly top: string) {}

  static async with(files: Record<string, unknown> = {}): Promise<Checkout> {
    const checkout = new Checkout(await mkdtemp(join(tmpdir(), 'throughline-api-tool-')));
    Checkout.#folders.push(checkout.top);
    await checkout.write(files);
    return checkout;
  }

  static async removeAll(): Promise<void> {
    await Promise.all(Checkout.#folders.map(folder => rm(folder, { recursive: true, force: true })));
  }

  /** Texts are written as they are, everything else as documents are emitted. */
  async write(files: Record<string, unknown>): Promise<void> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.top, file)), { recursive: true });
      await writeFile(join(this.top, file), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    }
  }

  read(file: string): Promise<string> {
    return readFile(join(this.top, file), 'utf8');
  }

  remove(file: string): Promise<void> {
    return rm(join(this.top, file));
  }

  async api(...args: string[]): Promise<Answered> {
    const [out, err]: [string[], string[]] = [[], []];
    const io = { top: this.top, cwd: this.top, today: this.today, out: (text: string) => void out.push(text) };
    const code = await run(COMMANDS, args, io, line => void err.push(line));
    return { code, out: out.join(''), err: err.join('\n') };
  }
}

afterAll(() => Checkout.removeAll());

const text = { type: 'string' };

/** A small API of parcels, as the code would emit it. */
export function parcelsDocument(version = '1') {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parcels',
      description: 'Parcels and where they are.',
      version: `${version}.0.0`,
      contact: { name: 'logistics', email: 'logistics@example.com' },
      'x-owner': 'logistics',
      'x-layer': 'system',
      'x-audience': 'partner',
      'x-system-of-record': 'none',
      'x-lifecycle': 'active',
    } as Record<string, unknown>,
    servers: [{ url: '/system/parcels' }],
    paths: {
      [`/v${version}/parcels/{id}`]: {
        get: {
          operationId: 'parcelsGet',
          summary: 'A parcel',
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
          responses: { 200: { description: 'The parcel', content: { 'application/json': { schema: { $ref: '#/components/schemas/ParcelView' } } } } },
        },
      },
    } as Record<string, unknown>,
    components: {
      schemas: { ParcelView: { type: 'object', properties: { id: text, weight: { type: 'number' } } as Record<string, unknown>, required: ['id'] } },
    },
  };
}

/** The operation that lists parcels. */
export const parcelsList = {
  operationId: 'parcelsList',
  summary: 'All parcels',
  responses: {
    200: { description: 'They', content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/ParcelView' } } } } },
  },
};

export const PARCELS = 'openapi/system-parcels.v1.json';
