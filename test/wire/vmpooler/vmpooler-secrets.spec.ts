import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startServer } from '../start-server.js';

const secrets = {
  servicePassword: 'sesame-of-the-directory',
  inTheAddress: 'sesame-in-the-address',
  keystone: 'sesame-of-keystone',
  keyrock: 'sesame-of-keyrock',
};

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  server = await startServer({
    experimentalFeatures: true,
    poolMetrics: { prometheus: true },
    pools: [{ name: 'alma-9', size: 1, template: 'templates/alma-9', hosts: ['nowhere'] }],
    poolAuth: {
      provider: 'ldap',
      ldap: {
        url: `ldap://reader:${secrets.inTheAddress}@127.0.0.1:1`,
        bases: ['ou=people,dc=example,dc=org'],
        serviceUser: 'cn=reader,dc=example,dc=org',
        servicePassword: secrets.servicePassword,
      },
    },
    keystone: {
      authUrl: 'http://127.0.0.1:1/v3',
      username: 'leasebook',
      password: secrets.keystone,
      project: 'service',
    },
    keyrock: { url: `http://127.0.0.1:1/user?access_token=${secrets.keyrock}`, form: 'userinfo' },
  });
}, 60_000);
afterAll(() => server.stop());

/** Whatever anybody may read without a token. */
const open = ['/full_config', '/config', '/status', '/poolstat?pool=alma-9', '/summary'].flatMap((path) =>
  ['v1', 'v2', 'v3'].map((version) => `/vmpooler/api/${version}${path}`),
);

it.each([...open, '/dashboard/', '/dashboard/stats/vmpooler/pool', '/prometheus', '/metrics'])(
  '%s tells no secret of the settings and nothing of the environment',
  async (path) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { 'x-auth-token': 'nobody' } });
    const text = await answer.text();
    expect(answer.status).toBe(200);
    for (const secret of [...Object.values(secrets), 'correct-horse-battery-staple', ...Object.values(server.tokens)])
      expect(text).not.toContain(secret);
    for (const variable of ['PATH', 'HOME', 'PWD']) {
      const value = process.env[variable];
      if (value !== undefined && value.length > 3) expect(text).not.toContain(value);
    }
  },
);

it('shows that there is a password, masked', async () => {
  const answer = await fetch(`${server.url}/api/v3/full_config`);
  expect(await answer.json()).toMatchObject({
    full_config: {
      auth: {
        provider: 'ldap',
        ldap: {
          host: '127.0.0.1',
          port: 1,
          service_account_hash: { user_dn: 'cn=reader,dc=example,dc=org', password: '********' },
        },
      },
    },
  });
});
