import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeSuite, externalServer, type TestFrame } from './run-wire-suites.js';
import { parseSuite } from './suite.parser.js';
import type { StartServer } from './suite.type.js';

/** Tells what it was asked; `/counted` counts, per server. */
function startEcho(started: unknown[] = []): StartServer {
  return async (options) => {
    started.push(options);
    let count = 0;
    const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
      if (request.url === '/counted') count += 1;
      response.setHeader('vary', ['a', 'b']);
      response.setHeader('x-token', request.headers['x-auth-token'] ?? 'none');
      response.setHeader('content-type', 'application/json');
      response.statusCode = request.url === '/missing' ? 404 : 200;
      const { method, url, headers } = request;
      response.end(
        JSON.stringify({
          method,
          url,
          body,
          type: headers['content-type'] ?? null,
          extra: headers['x-extra'] ?? null,
          count,
          list: [1, { 'odd.name': 2 }],
        }),
      );
    };
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => answer(request, response, Buffer.concat(parts).toString()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      tokens: { admin: 'admin-token', demo: 'demo-token' },
      variables: { project: 'p1' },
      stop: () => new Promise((resolve) => server.close(() => resolve())),
    };
  };
}

/** Runs a document outside of jest's own frame: what each test threw, if anything. */
async function outcomes(source: string, start = startEcho()): Promise<Record<string, string>> {
  const before: (() => Promise<void>)[] = [];
  const after: (() => Promise<void>)[] = [];
  const tests: [string, () => Promise<void>][] = [];
  const frame: TestFrame = {
    describe: (_name, body) => body(),
    it: (name, body) => void tests.push([name, body]),
    beforeAll: (body) => void before.push(body),
    afterAll: (body) => void after.push(body),
  };
  describeSuite(parseSuite('sample.yaml', source), start, frame);
  const failure = async (body: () => Promise<void>): Promise<string> =>
    body().then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  const results: Record<string, string> = {};
  for (const body of before) results['(before)'] = await failure(body);
  for (const [name, body] of tests) results[name] = await failure(body);
  for (const body of after) await body();
  return results;
}

const suiteOf = (test: string, more = ''): string =>
  `about: a sample\n${more}\ntests:\n  - ${test.replaceAll('\n', '\n    ')}\n`;

async function outcome(test: string, more = ''): Promise<string> {
  const { '(before)': before, ...tests } = await outcomes(suiteOf(test, more));
  expect(before).toBe('');
  return Object.values(tests).join('\n');
}

describe('wire suites: what they ask', () => {
  it.each([
    ['method and raw path', 'request: PATCH /a/%zz?b=1&b=2', 'partial: {method: PATCH, url: "/a/%zz?b=1&b=2"}'],
    ['no body, no content type', 'request: POST /', 'partial: {body: "", type: null}'],
    ['JSON', 'request: POST /\njson: {a: [1, null]}', `partial: {body: '{"a":[1,null]}', type: application/json}`],
    ['JSON null', 'request: POST /\njson: null', 'partial: {body: "null"}'],
    ['text', 'request: POST /\ntext: "{"', 'partial: {body: "{", type: null}'],
    ['bytes', 'request: POST /\nbase64: aGk=', 'partial: {body: hi}'],
    ['a long text', 'request: POST /\nfiller: {size: 5, of: x}', 'partial: {body: xxxxx}'],
    ['headers', 'request: GET /\nheaders: {X-Extra: [a, b]}', 'partial: {extra: "a, b"}'],
    [
      'another content type',
      'request: POST /\njson: {}\nheaders: {Content-Type: text/plain}',
      'partial: {type: text/plain}',
    ],
    [
      'no content type although JSON',
      'request: POST /\njson: {}\nheaders: {Content-Type: null}',
      'partial: {type: null}',
    ],
    ['a variable of the server', 'request: GET /$project/x$$y', 'partial: {url: "/p1/x$$y"}'],
  ])('%s', async (name, request, expectation) => {
    expect(await outcome(`name: ${name}\n${request}\nexpect:\n  status: 200\n  ${expectation}`)).toBe('');
  });

  it.each([
    ['none', 'none'],
    ['admin', 'admin-token'],
    ['token:abc', 'abc'],
  ])('as %s', async (alias, token) => {
    expect(
      await outcome(`name: x\nrequest: GET /\nas: ${alias}\nexpect: {status: 200, headers: {X-Token: ${token}}}`),
    ).toBe('');
  });

  it('defaults stand in for what a test does not say', async () => {
    const defaults =
      'defaults: {mount: /m, as: demo, headers: {X-Extra: d}, expectHeaders: {vary: [a, b], x-token: demo-token}}';
    const test = (more: string, expected: string, headers = '{}'): string =>
      `name: x\nrequest: GET /p\n${more}\nexpect: {status: 200, partial: ${expected}, headers: ${headers}}`;
    expect(await outcome(test('mount: /m', '{url: /m/p, extra: d}'), defaults)).toBe('');
    expect(await outcome(test('headers: {X-Extra: null}', '{extra: null}'), defaults)).toBe('');
    expect(await outcome(test("mount: ''", '{url: /p}'), defaults)).toBe('');
    expect(await outcome(test('as: admin', '{url: /m/p}', '{X-Token: admin-token}'), defaults)).toBe('');
    expect(await outcome(test('as: admin', '{url: /m/p}'), defaults)).toContain(
      'header x-token: expected "demo-token", got "admin-token"',
    );
  });

  it('an unknown alias or variable fails the test', async () => {
    expect(await outcome('name: x\nrequest: GET /\nas: nobody\nexpect: {status: 200}')).toContain('no such token');
    expect(await outcome('name: x\nrequest: GET /$nothing\nexpect: {status: 200}')).toContain('$nothing is not known');
  });
});

describe('wire suites: what they see', () => {
  const about = (expected: string): string => `name: x\nrequest: GET /seen\nexpect: ${expected}`;

  it.each([
    '{status: 200}',
    '{status: [404, 200]}',
    '{status: 200, headers: {vary: [a, b]}}',
    "{status: 200, headers: {Vary: 'a, b', X-None: !absent , X-Token: !matches '^no', Content-Type: !any }}",
    '{status: 200, json: {method: GET, url: /seen, body: "", type: null, extra: null, count: !integer , list: [1, {odd.name: 2}]}}',
    '{status: 200, paths: {$.method: GET, "$.list[1][\'odd.name\']": 2, $.list.length(): 2, $.none: !absent , $.list: !any }}',
    "{status: 200, contains: ['\"GET\"', '/seen'], text: !matches '^[{].*[}]$'}",
  ])('meets %s', async (expected) => {
    expect(await outcome(about(expected))).toBe('');
  });

  it.each([
    ['{status: 201}', 'status: expected 201, got 200'],
    ['{status: 200, headers: {vary: a}}', 'header vary: expected "a", got "a, b"'],
    ['{status: 200, headers: {vary: [a]}}', 'header vary'],
    ['{status: 200, headers: {vary: !absent }}', 'header vary: expected "!absent"'],
    ['{status: 200, headers: {x-none: !any }}', 'header x-none: expected "!any", got nothing'],
    ['{status: 200, headers: {x-none: a}}', 'header x-none'],
    ['{status: 200, json: {method: GET}}', '$.url: unexpected, "/seen"'],
    ['{status: 200, partial: {method: GET, more: 1}}', '$.more: expected 1, got nothing'],
    ['{status: 200, partial: {count: "0"}}', '$.count: expected "0", got 0'],
    ['{status: 200, partial: {list: [1]}}', '$.list'],
    ['{status: 200, partial: {count: !uuid }}', '$.count: expected "!uuid", got 0'],
    ['{status: 200, partial: {method: !integer }}', '$.method'],
    ['{status: 200, paths: {$.url: !absent }}', '$.url'],
    ['{status: 200, paths: {$.a..b: 1}}', 'cannot be read'],
    ['{status: 200, contains: POST}', 'does not contain "POST"'],
    ['{status: 200, text: GET}', 'text: expected "GET"'],
  ])('is not met: %s', async (expected, words) => {
    const said = await outcome(about(expected));
    expect(said).toContain(words);
    if (!words.includes('cannot')) expect(said).toContain('asked: GET /seen');
  });
});

describe('wire suites: order and state', () => {
  it('captures with its type, and hands on', async () => {
    const source = `about: x
setup:
  - {name: first, request: GET /counted, expect: {status: 200}, capture: {count: $.count, token: header X-Token}}
tests:
  - {name: second, request: POST /of/$count, json: {n: $count, s: "\${count}th", t: $token}, expect: {status: 200, partial: {url: /of/1, body: '{"n":1,"s":"1th","t":"none"}'}}}
  - {name: third, request: GET /counted, expect: {status: 200, partial: {count: 2}}}
`;
    expect(await outcomes(source)).toEqual({ '(before)': '', second: '', third: '' });
    expect(await outcomes(source)).toEqual({ '(before)': '', second: '', third: '' });
  });

  it('captures at a place that a variable names', async () => {
    const source = `about: x
tests:
  - {name: first, request: GET /counted, each: [{key: count}], expect: {status: 200}, capture: {n: '$.$key'}}
  - {name: second, request: GET /$n, expect: {status: 200, partial: {url: /1}}}
`;
    expect(await outcomes(source)).toEqual({ '(before)': '', 'first (1)': '', second: '' });
  });

  it('asks again until the answer is as expected, and captures that one', async () => {
    const source = `about: x
tests:
  - {name: third, request: GET /counted, until: {seconds: 20}, expect: {status: 200, partial: {count: 3}}, capture: {count: $.count}}
  - {name: fourth, request: GET /counted, expect: {status: 200, partial: {count: 4}}}
  - {name: of it, request: GET /$count, expect: {status: 200, partial: {url: /3}}}
`;
    expect(await outcomes(source)).toEqual({ '(before)': '', third: '', fourth: '', 'of it': '' });
  });

  it('asks no longer than it may', async () => {
    const said = await outcome('name: x\nrequest: GET /seen\nuntil: {seconds: 1}\nexpect: {status: 404}');
    expect(said).toContain('status: expected 404, got 200');
  });

  it('a set-up step that fails, or that has nothing to capture, fails the file', async () => {
    const setup = (more: string): string =>
      suiteOf('name: x\nrequest: GET /\nexpect: {status: 200}', `setup:\n  - {name: s, request: GET /, ${more}}`);
    expect((await outcomes(setup('expect: {status: 201}')))['(before)']).toContain('status: expected 201');
    expect((await outcomes(setup('expect: {status: 200}, capture: {a: $.none}')))['(before)']).toContain(
      'nothing to capture',
    );
  });

  it('makes one test of each row', async () => {
    const rows = 'each: [{p: /seen, s: 200}, {p: /missing, s: 404}, {p: /missing, s: 200}]';
    const result = await outcomes(suiteOf(`name: $p gives $s\nrequest: GET $p\n${rows}\nexpect: {status: $s}`));
    expect(Object.keys(result)).toEqual(['(before)', '/seen gives 200', '/missing gives 404', '/missing gives 200']);
    expect(result['/missing gives 404']).toBe('');
    expect(result['/missing gives 200']).toContain('status: expected 200, got 404');
  });

  it('hands the server section to whoever starts', async () => {
    const started: unknown[] = [];
    await outcomes(suiteOf('name: x\nrequest: GET /\nexpect: {status: 200}', 'server: {hosts: 3}'), startEcho(started));
    expect(started).toEqual([{ hosts: 3 }]);
  });

  it('asks a server that is already there when told so', async () => {
    const server = await startEcho()({});
    const start = externalServer({
      LEASEBOOK_TEST_WIRE_URL: `${server.url}/`,
      LEASEBOOK_TEST_WIRE_TOKENS: '{"admin":"other"}',
    });
    const result = await outcomes(
      suiteOf('name: x\nrequest: GET /\nas: admin\nexpect: {status: 200, headers: {x-token: other}}'),
      start,
    );
    await server.stop();
    expect(result).toEqual({ '(before)': '', x: '' });
    expect(externalServer({})).toBeUndefined();
  });
});

describe('wire suites: documents that are refused', () => {
  const fine = 'name: x\nrequest: GET /\nexpect: {status: 200}';
  it.each([
    ['an unknown key of the file', suiteOf(fine, 'more: 1'), 'more'],
    ['an unknown key of a test', suiteOf(`${fine}\nmethod: GET`), 'method'],
    ['an unknown key of an expectation', suiteOf('name: x\nrequest: GET /\nexpect: {status: 200, body: 1}'), 'body'],
    ['no expectation', suiteOf('name: x\nrequest: GET /'), 'expect'],
    ['no status', suiteOf('name: x\nrequest: GET /\nexpect: {json: {}}'), 'status'],
    ['no tests', 'about: x\ntests: []', '/tests'],
    ['endless patience', suiteOf(`${fine}\nuntil: {seconds: 60}`), 'until'],
    ['two bodies', suiteOf(`${fine}\njson: {}\ntext: a`), 'json and text'],
    ['the same name twice', `${suiteOf(fine)}  - {name: x, request: GET /, expect: {status: 200}}`, 'same name'],
    ['an unknown tag', suiteOf('name: x\nrequest: GET /\nexpect: {status: 200, json: !like a}'), '!like'],
    ['a key twice', suiteOf(`${fine}\nname: y`), 'unique'],
    ['a request without a path', suiteOf('name: x\nrequest: GET\nexpect: {status: 200}'), 'pattern'],
  ])('%s', (_name, source, words) => {
    expect(() => parseSuite('sample.yaml', source)).toThrow(words);
  });
});
