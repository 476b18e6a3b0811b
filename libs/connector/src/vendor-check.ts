import { CLOCK_ALARM_MS } from './clock.rules.js';
import type { CheckResult } from './check-result.js';
import type { VendorClock } from './vendor-clock.js';

/**
 * Runs a vendor folder's check and prints its results, one per line, for `npm run vendor:check --
 * <app>`. Returns the process's exit code: 0 when nothing is missing.
 */
export async function checkVendor(
  name: string,
  vendor: { check(): Promise<CheckResult[]>; readonly clock: VendorClock },
  print: (line: string) => void = console.log,
): Promise<0 | 1> {
  const findings = [...(await vendor.check()), ...clockFinding(vendor.clock)];
  const missing = findings.filter(finding => !finding.ok);
  for (const { ok, what, say } of findings) print(`${ok ? 'ok     ' : 'MISSING'}  ${what}: ${say}`);
  print(missing.length === 0 ? `${name}: everything needed is there.` : `${name}: ${missing.length} of ${findings.length} are missing.`);
  return missing.length === 0 ? 0 : 1;
}

function clockFinding({ differenceMs }: VendorClock): CheckResult[] {
  if (differenceMs === undefined) return [];
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  const say = differenceMs === 0 ? 'agrees with ours' : `is ${seconds} s ${differenceMs > 0 ? 'ahead of' : 'behind'} ours`;
  const ok = Math.abs(differenceMs) <= CLOCK_ALARM_MS;
  return [{ what: "the vendor's clock", ok, say: ok ? say : `${say}; set the clock of this machine right, or tell the vendor` }];
}
