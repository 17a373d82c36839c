import { randomUUID } from 'node:crypto';
import type { Answer } from '../in-process-server.js';
import { ofGuests, type RequestFault } from './faults-by-request.js';
import { network, sharedHosts, type LeaseLab, type LeaseLogged } from './lease-lab.js';
import type { LeaseRequest, Prepared } from './lease-requests.js';

/** One request that met one fault, and what was heard of it. */
export interface LeaseTrial {
  readonly of: LeaseRequest;
  readonly at: string;
  readonly isKeyed: boolean;
  readonly fault: RequestFault;
  readonly requestId: string;
  /** The first call of its kind, which nobody else can make. */
  readonly isFirst: boolean;
  wasMet: boolean;
  readonly prepared: Prepared;
  readonly headers: Readonly<Record<string, string>>;
  /** In order; what a dead process would have said is left out. */
  readonly answers: Answer[];
}

const dies = (fault: RequestFault): boolean => fault.startsWith('dies');

/** Until it is not told to try again; every answer on the way. */
async function persist(send: () => Promise<Answer>, answers: Answer[]): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answer = await send();
    answers.push(answer);
    if (answer.status !== 503) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `keyed`: with an Idempotency-Key. */
export type FaultCase = readonly [fault: RequestFault, key: 'keyed' | 'unkeyed'];

/** Each kind of request, with each fault at each call that is made for it. */
export class LeaseTrials {
  readonly trials: LeaseTrial[] = [];
  private made = 0;

  constructor(
    private readonly lab: LeaseLab,
    private readonly requests: readonly LeaseRequest[],
    private readonly cases: readonly FaultCase[],
  ) {}

  async run(): Promise<void> {
    await this.setUp();
    // Calls of a provider that fail are tried again after a while: all of them at once, and nothing is frozen by them.
    const together: (() => Promise<void>)[] = [];
    for (const request of this.requests) {
      const calls = await this.callsOf(request);
      for (const [index, call] of calls.entries())
        for (const [fault, key] of this.cases) {
          const attempt = (): Promise<void> => this.attempt(request, fault, { index, call }, key === 'keyed');
          if (ofGuests.includes(call)) together.push(attempt);
          else await attempt();
        }
    }
    await this.lab.calm();
    await Promise.all(together.map((attempt) => attempt()));
    await this.lab.calm();
    for (const trial of this.trials) trial.wasMet = this.lab.faults.wasMet(trial.requestId);
    if (this.trials.some(({ fault }) => dies(fault))) await this.lab.restart();
    for (const { isKeyed, fault, prepared, headers, answers } of this.trials)
      if (isKeyed && dies(fault)) await persist(() => prepared.send(headers), answers);
  }

  private async setUp(): Promise<void> {
    for (const [name, hosts] of Object.entries(sharedHosts))
      for (const each of hosts) await this.lab.must('POST', '/v1/os-hosts', { name: each, half: name, shared: 'yes' });
    const own = { name: this.lab.ownHost(), own: 'x' };
    await this.lab.must('POST', '/v1/os-hosts', own);
    for (const last of ['1', '2', '3'])
      await this.lab.must('POST', '/v1/floatingips', {
        ...{ floating_network_id: network, floating_ip_address: `198.18.0.${last}` },
      });
  }

  /** The calls that are made for such a request that meets no fault, also behind its answer. */
  private async callsOf(request: LeaseRequest): Promise<readonly string[]> {
    const requestId = `req-${randomUUID()}`;
    const prepared = await request.prepare(this.lab, (this.made += 1));
    this.lab.faults.arm(requestId, 'none', 0, prepared.hosts);
    const answer = await prepared.send({ 'x-openstack-request-id': requestId });
    if (answer.status >= 300) throw new Error(`${request.name}: ${String(answer.status)} ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [...this.lab.faults.calls(requestId)];
  }

  private async attempt(
    of: LeaseRequest,
    fault: RequestFault,
    { index, call }: { readonly index: number; readonly call: string },
    isKeyed: boolean,
  ): Promise<void> {
    const { lab } = this;
    const requestId = `req-${randomUUID()}`;
    const prepared = await of.prepare(lab, (this.made += 1));
    await lab.calm();
    const headers = {
      'x-openstack-request-id': requestId,
      ...(isKeyed ? { 'idempotency-key': requestId } : {}),
    };
    const send = (): Promise<Answer> => prepared.send(headers);
    const answers: Answer[] = [];
    lab.faults.arm(requestId, fault, index, prepared.hosts);
    if (dies(fault)) await send();
    else if (isKeyed) {
      await persist(send, answers);
      await persist(send, answers);
    } else answers.push(await send());
    const at = `${fault} at call ${String(index)} (${call})${isKeyed ? ', with a key' : ''}`;
    this.trials.push({
      of,
      at,
      isKeyed,
      fault,
      requestId,
      isFirst: index === 0,
      wasMet: false,
      prepared,
      headers,
      answers,
    });
  }
}

/** What is wrong with what came of a request: more or less than one effect, or another than was told. */
export function trialFaults(
  { at, isKeyed, fault, prepared, answers }: LeaseTrial,
  log: readonly LeaseLogged[],
): string[] {
  const effects = prepared.effects(log);
  const heard = answers.filter(({ status }) => status !== 503);
  const found: string[] = [];
  const wrong = heard.find(({ status }) => status >= 300);
  if (wrong !== undefined) found.push(`${at}: was answered ${String(wrong.status)} ${wrong.text}`);
  if (effects.length > 1) found.push(`${at}: happened ${String(effects.length)} times`);
  const least = isKeyed || heard.some(({ status }) => status < 300) ? 1 : 0;
  if (effects.length < least) found.push(`${at}: did not happen`);
  for (const answer of heard.filter(({ status }) => status < 300))
    if (prepared.told(answer) !== effects[0])
      found.push(`${at}: told of ${prepared.told(answer)}, not ${effects.join()}`);
  const texts = new Set(heard.map(({ text, status }) => `${String(status)} ${text}`));
  if (isKeyed && !dies(fault) && texts.size > 1) found.push(`${at}: told otherwise again: ${[...texts].join(' / ')}`);
  return found;
}
