import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '#event-store';
import type { StoredMetadata } from '#kernel';
import type { SimulatedControl } from '#providers/adapters/simulated';
import { verifyProjection } from '#runtime';
import { openDataFolder } from '../../apps/cli/src/profiles/data-folder.js';
import type { EmbeddedPorts } from '../../apps/server/src/profiles/embedded.profile.js';
import type { Settings } from '../../apps/server/src/profiles/settings.type.js';
import { allReadModels } from '../../apps/server/src/read-models.js';
import { adminPassword, ask, startInProcess, type Answer, type InProcessServer } from '../in-process-server.js';
import type { LoggedEvent } from '../leases-history/history.type.js';
import { logIn } from '../server-process.js';
import { FaultsByRequest, providerFailingByRequest, storeFailingByRequest } from './faults-by-request.js';

/** Of an event, as the log has it. `request`: on whose behalf it was made. */
export interface LeaseLogged extends LoggedEvent {
  readonly request: string;
}

export const network = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11';
/** Whose addresses no lease asks for. */
export const spareNetwork = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a12';
/** Whose hosts all leases of the future share: each has a day of its own. */
export const sharedHosts = { a: ['shared-a1', 'shared-a2'], b: ['shared-b1', 'shared-b2'] } as const;

const host = { vcpus: 16, memoryMb: 65_536, localGb: 500, alive: true, guests: [] };

function configuration(ownHosts: number): Partial<Settings> {
  const own = Array.from({ length: ownHosts }, (_, n) => `own-${String(n)}`);
  return {
    pools: [],
    simulatedHosts: [...sharedHosts.a, ...sharedHosts.b, ...own].map((name) => ({ ...host, name })),
    calendarPartitions: [
      { name: 'a', hosts: ['shared-a*'] },
      { name: 'b', hosts: ['shared-b*'] },
    ],
    networks: [
      {
        ...{ id: network, name: 'public' },
        subnets: [{ id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e02', cidr: '198.18.0.0/16', pools: [] }],
      },
      {
        ...{ id: spareNetwork, name: 'spare' },
        subnets: [{ id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e03', cidr: '198.19.0.0/16', pools: [] }],
      },
    ],
    leaseHoldSeconds: 3,
    minutesBeforeEndLease: 0,
    heartbeatSeconds: 3600,
    discoverySeconds: 3600,
    serviceDownSeconds: 7200,
  };
}

/** The whole server with hosts for leases, whose ports fail for some requests. */
export class LeaseLab {
  readonly faults = new FaultsByRequest();
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'leasebook-lease-faults-'));
  private readonly seen: LeaseLogged[] = [];
  private position: number | undefined;
  private token = '';
  private server: InProcessServer | undefined;
  private url = '';
  private ports!: EmbeddedPorts;
  private isSettled!: () => boolean;
  private own = 0;

  private constructor(private readonly ownHosts: number) {}

  static async start(ownHosts: number): Promise<LeaseLab> {
    const lab = new LeaseLab(ownHosts);
    await lab.open();
    return lab;
  }

  /** Whoever was dead is replaced by another process. */
  async restart(): Promise<void> {
    await this.stop();
    this.faults.disarm();
    await this.open();
  }

  private async open(): Promise<void> {
    const { dataDir, faults } = this;
    this.server = await startInProcess({
      dataDir,
      settings: configuration(this.ownHosts),
      wrap: (ports) => {
        this.ports = ports as EmbeddedPorts;
        const { store, isSettled } = storeFailingByRequest(ports.eventStore, faults);
        this.isSettled = isSettled;
        const providers = ports.providers.map((provider) => providerFailingByRequest(provider, faults));
        return { ...ports, eventStore: store, providers };
      },
    });
    this.url = this.server.url;
    this.token = await logIn(this.url, 'admin', adminPassword);
  }

  get machines(): SimulatedControl {
    return this.ports.simulated.control;
  }

  /** One that nobody else uses; not enrolled. */
  ownHost(): string {
    this.own += 1;
    if (this.own > this.ownHosts) throw new Error('there are not hosts enough');
    return `own-${String(this.own - 1)}`;
  }

  ask(method: string, path: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const body = json === undefined ? {} : { json };
    return ask(this.url, method, path, { token: this.token, headers: { ...headers }, ...body });
  }

  /** What has to work, whatever is frozen at the moment. */
  async must(method: string, path: string, json?: unknown): Promise<Answer['json']> {
    const headers = { 'idempotency-key': `must-${String(Math.random())}` };
    const answer = await until(
      () => this.ask(method, path, json, headers),
      ({ status }) => status !== 503,
    );
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
    return answer.json as unknown;
  }

  /** No append is left without an answer. */
  async calm(): Promise<void> {
    await until(async () => this.isSettled(), Boolean);
  }

  async log(): Promise<readonly LeaseLogged[]> {
    for (;;) {
      const page = await this.ports.eventStore.readAll(this.position === undefined ? {} : { after: this.position });
      for (const event of page) this.seen.push(logged(event));
      this.position = page.at(-1)?.position ?? this.position;
      if (page.length === 0) return this.seen;
    }
  }

  /** Every lease; those that could not be deleted. */
  async deleteEverything(): Promise<readonly string[]> {
    const { leases } = (await this.must('GET', '/v1/leases')) as { leases: { id: string; name: string }[] };
    for (const { id } of leases) await this.must('DELETE', `/v1/leases/${id}`);
    const left = (await this.must('GET', '/v1/leases')) as { leases: { id: string; name: string }[] };
    return left.leases.map(({ name }) => name);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.stop();
  }

  /** Stops the server and compares its read models with the log: what differs. */
  async staleReadModels(): Promise<readonly string[]> {
    await this.stop();
    const fail = (notice: string): never => {
      throw new Error(notice);
    };
    const folder = await openDataFolder(this.dataDir, { ofLog: fail, ofReadModels: fail });
    try {
      const found: string[] = [];
      for (const projection of allReadModels) {
        const { problem, differences } = await verifyProjection(folder.eventStore, folder.readStore, projection);
        if (problem !== undefined || differences.length > 0)
          found.push(`${projection.name}: ${problem ?? JSON.stringify(differences)}`);
      }
      return found;
    } finally {
      await folder.close();
    }
  }
}

function logged({ type, stream, data, metadata, recordedAt }: RecordedEvent): LeaseLogged {
  const name = /^[^/]+\/(.*)@\d+$/.exec(type)?.[1] ?? type;
  const { correlation: request } = JSON.parse(metadata) as StoredMetadata;
  return { type: name, stream, data: JSON.parse(data) as unknown, recordedAt, request };
}

/** Asks until it is so; throws where that does not come. */
export async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, patienceMs = 20_000): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > end) throw new Error(`it does not come to an end: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
