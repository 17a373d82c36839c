import type { MetricObject, Registry } from 'prom-client';

/** docs/reference/metrics.md, made from the registry that is served. */
export async function metricsReference(registry: Registry): Promise<string> {
  const metrics = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('leasebook_'));
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  const rows = metrics.map((metric) => row(metric, types.get(metric.name) ?? '')).sort((a, b) => (a < b ? -1 : 1));
  return [
    '# Metrics',
    '',
    'Served at `/metrics` in the text format of Prometheus, without a token. Made from the registry itself; a test keeps this page as it is.',
    '',
    '| Name | Type | Labels | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Labels are bounded: `route` is a pattern such as `/v2.1/os-aggregates/:id`, never a path; `aggregate` is a kind of stream, never a stream.',
    '',
    'Beside them stand the usual figures of a Node process (`process_*`, `nodejs_*`): CPU, memory, event loop lag, garbage collection, open files.',
    '',
  ].join('\n');
}

/** prom-client's metrics know their labels; its types do not say so. */
interface Labelled {
  readonly labelNames?: readonly string[];
}

function row(metric: MetricObject & Labelled, type: string): string {
  const labels = (metric.labelNames ?? []).map((label) => `\`${label}\``).join(', ');
  return `| \`${metric.name}\` | ${type} | ${labels} | ${metric.help} |`;
}
