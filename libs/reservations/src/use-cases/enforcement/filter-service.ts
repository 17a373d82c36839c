import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../../reservations.settings.js';

export type FilterAnswer =
  { readonly kind: 'allowed' | 'unavailable' } | { readonly kind: 'refused'; readonly message: string };

const connections = 16;
const maxBodyBytes = 64 * 1024;
const maxMessageLength = 1_000;
/** What a kept connection says when the other side has closed it meanwhile: worth another try. */
const closedMeanwhile = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The operator's HTTP service that decides about leases. Its token is in no message. */
@Injectable()
export class FilterService implements OnApplicationShutdown {
  private readonly logger = new Logger('LeaseFilters');
  private readonly agent: Agent | undefined;

  constructor(@Inject(RESERVATIONS_SETTINGS) private readonly settings: Pick<ReservationsSettings, 'filterService'>) {
    const service = settings.filterService;
    if (service === null) return;
    this.agent = new Agent({ connections, connectTimeout: service.timeoutMs, maxResponseSize: maxBodyBytes });
  }

  get configured(): boolean {
    return this.settings.filterService !== null;
  }

  async ask(question: 'check-create' | 'check-update' | 'on-end', body: unknown): Promise<FilterAnswer> {
    try {
      const { status, text } = await this.post(question, JSON.stringify(body));
      if (status === 204) return { kind: 'allowed' };
      const message = status === 403 ? messageOf(text) : undefined;
      if (message !== undefined) return { kind: 'refused', message: this.withoutToken(message) };
      this.logger.warn(`the lease filter service answered ${question} with ${String(status)}`);
    } catch (error) {
      this.logger.warn(`the lease filter service does not answer ${question}: ${reasonOf(error)}`);
    }
    return { kind: 'unavailable' };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent?.destroy();
  }

  private async post(question: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const { timeoutMs } = this.service;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.once(question, body, signal);
    } catch (error) {
      if (!closedMeanwhile.has(reasonOf(error))) throw error;
      return await this.once(question, body, signal);
    }
  }

  private async once(question: string, body: string, signal: AbortSignal) {
    const { url, token } = this.service;
    const response = await request(`${url.replace(/\/+$/, '')}/${question}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { 'x-auth-token': token }) },
      body,
      signal,
      ...(this.agent === undefined ? {} : { dispatcher: this.agent }),
    });
    return { status: response.statusCode, text: await response.body.text() };
  }

  private withoutToken(message: string): string {
    const { token } = this.service;
    return (token === null ? message : message.replaceAll(token, '…')).slice(0, maxMessageLength);
  }

  private get service(): NonNullable<ReservationsSettings['filterService']> {
    const { filterService } = this.settings;
    if (filterService === null) throw new Error('no lease filter service is configured');
    return filterService;
  }
}

/** Undefined: it does not say why. */
function messageOf(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** A code or the error's kind: its words could hold anything. */
function reasonOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : name;
}
