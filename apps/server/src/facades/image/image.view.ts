import type { KnownImage } from '#inventory';

/** As Glance's list of versions; `base`: public URL of the face. */
export function versionsView(base: string): unknown {
  return { versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2/` }] }] };
}

/** Only what is known of a configured image is told; what only a copy of its bytes could say is null. */
export function imageView({ id, name }: KnownImage): unknown {
  return {
    id,
    name,
    status: 'active',
    visibility: 'public',
    protected: false,
    os_hidden: false,
    container_format: 'bare',
    disk_format: 'qcow2',
    min_disk: 0,
    min_ram: 0,
    size: null,
    virtual_size: null,
    checksum: null,
    owner: null,
    tags: [],
    created_at: null,
    updated_at: null,
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
  };
}
