import type { FastifyRequest } from 'fastify';
import { hasRole, type Principal, type TokenVerifier } from '#identity';
import { askedMicroversion, mediaTypeOf, NotJson, parseJson, parseMicroversion } from '#wire';
import { authenticate, identityUnavailable, unauthenticated, type PublicUrls } from '../../../auth/index.js';
import { BlazarError, ShortError, TokenFault } from '../blazar-error.js';
import { endsInSuffix, methodsFor, suffix } from '../routing/mounts.js';
import type { BlazarRequest, JsonObject } from './blazar-request.js';

/** What the steps need beside the request. */
export interface StepMeans {
  readonly verifier: TokenVerifier;
  readonly urls: PublicUrls;
}

/** Whose token it is. Throws TokenFault. */
export async function tokenHolder(request: FastifyRequest, { verifier, urls }: StepMeans): Promise<Principal> {
  const verification = await authenticate(verifier, request, 'reservation');
  if (verification.kind === 'valid') return verification.principal;
  if (verification.kind === 'unavailable') throw new TokenFault(identityUnavailable());
  throw new TokenFault(unauthenticated(urls.identity(request)));
}

/** In Blazar's order (contracts/blazar §2); what comes after it, the operation itself checks. */
export function checkRequest(asked: BlazarRequest): void {
  checkPath(asked);
  negotiateVersion(asked.http);
  asked.hasVersion = true;
  if (withBody.has(asked.http.method)) asked.body = bodyOf(asked.http);
  checkPolicy(asked);
}

/** What the router takes for an id and Blazar does not: a slash that came as %2F, and the `.json` of `/leases/.json`. */
function checkPath({ http: { url, method, params } }: BlazarRequest): void {
  for (const value of Object.values(params as Record<string, string>))
    if (value === suffix || value.includes('/')) throw ShortError.noRoute(method, methodsFor(url));
}

const onlyVersion = '1.0';

function negotiateVersion({ headers }: FastifyRequest): void {
  const header = headers['openstack-api-version'];
  if (header === undefined) return;
  const written = askedMicroversion('reservation', header, undefined);
  if (written === undefined || written === 'latest' || written === onlyVersion) return;
  if (parseMicroversion(written) === undefined)
    throw new ShortError(
      400,
      `API Version String ${written} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  throw new ShortError(
    406,
    `Version ${written} is not supported by the API. Minimum is ${onlyVersion} and maximum is ${onlyVersion}.`,
  );
}

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

function bodyOf(request: FastifyRequest): JsonObject {
  const bytes = request.body as Buffer | undefined;
  if (bytes === undefined) return {};
  const type = mediaTypeOf(writtenType(request));
  if (type !== undefined && type !== 'application/json' && !endsInSuffix(request.url))
    throw new ShortError(400, `Content type '${type}' isn't supported`);
  const value = parsed(bytes);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ShortError(400, 'The request body is no JSON object.');
  return value as JsonObject;
}

/** As the client wrote it: what is no media type at all does not get as far as the parsed headers. */
function writtenType({ headers, raw: { rawHeaders } }: FastifyRequest): string | undefined {
  if (headers['content-type'] !== 'application/octet-stream') return headers['content-type'];
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type');
  return at < 0 ? undefined : rawHeaders[at + 1];
}

function parsed(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof NotJson) throw new ShortError(400, 'The request body is no valid JSON.');
    throw error;
  }
}

function checkPolicy({ principal, row }: BlazarRequest): void {
  if (principal !== undefined && (hasRole(principal, row.access) || hasRole(principal, 'admin'))) return;
  throw BlazarError.forbidden(row.rule);
}
