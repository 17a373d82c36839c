import 'reflect-metadata';
import type { KeystoneRouteRow } from './keystone-routes.js';

const key = Symbol('keystone route');

export function setRow(handler: object, row: KeystoneRouteRow): void {
  Reflect.defineMetadata(key, row, handler);
}

export function rowOf(handler: object): KeystoneRouteRow | undefined {
  return Reflect.getMetadata(key, handler) as KeystoneRouteRow | undefined;
}
