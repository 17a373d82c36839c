const ours = /^\/(?:vmpooler|api|dashboard|vm|token|status|summary|healthcheck|prometheus)(?:[/*]|$)/;

/** Is this pattern of the router one of the vmpooler face? */
export function isOfThisFace(route: string): boolean {
  return ours.test(route);
}

/** The pattern up to its first parameter: hosts, requests and tokens are stripped (contracts/vmpooler §7.5). */
export function pathLabel(route: string): string {
  const end = route.search(/\/?[:*(]/);
  const path = end < 0 ? route : route.slice(0, end);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
}
