import { refuse, type CommandContext, type CommandOutcome } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { AggregateFacts, InventoryRefusal } from '../contracts.js';
import {
  aggregateFacts,
  hostAggregates,
  hostAggregatesStream,
  type HostAggregatesCommand,
  type ServerCounts,
} from '../host-aggregates/host-aggregates.decider.js';
import type { HostAggregatesEvent } from '../host-aggregates/host-aggregates.events.js';
import type { HostAggregates } from '../host-aggregates/host-aggregates.state.js';
import { HypervisorLookups } from './hypervisor-lookups.js';

/** How often a decision may ask for servers of hosts that have come meanwhile; then it is refused as busy. */
const maxQuestions = 5;

type Outcome<A> = CommandOutcome<HostAggregatesEvent, InventoryRefusal, A>;
type Answer<A> = (state: Readonly<HostAggregates>, events: readonly HostAggregatesEvent[]) => A;

/** Runs commands on the aggregates, looking up servers only for decisions that turn out to depend on them. */
@Injectable()
export class AggregateCommands {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
  ) {}

  async run<A>(
    context: CommandContext,
    command: (servers: ServerCounts) => HostAggregatesCommand,
    answer: Answer<A>,
  ): Promise<Outcome<A>> {
    let servers: ServerCounts = new Map();
    for (let question = 0; question <= maxQuestions; question += 1) {
      const asked = command(servers);
      const outcome = await this.executor.execute(hostAggregates, hostAggregatesStream, asked, context, answer);
      if (outcome.kind === 'accepted') return outcome;
      const { code, facts } = outcome;
      if (code !== 'servers-unasked') return { kind: 'refused', code, facts };
      servers = new Map([...servers, ...(await this.lookups.servers(facts.hosts as readonly string[]))]);
    }
    return refuse('busy');
  }

  /** Answered with the aggregate as it is right after. */
  change(
    context: CommandContext,
    id: number,
    command: (servers: ServerCounts) => HostAggregatesCommand,
  ): Promise<Outcome<AggregateFacts>> {
    return this.run(context, command, (state) => {
      const facts = aggregateFacts(state, id);
      if (facts === undefined) throw new Error(`aggregate ${String(id)} was changed and is not there`);
      return facts;
    });
  }
}
