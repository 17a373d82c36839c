import { maxVersion, minVersion } from './microversions.js';

interface ApiVersion {
  readonly id: string;
  readonly status: 'CURRENT' | 'DEPRECATED';
  readonly version: string;
  readonly min_version: string;
  readonly updated: string;
}

/** contracts/nova §4, §12: as the newest Nova tells them. */
const versions: Readonly<Record<string, ApiVersion>> = {
  'v2.0': { id: 'v2.0', status: 'DEPRECATED', version: '', min_version: '', updated: '2025-07-04T12:00:00Z' },
  'v2.1': {
    id: 'v2.1',
    status: 'CURRENT',
    version: maxVersion,
    min_version: minVersion,
    updated: '2013-07-23T11:33:21Z',
  },
};

const segments: Readonly<Record<string, string>> = { 'v2.0': 'v2', 'v2.1': 'v2.1' };
const mediaVersions: Readonly<Record<string, string>> = { 'v2.0': '2', 'v2.1': '2.1' };

const self = (root: string, id: string, path: string): object => ({
  rel: 'self',
  href: `${root}/${segments[id] ?? id}${path}`,
});

const mediaTypes = (id: string): readonly object[] => [
  {
    base: 'application/json',
    type: `application/vnd.openstack.compute+json;version=${mediaVersions[id] ?? id}`,
  },
];

/** One version; undefined where there is none of that name. `root`: where Nova's own root lies, as an absolute URL. */
export function versionDocument(root: string, id: string): string | undefined {
  const version = Object.hasOwn(versions, id) ? versions[id] : undefined;
  if (version === undefined) return undefined;
  const describedBy = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };
  return JSON.stringify({
    version: { ...version, links: [self(root, id, '/'), describedBy], 'media-types': mediaTypes(id) },
  });
}

export function versionList(root: string): string {
  return JSON.stringify({
    versions: Object.values(versions).map((version) => ({ ...version, links: [self(root, version.id, '/')] })),
  });
}

/** 300: where the asked path may be found. */
export function versionChoices(root: string, path: string): string {
  return JSON.stringify({
    choices: Object.values(versions).map(({ id, status }) => ({
      id,
      status,
      links: [self(root, id, path)],
      'media-types': mediaTypes(id),
    })),
  });
}
