import type { FastifyRequest } from 'fastify';
import type { VmpoolerVersion } from '../routing/mounts.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { parameter } from '../vmpooler-request.js';

/** The short name behind the path's, whatever its domain is; version 3 looks at its form first. */
export function hostOf(request: FastifyRequest, version: VmpoolerVersion): string {
  const written = parameter(request, 'host');
  const fault = version === 3 ? hostFault(written) : undefined;
  if (fault !== undefined) throw VmpoolerError.invalid(fault);
  return shortName(written);
}

export function shortName(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

const longest = 253;
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const labels = new RegExp(`^${label}(?:\\.${label})*$`, 'i');

export function hostFault(name: string): string | undefined {
  if (name.length > longest) return 'Hostname too long';
  return labels.test(name) ? undefined : 'Invalid hostname format';
}

const largestDisk = 2048;

/** GB. Version 3 names what is wrong; the others know no such disk. */
export function diskSizeOf(request: FastifyRequest, version: VmpoolerVersion): number {
  const written = parameter(request, 'size');
  if (version === 3) {
    const fault = diskFault(written);
    if (fault !== undefined) throw VmpoolerError.invalid(fault);
    return Number(written);
  }
  const gb = Number(/^\d+/.exec(written)?.[0] ?? 0);
  if (gb < 1 || !Number.isSafeInteger(gb)) throw VmpoolerError.notFound();
  return gb;
}

export function diskFault(written: string): string | undefined {
  if (!/^\d+$/.test(written)) return 'Disk size must be a valid integer';
  if (Number(written) < 1) return 'Disk size must be at least 1';
  return Number(written) > largestDisk ? `Disk size must be at most ${String(largestDisk)}` : undefined;
}
