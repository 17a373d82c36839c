import { PublicUrls } from '../../auth/index.js';
import { NovaFault } from './nova-fault.js';
import type { NovaRequest } from './pipeline/nova-request.js';
import { novaRoot, versionRoots } from './routing/mounts.js';
import { Asked, NovaDocument, NovaDocumentController } from './routing/route.decorators.js';
import { versionDocument } from './version.view.js';

const withAndWithoutSlash = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => [path, `${path}/`]);

/** contracts/nova §4. Discovery comes before a token is had. */
@NovaDocumentController()
export class VersionsController {
  constructor(private readonly urls: PublicUrls) {}

  @NovaDocument(withAndWithoutSlash(versionRoots.current), 'open')
  current(@Asked() asked: NovaRequest): string {
    return this.document(asked, 'v2.1');
  }

  @NovaDocument(withAndWithoutSlash(versionRoots.frozen), 'open')
  frozen(@Asked() asked: NovaRequest): string {
    return this.document(asked, 'v2.0');
  }

  @NovaDocument([...versionRoots.current, ...versionRoots.frozen].map((root) => `${root}/versions/:id`), 'token')
  named(@Asked() asked: NovaRequest): string {
    return this.document(asked, asked.parameter('id'));
  }

  private document(asked: NovaRequest, id: string): string {
    const text = versionDocument(`${this.urls.base(asked.http)}${novaRoot(asked.http.url)}`, id);
    if (text === undefined) throw NovaFault.notFound();
    return text;
  }
}
