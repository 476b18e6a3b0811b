import type { Finding } from './finding.js';

/**
 * Runs a vendor folder's check and prints what it found, one line a finding, for `npm run vendor:check -- <app>`. Answers the process's
 * exit code: 0 when everything is there.
 */
export async function checkVendor(name: string, check: () => Promise<Finding[]>, print: (line: string) => void = console.log): Promise<0 | 1> {
  const findings = await check();
  const missing = findings.filter(finding => !finding.ok);
  for (const { ok, what, say } of findings) print(`${ok ? 'ok     ' : 'MISSING'}  ${what}: ${say}`);
  print(missing.length === 0 ? `${name}: everything needed is there.` : `${name}: ${missing.length} of ${findings.length} are missing.`);
  return missing.length === 0 ? 0 : 1;
}
