import type { Span, Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface Telemetry {
  /** Sends what is left. */
  stop(): Promise<void>;
}

const noTelemetry: Telemetry = { stop: () => Promise.resolve() };

/**
 * Traces, only when a collector is configured; otherwise not even loaded. One server span a request, named by method
 * and route, joined to the caller's `traceparent`.
 */
export async function startTelemetry(endpoint: string | undefined, fastify: FastifyInstance): Promise<Telemetry> {
  if (endpoint === undefined) return noTelemetry;
  const [{ NodeSDK }, { OTLPTraceExporter }, api] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/api'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const sdk = new NodeSDK({ serviceName: 'leasebook', traceExporter: exporter, instrumentations: [] });
  sdk.start();
  traceRequests(fastify, api.trace.getTracer('leasebook'), api);
  return { stop: () => sdk.shutdown() };
}

function traceRequests(fastify: FastifyInstance, tracer: Tracer, api: typeof import('@opentelemetry/api')): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const parent = api.propagation.extract(api.context.active(), request.headers);
    const span = tracer.startSpan(
      `${request.method} ${request.routeOptions.url ?? 'none'}`,
      { kind: api.SpanKind.SERVER },
      parent,
    );
    spans.set(request, span);
    api.context.with(api.trace.setSpan(parent, span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span !== undefined) {
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? 'none',
        'http.response.status_code': reply.statusCode,
        'leasebook.request': request.id,
        'enduser.id': request.principal?.userId ?? '',
      });
      if (reply.statusCode >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    }
    done();
  });
}
