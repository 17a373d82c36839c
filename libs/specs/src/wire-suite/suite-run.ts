import { Exchange, type WireAnswer, type WireRequest } from './exchange.js';
import { valueAt } from './json-path.js';
import { differences, Matcher } from './matchers.js';
import type { Defaults, Expectation, HeaderValues, WireServer, WireTest } from './suite.type.js';
import { fillIn } from './variables.js';

/** Between two questions that are the same. */
const pauseMs = 50;

/** The requests of one file, in order, against one server; what they captured is known to those that follow. */
export class SuiteRun {
  private readonly exchange: Exchange;
  private readonly variables: Record<string, unknown>;

  constructor(
    private readonly server: WireServer,
    private readonly defaults: Defaults,
  ) {
    const url = new URL(server.url);
    this.exchange = new Exchange(url);
    this.variables = { ...server.variables, url: server.url, host: url.host };
  }

  /** Throws an error that names every expectation which was not met, with the request and the answer. */
  async run(template: WireTest & { readonly row?: Readonly<Record<string, unknown>> }): Promise<void> {
    const { each: _each, row: written, ...plain } = template;
    const row = fillIn(written, this.variables);
    const test = fillIn(plain, { ...this.variables, ...row });
    const request = this.requestOf(test);
    const expected = { ...test.expect, headers: { ...this.expectedHeaders(row), ...lower(test.expect.headers) } };
    const answer = await this.expectedAnswer(request, expected, (test.until?.seconds ?? 0) * 1000);
    for (const [name, source] of Object.entries(test.capture ?? {})) this.variables[name] = captured(source, answer);
  }

  close(): void {
    this.exchange.close();
  }

  private async expectedAnswer(request: WireRequest, expected: Expectation, patienceMs: number): Promise<WireAnswer> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const answer = await this.exchange.ask(request);
      const faults = judge(expected, answer);
      if (faults.length === 0) return answer;
      if (performance.now() + pauseMs > deadline) throw new Error(report(request, answer, faults));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  private expectedHeaders(row: object | undefined): Record<string, unknown> {
    return lower(fillIn(this.defaults.expectHeaders, { ...this.variables, ...row }));
  }

  private requestOf(test: WireTest): WireRequest {
    const blank = test.request.indexOf(' ');
    if (blank < 1) throw new Error(`${test.request}: a request is a method, a blank and a path`);
    const mount = test.mount ?? this.defaults.mount ?? '';
    const headers: Record<string, string | string[]> = {};
    if (Object.hasOwn(test, 'json')) headers['content-type'] = 'application/json';
    for (const [name, value] of [...pairs(this.defaults.headers), ...pairs(test.headers)]) {
      if (value === null) Reflect.deleteProperty(headers, name.toLowerCase());
      else headers[name.toLowerCase()] = typeof value === 'string' ? value : [...value];
    }
    const token = this.tokenOf(test.as ?? this.defaults.as ?? 'none');
    if (token !== undefined) headers['x-auth-token'] ??= token;
    return {
      method: test.request.slice(0, blank),
      path: `${mount}${test.request.slice(blank + 1)}`,
      headers,
      body: bodyOf(test),
    };
  }

  private tokenOf(alias: string): string | undefined {
    if (alias === 'none') return undefined;
    if (alias.startsWith('token:')) return alias.slice('token:'.length);
    const token = this.server.tokens[alias];
    if (token === undefined) throw new Error(`as: ${alias}: the server has no such token`);
    return token;
  }
}

function pairs(headers: HeaderValues | undefined): readonly (readonly [string, string | readonly string[] | null])[] {
  return Object.entries(headers ?? {});
}

function lower(headers: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyOf(test: WireTest): Buffer | undefined {
  if (Object.hasOwn(test, 'json')) return Buffer.from(JSON.stringify(test.json));
  if (test.text !== undefined) return Buffer.from(test.text);
  if (test.base64 !== undefined) return Buffer.from(test.base64, 'base64');
  if (test.filler !== undefined) return Buffer.alloc(test.filler.size, test.filler.of);
  return undefined;
}

function parsed(answer: WireAnswer): { readonly json?: unknown; readonly fault?: string } {
  try {
    return { json: JSON.parse(answer.text) as unknown };
  } catch {
    return { fault: 'the body is not JSON' };
  }
}

function judge(expected: Expectation, answer: WireAnswer): readonly string[] {
  const statuses = [expected.status].flat();
  const faults: string[] = [];
  if (!statuses.includes(answer.status))
    faults.push(`status: expected ${statuses.join(' or ')}, got ${String(answer.status)}`);
  for (const [name, wanted] of Object.entries(expected.headers ?? {}))
    faults.push(...judgeHeader(name, wanted, answer));
  if (expected.text !== undefined) faults.push(...differences(expected.text, answer.text, false, 'text'));
  for (const part of [expected.contains ?? []].flat())
    if (!answer.text.includes(part)) faults.push(`the body does not contain ${JSON.stringify(part)}`);
  const asJson = Object.hasOwn(expected, 'json') || Object.hasOwn(expected, 'partial') || expected.paths !== undefined;
  return asJson ? [...faults, ...judgeJson(expected, answer)] : faults;
}

function judgeHeader(name: string, wanted: unknown, answer: WireAnswer): readonly string[] {
  const lines = answer.headers.get(name);
  if (Array.isArray(wanted)) return differences(wanted, lines ?? [], false, `header ${name}`);
  const one = wanted instanceof Matcher && wanted.kind === 'absent' ? lines : lines?.join(', ');
  return differences(wanted, one, false, `header ${name}`);
}

function judgeJson(expected: Expectation, answer: WireAnswer): readonly string[] {
  const { json, fault } = parsed(answer);
  if (fault !== undefined) return [fault];
  return [
    ...(Object.hasOwn(expected, 'json') ? differences(expected.json, json, false) : []),
    ...(Object.hasOwn(expected, 'partial') ? differences(expected.partial, json, true) : []),
    ...Object.entries(expected.paths ?? {}).flatMap(([path, value]) =>
      differences(value, valueAt(path, json), false, path),
    ),
  ];
}

function captured(source: string, answer: WireAnswer): unknown {
  const header = /^header (.+)$/.exec(source)?.[1];
  const value =
    header === undefined ? valueAt(source, parsed(answer).json) : answer.headers.get(header.toLowerCase())?.join(', ');
  if (value === undefined) throw new Error(`nothing to capture at ${source}`);
  return value;
}

const shownCharacters = 2000;

function report(request: WireRequest, answer: WireAnswer, faults: readonly string[]): string {
  const lines = [...answer.headers].flatMap(([name, values]) => values.map((value) => `  ${name}: ${value}`));
  const sent = request.body === undefined ? '' : `\n  ${request.body.subarray(0, shownCharacters).toString('utf8')}`;
  return [
    ...faults,
    `asked: ${request.method} ${request.path}${sent}`,
    `answered: ${String(answer.status)}`,
    ...lines,
    `  ${answer.text.slice(0, shownCharacters)}`,
  ].join('\n');
}
