import 'reflect-metadata';
import type { VmpoolerRouteRow } from './vmpooler-routes.js';

const key = Symbol('vmpooler route');

export function setRow(handler: object, row: VmpoolerRouteRow): void {
  Reflect.defineMetadata(key, row, handler);
}

export function rowOf(handler: object): VmpoolerRouteRow | undefined {
  return Reflect.getMetadata(key, handler) as VmpoolerRouteRow | undefined;
}
