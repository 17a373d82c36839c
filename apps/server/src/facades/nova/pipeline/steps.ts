import type { TokenVerifier } from '#identity';
import { hasRole } from '#identity';
import { askedMicroversion, mediaTypeOf, NotJson, NotUtf8, parseJson, parseMicroversion } from '#wire';
import { authenticate, identityUnavailable, unauthenticated, type PublicUrls } from '../../../auth/index.js';
import {
  frozenVersion,
  maxMinor,
  maxVersion,
  minVersion,
  requestHeaders,
  supportedVersion,
  versionHeaders,
} from '../microversions.js';
import { NoSuchRoute, NovaFault, TokenFault } from '../nova-fault.js';
import type { NovaRequest } from './nova-request.js';

/** What the steps need beside the request. */
export interface StepMeans {
  readonly verifier: TokenVerifier;
  readonly urls: PublicUrls;
}

/** Lets the request go on, with more known about it, or throws what it is answered with. */
export type Step = (asked: NovaRequest, means: StepMeans) => void | Promise<void>;

const longestBody = 114_688;
const bodyMediaTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/vnd.openstack.compute+json',
  'text/plain',
]);
const bodyMethods: ReadonlySet<string> = new Set(['POST', 'PUT']);
const malformedBody = 'Malformed request body';

async function checkToken(asked: NovaRequest, { verifier, urls }: StepMeans): Promise<void> {
  if (asked.route?.access === 'open') return;
  const verification = await authenticate(verifier, asked.http, 'compute');
  if (verification.kind === 'valid') asked.principal = verification.principal;
  else if (verification.kind === 'unavailable') throw new TokenFault(identityUnavailable());
  else throw new TokenFault(unauthenticated(urls.identity(asked.http)));
}

function findRoute(asked: NovaRequest): void {
  if (asked.route === undefined) throw new NoSuchRoute();
  // The router reads %2F as part of a segment; Python decodes first and would see another path.
  if (asked.http.url.includes('%') && asked.parameterValues().some((value) => value.includes('/')))
    throw new NoSuchRoute();
}

function negotiateVersion(asked: NovaRequest): void {
  if (asked.isFrozen) {
    asked.version = frozenVersion;
    return;
  }
  const { headers } = asked.http;
  const written = askedMicroversion('compute', headers[requestHeaders.standard], headers[requestHeaders.older]);
  if (written === undefined) {
    asked.version = supportedVersion(2, 1);
    return;
  }
  const wanted = written === 'latest' ? { major: 2, minor: maxMinor } : parseMicroversion(written);
  if (wanted === undefined)
    throw new NovaFault(
      400,
      `API Version String ${written} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  asked.version = supportedVersion(wanted.major, wanted.minor) ?? {
    minor: wanted.minor,
    headers: versionHeaders(written),
  };
  if (supportedVersion(wanted.major, wanted.minor) === undefined)
    throw new NovaFault(
      406,
      `Version ${written} is not supported by the API. Minimum is ${minVersion} and maximum is ${maxVersion}.`,
    );
}

function boundBody(asked: NovaRequest): void {
  if ((asked.bytes?.length ?? 0) > longestBody) throw new NovaFault(413, 'Request is too large.');
}

function checkMediaType(asked: NovaRequest): void {
  const type = mediaTypeOf(asked.http.headers['content-type']);
  if (type !== undefined && !bodyMediaTypes.has(type)) throw new NovaFault(415, 'Unsupported Content-Type');
}

function parsed(bytes: Buffer | undefined): unknown {
  try {
    return parseJson(bytes ?? Buffer.alloc(0));
  } catch (error) {
    if (error instanceof NotJson) throw new NovaFault(400, malformedBody);
    throw error;
  }
}

/** Python takes the length of whatever came, and then its only key: hence the 404 for what has a length of one but no keys, or no length. */
function findAction(asked: NovaRequest): void {
  const actions = asked.route?.actions;
  if (actions === undefined) return;
  const body = parsed(asked.bytes);
  const length = lengthOf(body);
  if (length === undefined) throw NovaFault.notFound();
  if (length !== 1) throw new NovaFault(400, malformedBody);
  if (typeof body === 'string' || Array.isArray(body)) throw NovaFault.notFound();
  const name = Object.keys(body as object)[0] ?? '';
  const operation = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (operation === undefined) throw new NovaFault(400, `There is no such action: ${name}`);
  asked.action = name;
  asked.operation = operation;
  asked.body = body;
}

function lengthOf(body: unknown): number | undefined {
  if (typeof body === 'string') return Array.from(body).length;
  if (body === null || typeof body !== 'object') return undefined;
  return Array.isArray(body) ? body.length : Object.keys(body).length;
}

function readBody(asked: NovaRequest): void {
  if (asked.action !== undefined || !bodyMethods.has(asked.http.method)) return;
  asked.body = asked.bytes === undefined ? null : parsed(asked.bytes);
}

function checkProject(asked: NovaRequest): void {
  const inPath = asked.parameter('projectId');
  const own = asked.principal?.project?.id ?? 'None';
  if (inPath !== '' && inPath !== own)
    throw new NovaFault(
      400,
      `Malformed request URL: URL's project_id '${inPath}' doesn't match Context's project_id '${own}'`,
    );
}

function checkVersionHasIt(asked: NovaRequest): void {
  const { from = 0, to = maxMinor } = asked.operation;
  if (asked.minor < from || asked.minor > to) throw NovaFault.notFound();
}

function checkSchemas(asked: NovaRequest): void {
  const { body, query } = asked.operation;
  const schema = query?.findLast(({ from }) => from <= asked.minor)?.schema;
  try {
    schema?.check(asked.query, asked.isFrozen);
  } catch (error) {
    if (error instanceof NotUtf8) throw new NovaFault(400, 'Query string is not UTF-8 encoded');
    throw error;
  }
  body?.check(asked.body, asked.isFrozen);
}

/** Every rule of this face defaults to "has role admin". */
function checkPolicy(asked: NovaRequest): void {
  const { policy } = asked.operation;
  if (policy === undefined || (asked.principal !== undefined && hasRole(asked.principal, 'admin'))) return;
  throw new NovaFault(403, `Policy doesn't allow ${policy} to be performed.`);
}

/** In Nova's order (contracts/nova §1, "Order of checks"); what comes after it, the operation itself checks. */
export const steps: readonly Step[] = [
  checkToken,
  findRoute,
  negotiateVersion,
  boundBody,
  checkMediaType,
  findAction,
  readBody,
  checkProject,
  checkVersionHasIt,
  checkSchemas,
  checkPolicy,
];
