import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';

export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

export interface AskerSettings {
  readonly timeoutMs: number;
  /** After the first attempt, each after a connection that failed, a time-out or a 5xx. */
  readonly retries: number;
  readonly pauseMs: number;
  readonly connections: number;
}

/** As Keystone's middleware does it (contracts/identity §5.2, 5). */
export const defaultAskerSettings: AskerSettings = { timeoutMs: 10_000, retries: 3, pauseMs: 250, connections: 32 };

const maxBodyBytes = 4 * 1024 * 1024;

/** The service does not answer, or not with anything that could be used. Never names a token. */
export class IdentityServiceSilent extends Error {
  override readonly name = 'IdentityServiceSilent';
}

/** Asks an identity service; time-outs, retries and the number of connections are bounded here. */
export class HttpAsker {
  private readonly settings: AskerSettings;
  private readonly agent: Agent;

  constructor(settings: Partial<AskerSettings> = {}) {
    this.settings = { ...defaultAskerSettings, ...settings };
    const { connections, timeoutMs } = this.settings;
    this.agent = new Agent({ connections, connectTimeout: timeoutMs, maxResponseSize: maxBodyBytes });
  }

  /** Throws IdentityServiceSilent. */
  async ask(
    url: string,
    options: { readonly method: 'GET' | 'POST'; readonly headers: Record<string, string>; readonly body?: string },
  ): Promise<Answer> {
    const { retries, pauseMs } = this.settings;
    let reason = '';
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      if (attempt > 0) await wait(pauseMs * 2 ** (attempt - 1));
      try {
        const answer = await this.once(url, options);
        if (answer.status < 500) return answer;
        reason = `it answered ${String(answer.status)}`;
      } catch (error) {
        reason = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
      }
    }
    throw new IdentityServiceSilent(`the identity service does not answer: ${reason}`);
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async once(
    url: string,
    {
      method,
      headers,
      body,
    }: { readonly method: 'GET' | 'POST'; readonly headers: Record<string, string>; readonly body?: string },
  ): Promise<Answer> {
    const { timeoutMs } = this.settings;
    const response: Dispatcher.ResponseData = await request(url, {
      method,
      headers,
      body: body ?? null,
      dispatcher: this.agent,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      header: (name) => [response.headers[name]].flat()[0],
      json: parsed(text),
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
