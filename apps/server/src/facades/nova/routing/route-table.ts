import 'reflect-metadata';
import { routeRules, type NovaAccess } from './route.type.js';

/** One row for each operation; actions of one route are rows of their own. */
export interface NovaRouteRow {
  readonly method: string;
  /** After mount and project, or whole for version documents: `/os-aggregates/:id`. */
  readonly path: string;
  readonly access: NovaAccess;
  readonly policy?: string;
  /** Minor versions. */
  readonly from?: number;
  readonly to?: number;
  readonly action?: string;
}

/** Read from what the controllers' routes carry. */
export function routeTable(controllers: readonly { readonly prototype: object }[]): readonly NovaRouteRow[] {
  return controllers.flatMap(({ prototype }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap((descriptor) => rowsOf(descriptor.value)),
  );
}

function rowsOf(handler: unknown): readonly NovaRouteRow[] {
  const rules = typeof handler === 'function' ? routeRules(handler) : undefined;
  if (rules === undefined) return [];
  const { method, paths, access, actions, policy, from, to } = rules;
  const limits = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const plain = (path: string): NovaRouteRow => ({
    method,
    path,
    access,
    ...limits,
    ...(policy === undefined ? {} : { policy }),
  });
  if (actions === undefined) return paths.map(plain);
  return paths.flatMap((path) =>
    Object.entries(actions).map(([action, own]) => ({ ...plain(path), action, policy: own.policy })),
  );
}
