/** `base`: without a slash at the end. */
export function versionList(base: string): string {
  const version = {
    id: 'v1.0',
    status: 'CURRENT',
    links: [{ href: `${base}/reservation/v1`, rel: 'self' }],
    min_version: '1.0',
    max_version: '1.0',
  };
  return JSON.stringify({ versions: [version] });
}
