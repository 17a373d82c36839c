import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { staleWarning } from '#wire';
import { fields, jsonText, type Field, type JsonValue } from './json-text.js';

type Headers = Readonly<Record<string, string>>;

/** On every answer of this face. */
export const ownHeaders: Headers = {
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

/** Bytes: less fits into one packet anyway, so packing it saves nothing; more is packed beside other work. */
const worthPacking = 1_400;
const longToPack = 65_536;
const fast = { level: 1 } as const;
const packBeside = promisify<Buffer, typeof fast, Buffer>(gzip);

/** `body`: an object's members in their order, or any other value. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  body: readonly Field[] | ReadonlyMap<string, JsonValue>,
  headers?: Headers,
): void | Promise<void> {
  const value = body instanceof Map ? (body as ReadonlyMap<string, JsonValue>) : fields(body as readonly Field[]);
  return answerText(request, reply, status, jsonText(value), headers);
}

/** A list, as `GET /vm` answers. */
export function answerList(
  request: FastifyRequest,
  reply: FastifyReply,
  list: readonly JsonValue[],
): void | Promise<void> {
  return answerText(request, reply, 200, jsonText(list));
}

/** As bytes: Fastify adds a charset to text. HEAD is answered as GET, without the body. */
export function answerText(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  text: string,
  headers: Headers = {},
): void | Promise<void> {
  const bytes = Buffer.from(text);
  reply.code(status).headers(ownHeaders).headers(headers);
  if (bytes.length < worthPacking || !takesGzip(request.headers['accept-encoding'])) {
    sendBytes(request, reply, bytes);
    return undefined;
  }
  reply.header('content-encoding', 'gzip');
  if (bytes.length < longToPack) {
    sendBytes(request, reply, gzipSync(bytes, fast));
    return undefined;
  }
  return packBeside(bytes, fast).then((packed) => sendBytes(request, reply, packed));
}

function sendBytes({ method }: FastifyRequest, reply: FastifyReply, bytes: Buffer): void {
  if (method === 'HEAD') reply.header('content-length', bytes.length).send(Buffer.alloc(0));
  else reply.send(bytes);
}

/** Says that the answer may be behind the log (C10). */
export function markStale(reply: FastifyReply, isStale: boolean): void {
  if (isStale) reply.header('warning', staleWarning);
}

/** `gzip` or `*` with a quality above 0. */
export function takesGzip(accepted: string | readonly string[] | undefined): boolean {
  if (accepted === undefined) return false;
  const codings = String(accepted).toLowerCase().split(',').map((coding) => coding.trim()); // prettier-ignore
  const named =
    codings.find((coding) => /^(?:x-)?gzip\b/.test(coding)) ?? codings.find((coding) => coding.startsWith('*'));
  return named !== undefined && !/;\s*q=0(?:\.0*)?$/.test(named);
}
