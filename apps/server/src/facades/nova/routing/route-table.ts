import 'reflect-metadata';
import { ownPaths, routePattern, versionMounts } from './mounts.js';
import { controllerMounts, routeRules, type NovaAccess, type RouteRules } from './route.type.js';

/** One row for each operation under each mount; actions of one route are rows of their own. */
export interface NovaRouteRow {
  /** `*`: whatever the other rows do not name. */
  readonly method: string;
  /** As the router knows it: `/v2.1/os-aggregates/:id(^[^/]+$)`. */
  readonly pattern: string;
  /** After the mount: `/os-aggregates/:id`; whole for what has no mount. */
  readonly path: string;
  readonly access: NovaAccess;
  readonly policy?: string;
  /** Minor versions. */
  readonly from?: number;
  readonly to?: number;
  readonly action?: string;
}

type ControllerClass = object & { readonly prototype: object };

/** Read from what the controllers' routes carry; with the paths that no controller's route has. */
export function routeTable(controllers: readonly ControllerClass[]): readonly NovaRouteRow[] {
  const operations = controllers.flatMap((controller) =>
    Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(({ value }) => {
      const rules = typeof value === 'function' ? routeRules(value as object) : undefined;
      return rules === undefined ? [] : controllerMounts(controller).flatMap((mount) => rowsOf(mount, rules));
    }),
  );
  const documents = versionMounts.map((mount) => ({
    method: 'GET',
    pattern: mount.startsWith('/compute') ? '/compute/*' : '/v2*',
    path: mount,
    access: 'open' as const,
  }));
  const others = ownPaths.map((pattern) => ({ method: '*', pattern, path: pattern, access: 'open' as const }));
  return [...operations, ...documents, ...others];
}

function rowsOf(mount: string, rules: RouteRules): readonly NovaRouteRow[] {
  const { method, path, access, actions, policy, from, to } = rules;
  const row: NovaRouteRow = {
    method,
    pattern: `${mount}${routePattern(path)}`,
    path,
    access,
    ...(policy === undefined ? {} : { policy }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  if (actions === undefined) return [row];
  return Object.entries(actions).map(([action, own]) => ({ ...row, action, policy: own.policy }));
}
