import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { fetchHere } from '#canonical';
import { dayOf } from '../arguments.js';
import { WrongUse, type Command, type Given, type Io } from '../command.js';

const IN_TIME_MS = 30_000;

/** A problem of the governance app, as far as it is shown. */
interface Answer {
  detail?: string;
  fields?: { field: string; message: string }[];
  retiredAt?: string;
}

/**
 * The one command that changes what runs: it asks the governance app, which knows who still uses
 * what is to end. `GOVERNANCE_URL` says where that is, and `GOVERNANCE_TOKEN` is the caller's
 * access token with the scope governance.write: a token in an argument would be in every list of
 * processes.
 */
export const retire: Command = {
  operands: 'API@VERSION[:OPERATION]',
  count: [1, 1],
  options: {
    on: { value: 'YYYY-MM-DD', needed: true },
    why: { value: 'SENTENCE', needed: true },
    successor: { value: 'PATH' },
    approval: { value: 'FILE' },
    json: {},
  },
  summary: 'Ends a version or an operation in what runs; refused while anybody uses it whom the approval does not name.',
  async run(given, io) {
    const [id = ''] = given.operands;
    if (!/^[a-z][a-z-]*@\d+(:[A-Za-z]+)?$/.test(id)) throw new WrongUse(`${id} is not API@VERSION or API@VERSION:OPERATION`);
    const { url, token } = place();
    const body = await bodyOf(given, io);
    const answer = await asked(`${url}/v1/retirements/${encodeURIComponent(id)}`, token, body);
    const said = (await answer.json()) as Answer;
    if (given.flags.has('json')) io.out(`${JSON.stringify(said)}\n`);
    else
      io.out(
        answer.ok
          ? `${id} ends at ${said.retiredAt}\n`
          : `${[said.detail, ...(said.fields ?? []).map(one => `  ${one.field}: ${one.message}`)].join('\n')}\n`,
      );
    return answer.ok ? 0 : 1;
  },
};

function place(): { url: string; token: string } {
  const { GOVERNANCE_URL: url, GOVERNANCE_TOKEN: token } = process.env;
  if (!url || !URL.canParse(url)) throw new WrongUse('GOVERNANCE_URL says where the governance app is: http://127.0.0.1:8080/governance');
  if (!token) throw new WrongUse('GOVERNANCE_TOKEN is an access token with the scope governance.write');
  return { url: url.replace(/\/$/, ''), token };
}

async function bodyOf({ values }: Given, { cwd }: Io): Promise<object> {
  const approval = values.approval === undefined ? undefined : await approvalIn(resolve(cwd, values.approval), values.approval);
  return {
    retiredAt: `${dayOf('--on', values.on ?? '')}T00:00:00Z`,
    reason: values.why,
    ...(values.successor === undefined ? {} : { successor: values.successor }),
    ...(approval === undefined ? {} : { approval }),
  };
}

/** What is in it is checked by the governance app, which names the field and the rule. */
async function approvalIn(file: string, name: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new WrongUse(`--approval ${name} can't be read`);
  });
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw new WrongUse(`--approval ${name} is no YAML: ${(error as Error).message}`);
  }
}

async function asked(url: string, token: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' };
  try {
    return await fetchHere(url, { method: 'PUT', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(IN_TIME_MS) });
  } catch (error) {
    throw new WrongUse(`the governance app can't be reached at ${new URL(url).origin}: ${(error as Error).message}`);
  }
}
