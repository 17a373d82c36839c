import type { EventsView, HistoryView } from '../../../server/src/facades/leasebook/event.view.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';
import type { HistorySource } from './history-source.js';

/** Milliseconds after which a server counts as not answering. */
const longestWait = 30_000;

/** Asks a running server. The token comes from OS_TOKEN: on the command line everybody could read it. */
export function serverHistory(url: string, token: string | undefined): HistorySource {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new CommandFailed(exitCodes.usage, `--url ${url} is no address such as http://127.0.0.1:8080.`);
  if (token === undefined || token === '')
    throw new CommandFailed(
      exitCodes.usage,
      '--url needs a token in OS_TOKEN, such as OS_TOKEN="$(openstack token issue -f value -c id)".',
    );
  const base = `${url.replace(/\/+$/, '')}/leasebook/v1`;
  const ask = async (path: string, query: object): Promise<unknown> => {
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    );
    return answerOf(`${base}${path}?${parameters.toString()}`, token);
  };
  return {
    history: async (kind, id, page) =>
      (await ask(`/history/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`, page)) as HistoryView,
    events: async (request) => (await ask('/events', request)) as EventsView,
  };
}

async function answerOf(url: string, token: string): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { 'x-auth-token': token }, signal: AbortSignal.timeout(longestWait) });
  } catch (error) {
    const { cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    throw new CommandFailed(exitCodes.failed, `${new URL(url).origin} does not answer: ${reason}`, { cause: error });
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && body !== undefined) return body;
  const { detail } = (body ?? {}) as { readonly detail?: string };
  const code = answer.status === 400 ? exitCodes.usage : exitCodes.failed;
  throw new CommandFailed(code, `The server answered ${String(answer.status)}: ${detail ?? answer.statusText}`);
}
