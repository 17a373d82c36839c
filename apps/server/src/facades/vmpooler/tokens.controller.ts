import { Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DeletePoolToken, IssuePoolToken, PoolTokens, TokenUses, type PoolUser } from '#pools';
import { GetPoolToken, PoolTokensOfUser } from '#projections/pool-tokens/pool-tokens.query';
import { RunningVmsOfToken } from '#projections/vms/vms.query';
import { answer, markStale } from './answer.js';
import { VmpoolerFace } from './face.js';
import { userContext } from './pool-context.js';
import { VmpoolerController, VmpoolerRoute } from './routing/vmpooler-route.decorator.js';
import { tokenListView, tokenView, type ShownToken } from './views/token.view.js';
import { VmpoolerError } from './vmpooler-error.js';
import { asked, parameter } from './vmpooler-request.js';
import { errorOf } from './vmpooler.refusals.js';

/** Tokens are issued, listed, shown and deleted (contracts/vmpooler §4). */
@VmpoolerController()
export class TokensController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly tokens: PoolTokens,
    private readonly uses: TokenUses,
    private readonly face: VmpoolerFace,
  ) {}

  @VmpoolerRoute('GET', '/token')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { value, stale } = await this.queries.execute(new PoolTokensOfUser(userOf(request).userId));
    markStale(reply, stale);
    const [opened, last] = await Promise.all([
      Promise.all(value.map((document) => this.tokens.open(document))),
      this.uses.last(value.map(({ _id }) => _id)),
    ]);
    const shown = value.flatMap(({ _id, createdAt }, index): readonly ShownToken[] => {
      const token = opened[index]?.token;
      return token === undefined ? [] : [{ token, createdAt, lastAt: last.get(_id) }];
    });
    if (shown.length === 0) throw VmpoolerError.notFound();
    return answer(request, reply, 200, tokenListView(shown, this.face.times));
  }

  /** An answer with a secret is given once: it is not kept for a repeat (C14). */
  @VmpoolerRoute('POST', '/token')
  async issue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.headers['idempotency-key'] !== undefined)
      throw VmpoolerError.invalid('Idempotency-Key is not possible here: the answer holds a secret.');
    const user = userOf(request);
    const context = userContext(request, user, this.face.now());
    const outcome = await this.commands.execute(new IssuePoolToken(context, user));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 200, [
      ['ok', true],
      ['token', outcome.answer.token],
    ]);
  }

  /** Whoever knows a token may look at it. Looking is no use of it. */
  @VmpoolerRoute('GET', '/token/:token')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const tokenHash = this.tokens.hash(parameter(request, 'token'));
    const { value: document, stale } = await this.queries.execute(new GetPoolToken(tokenHash));
    if (document === undefined) throw VmpoolerError.notFound();
    const [opened, last, running] = await Promise.all([
      this.tokens.open(document),
      this.uses.last([tokenHash]),
      this.queries.execute(new RunningVmsOfToken(tokenHash)),
    ]);
    if (opened === undefined) throw VmpoolerError.notFound();
    markStale(reply, stale || running.stale);
    const shown = { token: opened.token, createdAt: document.createdAt, lastAt: last.get(tokenHash) };
    const names = this.inPoolOrder(running.value).map(({ _id }) => _id);
    return answer(request, reply, 200, tokenView(shown, opened.user, names, this.face.times));
  }

  /** Anybody's; its machines keep running. */
  @VmpoolerRoute('DELETE', '/token/:token')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = userContext(request, userOf(request), this.face.now());
    const outcome = await this.commands.execute(new DeletePoolToken(context, parameter(request, 'token')));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    return answer(request, reply, 200, [['ok', true]]);
  }

  private inPoolOrder<Vm extends { readonly pool: string }>(vms: readonly Vm[]): readonly Vm[] {
    const places = new Map(this.face.settings.pools.map(({ name }, place) => [name, place]));
    const placeOf = ({ pool }: Vm): number => places.get(pool) ?? places.size;
    return vms.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function userOf(request: FastifyRequest): PoolUser {
  const { user } = asked(request);
  if (user === null) throw new Error('a route without Basic credentials');
  return user;
}
