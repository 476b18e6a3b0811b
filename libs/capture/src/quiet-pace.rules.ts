/** From how long a quiet on, and how far apart a back end is then asked at least, in ms. */
export interface QuietStep {
  afterMs: number;
  everyMs: number;
}

/** `60000:5000` is: after a minute in which nothing happened, every five seconds. */
export function quietSteps(texts: string[]): QuietStep[] {
  return texts.map(text => {
    const [afterMs, everyMs] = text.split(':').map(Number);
    return { afterMs, everyMs };
  });
}

/** How far apart the readings of a feed are: as it is set while something happened lately, then by the steps; never closer than it is set. */
export function paceOf(setMs: number, quietMs: number, steps: QuietStep[]): number {
  return Math.max(setMs, ...steps.filter(({ afterMs }) => quietMs >= afterMs).map(({ everyMs }) => everyMs));
}
