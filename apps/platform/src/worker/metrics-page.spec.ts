import { expect, it } from 'vitest';
import { oneMetricsPage } from './metrics-page.js';

const page = (calls: number) => `# HELP vendor_calls_total Calls.
# TYPE vendor_calls_total counter
vendor_calls_total{vendor="a, {b}",outcome="ok"} ${calls}
# HELP process_cpu_seconds_total Of the process.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${calls / 10}
# HELP up Alive.
# TYPE up gauge
up 1
`;

it('joins families of the same name and labels each sample with its app; metrics of the process come once', () => {
  const text = oneMetricsPage([
    { app: 'crm', text: page(3) },
    { app: 'psa', text: page(4) },
  ]);
  expect(text.split('\n')).toEqual([
    '# HELP vendor_calls_total Calls.',
    '# TYPE vendor_calls_total counter',
    'vendor_calls_total{app="crm",vendor="a, {b}",outcome="ok"} 3',
    'vendor_calls_total{app="psa",vendor="a, {b}",outcome="ok"} 4',
    '# HELP process_cpu_seconds_total Of the process.',
    '# TYPE process_cpu_seconds_total counter',
    'process_cpu_seconds_total 0.3',
    '# HELP up Alive.',
    '# TYPE up gauge',
    'up{app="crm"} 1',
    'up{app="psa"} 1',
    '',
  ]);
});
