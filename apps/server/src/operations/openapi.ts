import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

export interface Described {
  /** The modules whose controllers are described; of all others the document says nothing. */
  readonly modules: readonly (new () => unknown)[];
  readonly version: string;
}

/** The description of our own API in OpenAPI 3.1, from the very classes that validate requests and shape answers. */
export function describeApi(app: INestApplication, { modules, version }: Described): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Leasebook')
    .setDescription(
      'What none of the original services has: the history of everything, what could be reserved, and what operators need. Errors are problem documents (RFC 9457); `code` is stable.',
    )
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'this server')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'From POST /v3/auth/tokens' },
      'token',
    )
    .addTag('history', 'What happened, who did it, and what it changed')
    .addTag('hypervisors', 'Taking compute services out of service and back')
    .addTag('read models', 'How the views of the log stand, and putting them right')
    .addTag('reservations', 'What could be reserved, and when')
    .addTag('versions');
  const described = SwaggerModule.createDocument(app, builder.build(), { include: [...modules] });
  closeBodies(described);
  return inVersion31(described) as OpenAPIObject;
}

/** Serves it at `/openapi.json`. To be called before the application listens. */
export function serveOpenApi(app: INestApplication, described: Described): void {
  const text = JSON.stringify(describeApi(app, described));
  app.getHttpAdapter().get('/openapi.json', (_request: unknown, reply: FastifyReply) => {
    void reply.header('content-type', 'application/json').send(text);
  });
}

/** Members that no body has are refused, and the description says so. */
function closeBodies({ paths, components }: OpenAPIObject): void {
  for (const { requestBody } of Object.values(paths).flatMap((item) =>
    Object.values(item as Record<string, Described30>),
  ))
    for (const { schema } of Object.values(requestBody?.content ?? {})) {
      const name = schema?.$ref?.replace('#/components/schemas/', '') ?? '';
      Object.assign(components?.schemas?.[name] ?? {}, { additionalProperties: false });
    }
}

interface Described30 {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;
  };
}

/** Decorators speak OpenAPI 3.0, where `nullable` stands beside the type; since 3.1 null is a type like others. */
function inVersion31(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inVersion31);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'nullable')
      .map(([name, member]) => [name, inVersion31(member)]),
  );
  return (value as { nullable?: unknown }).nullable === true ? orNull(members) : members;
}

interface SchemaMembers {
  readonly type?: unknown;
  readonly oneOf?: unknown;
  readonly allOf?: unknown;
  readonly $ref?: unknown;
}

function orNull(schema: SchemaMembers): unknown {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  const { oneOf, allOf, $ref, ...rest } = schema;
  const choices = Array.isArray(oneOf) ? (oneOf as unknown[]) : [$ref === undefined ? { allOf } : { $ref }];
  return { ...rest, anyOf: [...choices, { type: 'null' }] };
}
