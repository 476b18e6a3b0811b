/** One app's metrics, in Prometheus' text format. */
export interface AppMetrics {
  app: string;
  text: string;
}

/**
 * Joins the pages of several apps: families of the same name together, each sample with the label
 * `app`. Metrics that all apps of a process share (process_*, nodejs_*) come once, without it.
 */
export function oneMetricsPage(pages: AppMetrics[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const { app, text } of pages) {
    let family = { head: [] as string[], samples: [] as string[] };
    for (const line of text.split('\n')) {
      const head = /^# (HELP|TYPE) (\S+)/.exec(line);
      if (head) {
        const [, kind, name] = head;
        family = families.get(name) ?? { head: [], samples: [] };
        families.set(name, family);
        if (!family.head.some(known => known.startsWith(`# ${kind} `))) family.head.push(line);
      } else if (line !== '') {
        const sample = labelled(line, app);
        if (!family.samples.some(known => ofProcess(line) && keyOf(known) === keyOf(sample))) family.samples.push(sample);
      }
    }
  }
  return [...families.values()].flatMap(({ head, samples }) => [...head, ...samples]).join('\n') + '\n';
}

const ofProcess = (line: string): boolean => /^(process_|nodejs_)/.test(line);

const keyOf = (sample: string): string => sample.slice(0, sample.lastIndexOf(' '));

function labelled(line: string, app: string): string {
  if (ofProcess(line)) return line;
  const [, name, labels = '', rest] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?( .*)$/.exec(line)!;
  return `${name}{app="${app}"${labels && `,${labels}`}}${rest}`;
}
