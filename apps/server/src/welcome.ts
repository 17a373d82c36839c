import type { Settings } from './profiles/settings.type.js';

/** What a person at a terminal wants to know first. Goes to standard error: standard output is the log. */
export function welcome(server: { readonly url: string; readonly firstPassword?: string }, settings: Settings): string {
  const lines = [
    '',
    `  Leasebook serves at ${server.url}`,
    '',
    ...(settings.identity === 'builtin'
      ? [
          `  Log in with   OS_AUTH_URL=${server.url}/identity/v3 OS_USERNAME=admin OS_PROJECT_NAME=admin`,
          server.firstPassword === undefined
            ? `                password: as set, or in ${settings.dataDir}/admin-password`
            : `                password: ${server.firstPassword}   (shown once; kept in ${settings.dataDir}/admin-password)`,
        ]
      : [`  Tokens are checked by: ${settings.identity}`]),
    ...(settings.demo
      ? ['  Demo          user demo, password demo, project demo; simulated hosts compute-1 … kvm-2']
      : []),
    '',
  ];
  return `${lines.join('\n')}\n`;
}
