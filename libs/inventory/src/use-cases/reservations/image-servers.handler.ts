import { refuse, type CommandContext } from '#kernel';
import { ProviderError } from '#providers';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ImageServers } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../../inventory.settings.js';
import { derivedContext } from '../derived-context.js';
import { inParallel } from '../in-parallel.js';
import { HostGuests, requestId, type GuestsHost } from './host-guests.js';

const imagesAtOnce = 4;
const timeoutMs = 3_600_000;

interface MadeImage {
  readonly guestUuid: string;
  readonly imageId: string;
  readonly name: string;
}

/** Which servers are meant is settled by the first run of a command: a later one finishes what that one began. */
@CommandHandler(ImageServers)
export class ImageServersHandler implements ICommandHandler<ImageServers> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly guests: HostGuests,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  async execute({ context, uuid }: ImageServers) {
    const host = await this.guests.host(uuid);
    if (host === undefined) return refuse('hypervisor-unknown', { id: uuid });
    const { complete, guests } = await this.guests.list(host, context);
    if (!complete)
      throw new ProviderError('retry', `${host.hypervisorHostname}: the listing of servers is not complete`);
    const names = new Map(guests.map(({ uuid: guestUuid, name }) => [guestUuid, name]));
    const meant = await this.intend(host, [...names.keys()], context);
    if (meant.kind === 'refused') return meant;

    const images = new Map<string, MadeImage>();
    await inParallel(meant.answer.guestUuids, imagesAtOnce, async (guestUuid) => {
      const name = `${names.get(guestUuid) ?? guestUuid}-${stamp(meant.answer.at)}`;
      const made = await this.image(host, guestUuid, name, context);
      if (made !== undefined) images.set(guestUuid, made);
    });
    const answer = meant.answer.guestUuids.flatMap((guestUuid) => images.get(guestUuid) ?? []);
    return { ...meant, answer };
  }

  private intend({ uuid }: GuestsHost, guestUuids: readonly string[], context: CommandContext) {
    const intent = requestId('image', context, uuid);
    const at = this.clock.now();
    const command = { type: 'note-intent', intent: 'image', requestId: intent, guestUuids, at } as const;
    const once = { ...derivedContext(context, `image-servers\n${uuid}`), repeatable: true };
    return this.executor.execute(hypervisor, hypervisorStream(uuid), command, once, (_state, events) => {
      const [first] = events;
      if (first?.type !== 'GuestImagingRequested') return { guestUuids: [], at };
      return { guestUuids: [...first.data.guestUuids], at: first.data.at };
    });
  }

  /** Undefined: it is gone, and no image was made of it. */
  private async image(
    host: GuestsHost,
    guestUuid: string,
    name: string,
    context: CommandContext,
  ): Promise<MadeImage | undefined> {
    const { ask, uuid, nativeId } = host;
    const call = { requestId: requestId('image', context, uuid, guestUuid), timeoutMs };
    let imageId: string;
    try {
      ({ imageId } = await ask.imageGuest(nativeId, guestUuid, name, call));
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'permanent' && (await this.isGone(host, guestUuid, context)))
        return undefined;
      throw error;
    }
    const once = { ...derivedContext(context, `image-server\n${uuid}\n${guestUuid}`), repeatable: true };
    const noted = await this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      { type: 'note-guest-image', guestUuid, imageId, name, at: this.clock.now() },
      once,
      (_state, events) => events.flatMap((event) => (event.type === 'GuestImaged' ? [event.data] : [])),
    );
    const [first] = noted.kind === 'accepted' ? noted.answer : [];
    return { guestUuid, imageId: first?.imageId ?? imageId, name: first?.name ?? name };
  }

  private async isGone(host: GuestsHost, guestUuid: string, context: CommandContext): Promise<boolean> {
    const { complete, guests } = await this.guests.list(host, context);
    return complete && guests.every(({ uuid }) => uuid !== guestUuid);
  }
}

/** 20310504T163000Z */
function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
