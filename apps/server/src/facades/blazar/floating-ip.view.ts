import type { FloatingIpFacts } from '#reservations';
import { dateText, momentText } from './wire-time.js';

export function shownFloatingIp(address: FloatingIpFacts): string {
  return JSON.stringify({ floatingip: floatingIpView(address, momentText) });
}

export function listedFloatingIps(addresses: readonly FloatingIpFacts[]): string {
  return JSON.stringify({ floatingips: addresses.map((address) => floatingIpView(address, momentText)) });
}

/** Here Blazar writes times in another form (contracts/blazar §3). */
export function addedFloatingIp(address: FloatingIpFacts): string {
  return JSON.stringify({ floatingip: floatingIpView(address, dateText) });
}

function floatingIpView(address: FloatingIpFacts, moment: (time: number) => string): object {
  return {
    id: address.id,
    floating_network_id: address.networkId,
    subnet_id: address.subnetId,
    floating_ip_address: address.address,
    reservable: true,
    created_at: moment(address.createdAt),
    updated_at: address.updatedAt === null ? null : moment(address.updatedAt),
  };
}
