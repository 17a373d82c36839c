import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { DomainEvent, EventCatalog, Timeline } from '#kernel';
import { EventCodec } from '#runtime';

/**
 * The frozen samples of a context: each version of each event that was ever stored, as it was stored, in a file
 * `<Type>@<version>.json`. A sample is never changed; a new version gets a new one. To be called in a `describe`: it
 * checks that none is missing and none is for nothing, and that each is read and told of. Answers how to read one.
 */
export function storedSamples<Event extends DomainEvent>(
  folder: URL,
  catalogs: readonly EventCatalog[],
  timeline: Timeline<Event>,
): (name: string) => Event {
  const codec = new EventCodec(catalogs);
  const everyVersion = catalogs.flatMap(({ context, versions }) =>
    Object.entries(versions).flatMap(([type, newest]) =>
      Array.from({ length: newest }, (_, index) => ({ context, name: `${type}@${String(index + 1)}` })),
    ),
  );
  const contextOf = new Map(everyVersion.map(({ context, name }) => [name, context]));

  const sample = (name: string): Event => {
    const data = readFileSync(new URL(`${name}.json`, folder), 'utf8');
    return codec.decode({ type: `${String(contextOf.get(name))}/${name}`, data }) as Event;
  };

  it('are there for every version of every type, and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(everyVersion.map(({ name }) => `${name}.json`).sort());
  });

  it.each(everyVersion)('$name is read, and its account names a resource', ({ name }) => {
    const { type, data } = sample(name);
    expect(type).toBe(name.split('@')[0]);
    const account = timeline[type as Event['type']] as (data: unknown) => readonly object[];
    expect(account(data).length).toBeGreaterThan(0);
  });

  return sample;
}
