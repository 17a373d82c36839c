import type { Field } from './json-text.js';

type Headers = Readonly<Record<string, string>>;

/** Thrown by this face's own code; the filter answers `{"ok": false, …more}`, or `text` as it stands (contracts/vmpooler §13.5). */
export class VmpoolerError extends Error {
  override readonly name = 'VmpoolerError';

  constructor(
    readonly status: number,
    readonly more: readonly Field[] = [],
    readonly headers: Headers = {},
    readonly text?: string,
  ) {
    super(String(status));
  }

  /** Checks of version 3, and whatever has no form of its own. */
  static invalid(error: string): VmpoolerError {
    return new VmpoolerError(400, [['error', error]]);
  }

  /** PUT of a machine. */
  static failures(texts: readonly string[]): VmpoolerError {
    return new VmpoolerError(400, [['failure', texts]]);
  }

  /** On demand. */
  static message(status: number, message: string, requestId?: string): VmpoolerError {
    return new VmpoolerError(status, [
      ...(requestId === undefined ? [] : [['request_id', requestId] as const]),
      ['message', message],
    ]);
  }

  /** Names that cannot be had, or not be configured. */
  static names(
    status: 400 | 404,
    key: 'bad_templates' | 'not_configured' | 'bad_pools',
    names: readonly string[],
  ): VmpoolerError {
    return new VmpoolerError(status, [[key, names]]);
  }

  /** The summary's: a sentence that is called JSON. */
  static sentence(text: string): VmpoolerError {
    return new VmpoolerError(400, [], {}, text);
  }

  static unauthenticated(): VmpoolerError {
    return new VmpoolerError(401, [], { 'www-authenticate': 'Basic realm="Authentication required"' });
  }

  static notFound(): VmpoolerError {
    return new VmpoolerError(404);
  }

  static tryAgain(): VmpoolerError {
    return new VmpoolerError(503, [], { 'retry-after': '1' });
  }
}
