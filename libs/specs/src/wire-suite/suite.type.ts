/** One file of `test/wire/<face>/`: requests in order against one fresh server. Files do not know each other. */
export interface WireSuite {
  readonly file: string;
  readonly about: string;
  /** Handed to whoever starts the server, as written: hosts, settings … */
  readonly server: Readonly<Record<string, unknown>>;
  readonly defaults: Defaults;
  readonly setup: readonly WireTest[];
  readonly tests: readonly WireTest[];
}

export interface Defaults {
  /** Put before every path. */
  readonly mount?: string;
  readonly as?: string;
  readonly headers?: HeaderValues;
  /** Expected of every answer of this file, unless a test says otherwise about the same header. */
  readonly expectHeaders?: Readonly<Record<string, unknown>>;
}

/** A list sends the header once for each value; null leaves a default out. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | null>>;

export interface WireTest {
  readonly name: string;
  /** `POST /os-aggregates?x=1`: method, blank, the path as it goes over the wire. */
  readonly request: string;
  readonly mount?: string;
  /** `admin`, `demo` …: whose token; `none`: no token; `token:TEXT`: that very text. */
  readonly as?: string;
  readonly headers?: HeaderValues;
  /** At most one of the three. `json` also sets the content type, unless a header does. */
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
  /** Sends a text of so many bytes: `{"size": n, "of": "x"}`. */
  readonly filler?: { readonly size: number; readonly of: string };
  readonly expect: Expectation;
  /** Asked again until it is as expected, at most so long: for what the server does in its own time. */
  readonly until?: { readonly seconds: number };
  /** Variable → `$.path.in.json`, or `header NAME`. */
  readonly capture?: Readonly<Record<string, string>>;
  /** One test for each row; the row's members are variables. */
  readonly each?: readonly Readonly<Record<string, unknown>>[];
}

export interface Expectation {
  readonly status: number | readonly number[];
  /** Text, `!matches`, `!absent`, `!any`, or a list of the values of all lines of that header. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The whole body, member order aside. */
  readonly json?: unknown;
  /** Like `json`, but objects may hold more members. */
  readonly partial?: unknown;
  /** `$.a.b[0]` → the value there; `!absent` where there must be none. */
  readonly paths?: Readonly<Record<string, unknown>>;
  /** The whole body as text. */
  readonly text?: unknown;
  /** Parts that the body's text must have. */
  readonly contains?: string | readonly string[];
}

/** What a suite needs of a server; `stop` also throws its state away. */
export interface WireServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** By the name behind `as:`. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Further variables, by name: project ids, for example. */
  readonly variables?: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export type StartServer = (server: Readonly<Record<string, unknown>>) => Promise<WireServer>;
