import type { Validator } from '../schemas/validator.js';

export type NovaMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Who may come in: anybody, whoever has a token, or whoever the policy rule lets pass (administrators). */
export type NovaAccess = 'open' | 'token' | 'admin';

/** What the guard checks before an operation begins. */
export interface OperationRules {
  /** `os_compute_api:os-aggregates:index`; none: the token is enough. */
  readonly policy?: string;
  /** First and last minor version that have it. */
  readonly from?: number;
  readonly to?: number;
  readonly body?: Validator;
  /** The last one whose `from` is not above the request's version counts; before the first the query is not looked at. */
  readonly query?: readonly { readonly from: number; readonly schema: Validator }[];
}

export interface ActionRules extends OperationRules {
  readonly policy: string;
  readonly body: Validator;
}

export interface RouteRules extends OperationRules {
  readonly method: NovaMethod;
  /** After the controller's mounts: `/os-aggregates/:id`. */
  readonly path: string;
  readonly access: NovaAccess;
  /** The body names one of these operations; only for POST …/action. */
  readonly actions?: Readonly<Record<string, ActionRules>>;
}

const ROUTE = Symbol('NovaRoute');
const MOUNTS = Symbol('NovaMounts');

/** The document at a version's root: found before a token is had. */
export const rootDocument: RouteRules = { method: 'GET', path: '', access: 'open' };

export function routeRules(handler: object): RouteRules | undefined {
  return Reflect.getMetadata(ROUTE, handler) as RouteRules | undefined;
}

export function setRouteRules(handler: object, rules: RouteRules): void {
  Reflect.defineMetadata(ROUTE, rules, handler);
}

export function controllerMounts(controller: object): readonly string[] {
  return (Reflect.getMetadata(MOUNTS, controller) ?? []) as readonly string[];
}

export function setControllerMounts(controller: object, mounts: readonly string[]): void {
  Reflect.defineMetadata(MOUNTS, mounts, controller);
}
