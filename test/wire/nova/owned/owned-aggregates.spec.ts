import { fileURLToPath } from 'node:url';
import { MoveHosts } from '#inventory';
import { systemContext } from '#runtime';
import { describeSuite, readSuite, type StartServer } from '#specs';
import { CommandBus } from '@nestjs/cqrs';
import type { Settings } from '../../../../apps/server/src/profiles/settings.type.js';
import { adminPassword, startInProcess } from '../../../in-process-server.js';
import { logIn } from '../../../server-process.js';

const freepool = { name: 'freepool', owner: { kind: 'reservations', id: 'freepool' }, metadata: [] } as const;

interface Configured {
  readonly simulatedHosts: readonly { readonly name: string }[];
  readonly images: Settings['images'];
}

/** A server whose reservations have two hosts in their free pool. */
const startOwning: StartServer = async (configuration) => {
  const { simulatedHosts, images } = configuration as unknown as Configured;
  const size = { vcpus: 16, memoryMb: 65_536, localGb: 500, alive: true, guests: [] };
  const hosts = simulatedHosts.map(({ name }) => ({ name, ...size }));
  const server = await startInProcess({ settings: { pools: [], simulatedHosts: hosts, images } });
  const bus = server.running.app.get(CommandBus, { strict: false });
  await bus.execute(new MoveHosts(systemContext(Date.now()), ['node-1', 'node-2'], null, freepool));
  const admin = await logIn(server.url, 'admin', adminPassword);
  return { url: server.url, tokens: { admin }, stop: () => server.stop() };
};

describeSuite(readSuite(fileURLToPath(new URL('owned-aggregates.yaml', import.meta.url))), startOwning, globalThis);
