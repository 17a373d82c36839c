import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { FloatingIpDocument } from './floating-ips.document.js';

export type { FloatingIpDocument } from './floating-ips.document.js';

export class GetFloatingIp extends Query<Answered<FloatingIpDocument | undefined>> {
  constructor(readonly id: string) {
    super();
  }
}

/** In the order in which they were added. */
export class ListFloatingIps extends Query<Answered<readonly FloatingIpDocument[]>> {}
