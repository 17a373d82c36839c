import { Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerText } from './answer.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';

/** Where a browser begins. */
@VmpoolerController()
export class RootController {
  @VmpoolerRoute('GET', '')
  toDashboard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void | Promise<void> {
    return answerText(request, reply, 302, '', { location: '/vmpooler/dashboard/', 'content-type': 'text/html' });
  }
}
