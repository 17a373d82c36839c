import { Pool } from 'undici';

/** Requests to one server over kept connections, as a program would send them. */
export class ApiClient {
  private readonly pool: Pool;

  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
    connections: number,
  ) {
    this.pool = new Pool(url, { connections, pipelining: 1 });
  }

  /** The parsed answer; rejects unless it is 2xx. */
  async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const { statusCode, body: answer } = await this.pool.request({
      method,
      path,
      headers: { 'content-type': 'application/json', ...this.headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${String(statusCode)} ${text.slice(0, 200)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
