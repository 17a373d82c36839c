import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { bootstrapIdentity, IdentityServices } from '#identity';
import { ConfigureFlavors } from '#flavors';
import { HypervisorDiscovery, imageCaching } from '#inventory';
import { ConfigurePools, poolProcesses, VmSupply } from '#pools';
import { FreePool, reservationProcesses } from '#reservations';
import { systemContext, type RunningProcess } from '#runtime';
import type { Logger } from 'pino';
import { recordConfiguration } from './configuration/record-configuration.js';
import { plainRefusals } from './facades.js';
import { LeasebookModule } from './facades/leasebook/index.js';
import { VmpoolerMetrics } from './facades/vmpooler/index.js';
import { LastResortFilter } from './http/last-resort.js';
import { logRequests } from './http/request-log.js';
import { addSecurityHeaders } from './http/security-headers.js';
import { createServerAdapter } from './http/server-adapter.js';
import { Metrics } from './operations/metrics.js';
import { serveOpenApi } from './operations/openapi.js';
import { PinoLogger } from './operations/pino-logger.service.js';
import { PoolMoments } from './operations/pool-moments.js';
import { observeRuntime } from './operations/runtime-observer.js';
import { RuntimeReadModels } from './operations/runtime-read-models.js';
import { ServerReadiness } from './operations/server-readiness.js';
import { startTelemetry } from './operations/telemetry.js';
import { PlatformModule, type Platform } from './platform.module.js';
import { openEmbedded } from './profiles/embedded.profile.js';
import type { Ports } from './profiles/ports.js';
import { isLoopback } from './profiles/settings.js';
import type { Settings } from './profiles/settings.type.js';
import { allReadModels } from './read-models.js';
import { collectRoutes, type RegisteredRoute } from './routes.js';
import { startRuntime, type RunningRuntime } from './running-runtime.js';
import { ServerModule } from './server.module.js';
import { version } from './version.js';

export interface ServerOptions {
  readonly logger: Logger;
  /** Instead of those that the settings' profile opens; the server closes them. */
  readonly ports?: Ports;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`: where it really listens. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly ports: Ports;
  readonly runtime: RunningRuntime;
  readonly routes: readonly RegisteredRoute[];
  /** The administrator's password, when it was made at this start. */
  readonly firstPassword?: string;
  /** Finishes what is under way, flushes, closes. */
  stop(): Promise<void>;
}

/** Opens the profile's ports, catches up, and listens. Rejects, with everything closed again, when anything is amiss. */
export async function createServer(settings: Settings, options: ServerOptions): Promise<RunningServer> {
  const { logger } = options;
  const ports = options.ports ?? (await openEmbedded(settings, logger));
  const metrics = new Metrics();
  let runtime: RunningRuntime | undefined;
  try {
    const readiness = new ServerReadiness(ports, () => runtime);
    runtime = await startRuntime(ports, allReadModels, settings, observeRuntime(metrics, logger));
    const readModels = new RuntimeReadModels(runtime.projections, logger);
    const platform: Platform = { settings, ports, runtime, metrics, readiness, readModels };
    return await listen(platform, readiness, logger);
  } catch (error) {
    await runtime?.stop();
    await ports.close();
    throw error;
  }
}

async function listen(platform: Platform, readiness: ServerReadiness, logger: Logger): Promise<RunningServer> {
  const { settings, ports, runtime, metrics } = platform;
  const adapter = createServerAdapter(settings, logger, plainRefusals);
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = collectRoutes(fastify);
  const telemetry = await startTelemetry(settings.otlpEndpoint ?? process.env.OTEL_EXPORTER_OTLP_ENDPOINT, fastify);
  addSecurityHeaders(fastify);
  logRequests(fastify, (facts) => {
    metrics.observeRequest(facts);
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: ServerModule, imports: [PlatformModule.of(platform)] },
    adapter,
    { bodyParser: false, logger: new PinoLogger(logger), abortOnError: false },
  );
  const poolMetrics = app.get(VmpoolerMetrics);
  metrics.add(poolMetrics);
  const moments = new PoolMoments(ports.eventStore, (moment) => poolMetrics.observeMachine(moment));
  app.useGlobalFilters(new LastResortFilter(plainRefusals));
  serveOpenApi(app, { modules: [LeasebookModule], version });
  await app.init();
  await recordConfiguration(runtime.executor, settings, ports.clock);
  const firstPassword = await makeAdministrator(app, settings);
  await moments.start();
  await app.get(HypervisorDiscovery).start();
  await app.get(ConfigurePools).run();
  await app.get(ConfigureFlavors).run(systemContext(ports.clock.now()));
  await app.get(FreePool).ensure(systemContext(ports.clock.now()));
  await runtime.startProcesses([
    app.get<RunningProcess>(imageCaching),
    ...app.get<readonly RunningProcess[]>(poolProcesses),
    ...app.get<readonly RunningProcess[]>(reservationProcesses),
  ]);
  await app.get(VmSupply).start();
  await app.listen(settings.port, settings.host);
  const stop = async (): Promise<void> => {
    readiness.stop();
    await app.get(VmSupply).stop();
    await app.get(HypervisorDiscovery).stop();
    await app.close();
    await moments.stop();
    await runtime.stop();
    await ports.close();
    await telemetry.stop();
  };
  const url = addressOf(fastify);
  return { url, app, ports, runtime, routes, stop, ...(firstPassword === undefined ? {} : { firstPassword }) };
}

/** The password that was made, if one was. It is kept in the data folder before the administrator exists. */
async function makeAdministrator(app: NestFastifyApplication, settings: Settings): Promise<string | undefined> {
  if (settings.identity === 'keystone' || settings.identity === 'keyrock') return undefined;
  const { made } = await bootstrapIdentity(app.get(IdentityServices), {
    ...(settings.adminPassword === undefined ? {} : { adminPassword: settings.adminPassword }),
    demo: settings.demo && isLoopback(settings.host),
    keepPassword: async (password) => {
      await writeFile(join(settings.dataDir, 'admin-password'), `${password}\n`, { mode: 0o600 });
    },
  });
  return made;
}

function addressOf(fastify: FastifyInstance): string {
  const address = fastify.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${String(address.port)}`;
}
