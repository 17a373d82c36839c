import autocannon from 'autocannon';

export interface Load {
  readonly perSecond: number;
  /** How long it went on. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request over and over; whatever is not 2xx counts as a failure. */
export async function load(options: LoadOptions): Promise<Load> {
  const { url, connections, seconds, method = 'GET', headers = {}, body } = options;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return {
    perSecond: result.requests.average,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}

/**
 * Several writers that each go through a cycle of dependent requests; cycles per second over all of them. A cycle that
 * answers false was none: there is nothing more to do, and its writer ends.
 */
export async function cycles(
  writers: number,
  seconds: number,
  cycle: (writer: number, n: number) => Promise<unknown>,
): Promise<Load> {
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  let failures = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; performance.now() < until; n += 1) {
        const start = performance.now();
        try {
          if ((await cycle(writer, n)) === false) return;
          times.push(performance.now() - start);
        } catch {
          failures += 1;
        }
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / took, seconds: took, p50Ms: at(0.5), p99Ms: at(0.99), failures };
}
