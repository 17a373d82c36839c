import 'reflect-metadata';
import type { BlazarRouteRow } from './blazar-routes.js';

const key = Symbol('blazar route');

export function setRow(handler: object, row: BlazarRouteRow): void {
  Reflect.defineMetadata(key, row, handler);
}

export function rowOf(handler: object): BlazarRouteRow | undefined {
  return Reflect.getMetadata(key, handler) as BlazarRouteRow | undefined;
}
