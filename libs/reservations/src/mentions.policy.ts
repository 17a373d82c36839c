import type { Json, Mention } from '#kernel';

export type More = Pick<Mention, 'sets' | 'ends'>;
type Mentioning = (id: string, what: string, more?: More) => Mention;

const mention =
  (kind: string): Mentioning =>
  (id, what, more = {}) => ({ kind, id, what, ...more });

export const lease = mention('lease');
export const reservation = mention('reservation');
export const host = mention('host');
export const reservationHost = mention('reservation-host');
export const floatingIp = mention('floating-ip');
export const resourceProperty = mention('resource-property');

export const instant = (time: number): Json => new Date(time).toISOString();

export const many = (count: number, one: string, more = `${one}s`): string =>
  count === 1 ? `1 ${one}` : `${String(count)} ${more}`;
