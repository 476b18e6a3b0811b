/** After this much quiet time, how far apart requests to a back end are at least, in ms. */
export interface QuietStep {
  afterMs: number;
  everyMs: number;
}

/** `60000:5000` means: after a minute without events, every five seconds. */
export function quietSteps(texts: string[]): QuietStep[] {
  return texts.map(text => {
    const [afterMs, everyMs] = text.split(':').map(Number);
    return { afterMs, everyMs };
  });
}

/**
 * How far apart the readings of a feed are: its set pace after recent activity, then by the steps.
 * Never less than the set pace.
 */
export function paceOf(setMs: number, quietMs: number, steps: QuietStep[]): number {
  return Math.max(setMs, ...steps.filter(({ afterMs }) => quietMs >= afterMs).map(({ everyMs }) => everyMs));
}
