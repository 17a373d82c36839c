import { All, Controller, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenVerifier } from '#identity';
import { PublicUrls } from '../../auth/index.js';
import { ownHeaders, send } from './answer.js';
import { BlazarErrorFilter } from './blazar-error.filter.js';
import { ShortError } from './blazar-error.js';
import { tokenHolder, type StepMeans } from './pipeline/steps.js';
import { isInApi, methodsFor, otherPaths, versionPaths } from './routing/mounts.js';
import { versionList } from './version.view.js';

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const documentMethods = [...readMethods, 'OPTIONS'];

/** The versions, and whatever else is this face's and has no route of its own (contracts/blazar §1). */
@Controller()
@UseFilters(BlazarErrorFilter)
@ApiExcludeController()
export class OtherPathsController {
  private readonly means: StepMeans;

  constructor(
    verifier: TokenVerifier,
    private readonly urls: PublicUrls,
  ) {
    this.means = { verifier, urls };
  }

  @All([...versionPaths])
  versions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (request.method === 'OPTIONS') answerOptions(request, reply, documentMethods);
    else if (readMethods.has(request.method)) {
      reply.code(300).headers(ownHeaders(request.id));
      send(request, reply, versionList(this.urls.base(request)));
    } else throw ShortError.notAllowed(documentMethods);
  }

  /** Inside the API, a token comes first. */
  @All([...otherPaths])
  async other(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (isInApi(request.url)) await tokenHolder(request, this.means);
    const methods = methodsFor(request.url);
    if (request.method !== 'OPTIONS' || methods.length === 0) throw ShortError.noRoute(request.method, methods);
    answerOptions(request, reply, methods);
  }
}

function answerOptions(request: FastifyRequest, reply: FastifyReply, methods: readonly string[]): void {
  reply.code(200).headers(ownHeaders(request.id)).header('allow', methods.join(', '));
  reply.send(Buffer.alloc(0));
}
