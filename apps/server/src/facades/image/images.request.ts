import type { KnownImage } from '#inventory';
import { parseQuery } from '#wire';
import { ImageError } from './image.error.js';

const defaultLimit = 25;
const maxLimit = 1_000;

export interface ImagePage {
  readonly images: readonly KnownImage[];
  /** Query of the next page; undefined: this is the last. */
  readonly next: string | undefined;
}

/** The part of the configured images that the query asks for: `name`, `id`, `limit`, `marker`. Throws ImageError 400. */
export function imagePage(known: readonly KnownImage[], target: string): ImagePage {
  const query = parseQuery(target);
  const last = (name: string): string | undefined => (Object.hasOwn(query, name) ? query[name]?.at(-1) : undefined);
  const [name, id, status, visibility, owner] = ['name', 'id', 'status', 'visibility', 'owner'].map(last);
  const hidden = last('os_hidden')?.toLowerCase() === 'true';
  const others = [status ?? 'active', visibility ?? 'public'].join(' ') !== 'active public' && visibility !== 'all';
  const fitting =
    hidden || others || owner !== undefined
      ? []
      : known.filter((image) => (name ?? image.name) === image.name && (id ?? image.id) === image.id);
  const limit = limitOf(last('limit'));
  const from = startOf(known, fitting, last('marker'));
  const images = fitting.slice(from, from + limit);
  const more = from + limit < fitting.length;
  const marker = images.at(-1)?.id;
  return { images, next: more && marker !== undefined ? nextQuery(query, marker) : undefined };
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return defaultLimit;
  if (!/^\d{1,9}$/.test(given)) throw new ImageError(400, 'limit param must be an integer');
  return Math.min(Number(given), maxLimit);
}

function startOf(known: readonly KnownImage[], fitting: readonly KnownImage[], marker: string | undefined): number {
  if (marker === undefined) return 0;
  if (!known.some((image) => image.id === marker)) throw new ImageError(400, 'Invalid marker');
  return fitting.findIndex((image) => image.id === marker) + 1;
}

function nextQuery(query: ReturnType<typeof parseQuery>, marker: string): string {
  const next = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    if (name !== 'marker') for (const value of values) next.append(name, value);
  next.set('marker', marker);
  return next.toString();
}
