import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import type { StartServer } from '#specs';
import { loadSettings } from '../../apps/server/src/profiles/settings.js';
import { createServer } from '../../apps/server/src/server.js';

const adminPassword = 'correct-horse-battery-staple';

/**
 * The whole server in this process, on a port and in a folder of its own. A suite's `server:` is its configuration
 * file. Users `admin` and `demo` are those of the demo configuration, logged in.
 */
export const startServer: StartServer = async (configuration) => {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-wire-'));
  const file = join(folder, 'leasebook.yaml');
  const own = { host: '127.0.0.1', port: 0, dataDir: join(folder, 'data'), adminPassword, logLevel: 'silent' };
  writeFileSync(file, stringify({ ...own, ...configuration }));
  const settings = { ...loadSettings({ LEASEBOOK_CONFIG: file }), demo: true };
  const server = await createServer(settings, { logger: pino({ level: 'silent' }) });
  const admin = await logIn(server.url, 'admin', adminPassword);
  const demo = await logIn(server.url, 'demo', 'demo');
  return {
    url: server.url,
    tokens: { admin: admin.token, demo: demo.token },
    variables: { adminProject: admin.project, demoProject: demo.project },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

interface LoggedIn {
  readonly token: string;
  /** Id of the project that the token is for; named as the user. */
  readonly project: string;
}

async function logIn(url: string, name: string, password: string): Promise<LoggedIn> {
  const domain = { id: 'default' };
  const answer = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name, domain, password } } },
        scope: { project: { name, domain } },
      },
    }),
  });
  const body = (await answer.json()) as { readonly token?: { readonly project: { readonly id: string } } };
  const token = answer.headers.get('x-subject-token');
  if (token === null || body.token === undefined)
    throw new Error(`${name} cannot log in: ${String(answer.status)} ${JSON.stringify(body)}`);
  return { token, project: body.token.project.id };
}
