import { Pool } from 'undici';

export interface Heard {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request on a connection of its own turn; undefined when the connection broke. */
export async function ask(
  url: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Heard | undefined> {
  const connection = new Pool(url, { connections: 1 });
  try {
    const { statusCode, body: answer } = await connection.request({
      method,
      path,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: statusCode, body: text.startsWith('{') ? (JSON.parse(text) as Heard['body']) : {} };
  } catch {
    return undefined;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
