import type { RecordedEvent } from '#event-store';
import type { DomainEvent, EventCatalog, EventEnvelope, StoredMetadata, Upcaster } from '#kernel';

/** An event of the log that this program cannot read: unknown name, newer version, missing step, broken JSON. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  constructor(
    readonly storedType: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`cannot read a stored event of type ${storedType}: ${reason}`, options);
  }
}

interface Reader {
  readonly type: string;
  /** Steps from the stored version to the current one, in order. */
  readonly steps: readonly Upcaster[];
}

const storedForm = /^([^/@]+)\/([^/@]+)@([1-9]\d*)$/;

/** Between events in code and their stored names and bytes, for some catalogs. Readers are worked out once per stored name. */
export class EventCodec {
  private readonly readers = new Map<string, Reader | UnreadableEvent>();
  private readonly names = new Map<string, string>();
  private readonly catalogs: ReadonlyMap<string, readonly EventCatalog[]>;

  constructor(catalogs: readonly EventCatalog[]) {
    const byContext = new Map<string, EventCatalog[]>();
    for (const catalog of catalogs) {
      const known = byContext.get(catalog.context) ?? [];
      known.push(catalog);
      byContext.set(catalog.context, known);
      for (const [type, version] of Object.entries(catalog.versions)) {
        this.names.set(type, `${catalog.context}/${type}@${String(version)}`);
      }
    }
    this.catalogs = byContext;
  }

  /** The name under which an event of this type is stored now. Throws for a type that no catalog knows. */
  storedName(type: string): string {
    const name = this.names.get(type);
    if (name === undefined) throw new Error(`no catalog knows the event type ${type}`);
    return name;
  }

  /** JSON text as it will stand in the log. Throws where JSON would lose the value. */
  encode(event: DomainEvent): { readonly type: string; readonly data: string } {
    const type = this.storedName(event.type);
    const data = JSON.stringify(event.data) as string | undefined;
    if (data === undefined) throw new Error(`the data of ${event.type} is not JSON`);
    return { type, data };
  }

  /** True when one of the catalogs names this type, in whatever version. */
  knows(storedType: string): boolean {
    return !(this.reader(storedType) instanceof UnreadableEvent);
  }

  /** In the current version. Throws UnreadableEvent. */
  decode(stored: { readonly type: string; readonly data: string }): DomainEvent {
    const reader = this.reader(stored.type);
    if (reader instanceof UnreadableEvent) throw reader;
    try {
      let data: unknown = JSON.parse(stored.data);
      for (const step of reader.steps) data = step(data as never);
      return { type: reader.type, data };
    } catch (error) {
      throw new UnreadableEvent(stored.type, String(error), { cause: error });
    }
  }

  /** With its place in the log. Throws UnreadableEvent. */
  envelope(recorded: RecordedEvent): EventEnvelope {
    return enveloped(recorded, this.decode(recorded));
  }

  private reader(storedType: string): Reader | UnreadableEvent {
    let reader = this.readers.get(storedType);
    if (reader === undefined) {
      reader = this.findReader(storedType);
      this.readers.set(storedType, reader);
    }
    return reader;
  }

  private findReader(storedType: string): Reader | UnreadableEvent {
    const [, context = '', type = '', storedVersion = ''] = storedForm.exec(storedType) ?? [];
    const catalog = this.catalogs.get(context)?.find((each) => Object.hasOwn(each.versions, type));
    if (catalog === undefined) return new UnreadableEvent(storedType, 'no catalog names it');
    const current = catalog.versions[type] ?? 0;
    const stored = Number(storedVersion);
    if (stored > current) return new UnreadableEvent(storedType, `it is newer than this program's @${String(current)}`);
    const steps: Upcaster[] = [];
    for (let version = stored; version < current; version += 1) {
      const step = catalog.upcasters?.[`${context}/${type}@${String(version)}`];
      if (step === undefined)
        return new UnreadableEvent(storedType, `no step from @${String(version)} to @${String(version + 1)}`);
      steps.push(step);
    }
    return { type, steps };
  }
}

/** The envelope of an event whose payload was read (or is wanted as stored). */
export function enveloped(recorded: RecordedEvent, event: DomainEvent): EventEnvelope {
  return {
    id: recorded.id,
    stream: recorded.stream,
    revision: recorded.revision,
    position: recorded.position,
    recordedAt: recorded.recordedAt,
    storedType: recorded.type,
    event,
    metadata: JSON.parse(recorded.metadata) as StoredMetadata,
  };
}

/** `inventory/HypervisorRegistered@1` → `inventory/HypervisorRegistered`. */
export function withoutVersion(storedType: string): string {
  const at = storedType.lastIndexOf('@');
  return at < 0 ? storedType : storedType.slice(0, at);
}

/** As stored, not upcast: for read models that take every event, also of contexts they do not know. */
export function decodeAsStored(recorded: RecordedEvent): DomainEvent {
  const name = withoutVersion(recorded.type);
  return { type: name.slice(name.indexOf('/') + 1), data: JSON.parse(recorded.data) as unknown };
}
