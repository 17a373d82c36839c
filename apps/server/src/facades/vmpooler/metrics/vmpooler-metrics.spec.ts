import { describe, expect, it } from '@jest/globals';
import { samplePool } from '../reports/sample-pools.js';
import { isOfThisFace, pathLabel } from './path-label.js';
import { VmpoolerMetrics } from './vmpooler-metrics.js';

const pools = [samplePool('alma-9', { aliases: ['alma'] }).settings];
const made = (): VmpoolerMetrics => new VmpoolerMetrics({ pools }, { instance: null });
const linesOf = async (metrics: VmpoolerMetrics, name: string): Promise<readonly string[]> =>
  (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`vmpooler_${name}`));

describe('metrics', () => {
  it('count what happens, by pool, each with the instance', async () => {
    const metrics = made();
    metrics.checkoutSuccess('alma-9', 2);
    metrics.checkoutEmpty('alma');
    metrics.checkoutNonresponsive('alma-9');
    metrics.deleteSuccess();
    metrics.deleteFailed();
    metrics.onDemandSuccess();
    metrics.onDemandDuplicate();
    metrics.onDemandTooMany('alma-9');
    metrics.onDemandInvalid('nope');
    metrics.configInvalid('alma-9');
    metrics.poolresetInvalid('alma-9');
    metrics.httpRequestsVm('get', 'vm', 'hostname');
    metrics.user('u-1', 'allocate', 'alma-9');
    metrics.user(null, 'destroy', 'alma-9');
    const pool = 'poolname="alma-9",vmpooler_instance="vmpooler"';
    const text = await metrics.registry.metrics();
    for (const line of [
      `vmpooler_checkout_success{${pool}} 2`,
      'vmpooler_checkout_empty{poolname="alma",vmpooler_instance="vmpooler"} 1',
      `vmpooler_checkout_nonresponsive{${pool}} 1`,
      'vmpooler_delete_success{vmpooler_instance="vmpooler"} 1',
      'vmpooler_delete_failed{vmpooler_instance="vmpooler"} 1',
      'vmpooler_ondemandrequest_generate_success{vmpooler_instance="vmpooler"} 1',
      'vmpooler_ondemandrequest_generate_duplicaterequests{vmpooler_instance="vmpooler"} 1',
      `vmpooler_ondemandrequest_fail_toomanyrequests{${pool}} 1`,
      'vmpooler_ondemandrequest_fail_invalid{poolname="unknown",vmpooler_instance="vmpooler"} 1',
      `vmpooler_config_invalid{${pool}} 1`,
      `vmpooler_poolreset_invalid{${pool}} 1`,
      'vmpooler_http_requests_vm_total{method="get",subpath="vm",operation="hostname",vmpooler_instance="vmpooler"} 1',
      `vmpooler_user{user="u-1",operation="allocate",${pool}} 1`,
      `vmpooler_user{user="unauthenticated",operation="destroy",${pool}} 1`,
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('keep what clients make up out of the labels', async () => {
    const metrics = made();
    for (const name of ['nope', 'x'.repeat(1000), '"} 1\nforged']) metrics.checkoutInvalid(name);
    expect(await linesOf(metrics, 'checkout_invalid')).toEqual([
      'vmpooler_checkout_invalid{poolname="unknown",vmpooler_instance="vmpooler"} 3',
    ]);
  });

  it('count a bounded number of users apart', async () => {
    const metrics = made();
    for (let user = 0; user < 1_500; user += 1) metrics.user(`u-${String(user)}`, 'allocate', 'alma-9');
    metrics.user('u-3', 'allocate', 'alma-9');
    const lines = await linesOf(metrics, 'user{');
    expect(lines).toHaveLength(1_001);
    expect(lines.filter((line) => line.includes('user="u-3"') && line.endsWith(' 2'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('user="other"') && line.endsWith(' 500'))).toHaveLength(1);
  });

  it('ask for the stock whenever somebody reads them', async () => {
    const metrics = made();
    let ready = 3;
    metrics.stock = () => Promise.resolve(new Map([['alma-9', { ready, running: 1 }]]));
    const line = (count: number): string => `vmpooler_ready{poolname="alma-9",vmpooler_instance="vmpooler"} ${String(count)}`; // prettier-ignore
    expect(await linesOf(metrics, 'ready{')).toEqual([line(3)]);
    ready = 0;
    expect(await linesOf(metrics, 'ready{')).toEqual([line(0)]);
    metrics.stock = () => Promise.resolve(new Map());
    expect(await linesOf(metrics, 'ready{')).toEqual([]);
    expect(await linesOf(metrics, 'running{')).toEqual([]);
  });

  it('put durations into buckets', async () => {
    const metrics = made();
    metrics.observeMachine({ kind: 'ready', pool: 'alma-9', seconds: 45 });
    metrics.observeMachine({ kind: 'clone', pool: 'alma-9', seconds: 45 });
    metrics.observeMachine({ kind: 'destroy', pool: 'alma-9', seconds: -1 });
    const buckets = async (name: string, le: number): Promise<string | undefined> =>
      (await linesOf(metrics, `${name}_bucket`)).find((line) => line.includes(`le="${String(le)}",`))?.split(' ').at(-1); // prettier-ignore
    expect([await buckets('time_to_ready_state', 30), await buckets('time_to_ready_state', 60)]).toEqual(['0', '1']);
    expect([await buckets('clone', 40), await buckets('clone', 50)]).toEqual(['0', '1']);
    expect(await linesOf(metrics, 'destroy_sum')).toEqual(['vmpooler_destroy_sum{vmpooler_instance="vmpooler",poolname="alma-9"} 0']); // prettier-ignore
  });

  it("count this face's requests alone, by paths without hosts, requests and tokens", async () => {
    const metrics = made();
    const answered = { method: 'GET', status: 200, milliseconds: 7 };
    metrics.observeRequest({ ...answered, route: '/api/v3/vm/:host(^[^/]+$)/' });
    metrics.observeRequest({ ...answered, route: '/api/v3/vm', status: 404 });
    metrics.observeRequest({ ...answered, route: '/compute/v2.1/os-hypervisors' });
    expect(await linesOf(metrics, 'http_requests_total')).toEqual([
      'vmpooler_http_requests_total{method="get",path="/api/v3/vm",code="200",vmpooler_instance="vmpooler"} 1',
      'vmpooler_http_requests_total{method="get",path="/api/v3/vm",code="404",vmpooler_instance="vmpooler"} 1',
    ]);
    expect(await linesOf(metrics, 'http_request_duration_seconds_count')).toEqual([
      'vmpooler_http_request_duration_seconds_count{vmpooler_instance="vmpooler",method="get",path="/api/v3/vm"} 2',
    ]);
  });

  it('bear the configured instance', async () => {
    const metrics = new VmpoolerMetrics({ pools }, { instance: 'lab' });
    metrics.deleteSuccess();
    expect(await linesOf(metrics, 'delete_success')).toEqual(['vmpooler_delete_success{vmpooler_instance="lab"} 1']);
  });
});

describe('the path of a pattern', () => {
  it.each([
    ['/api/v3/vm/:host(^[^/]+$)/disk/:size(^[^/]+$)', '/api/v3/vm'],
    ['/vmpooler/api/v1/ondemandvm/*', '/vmpooler/api/v1/ondemandvm'],
    ['/token/:token(^[^/]+$)/', '/token'],
    ['/status/', '/status'],
    ['/', '/'],
  ])('%s is %s', (route, path) => {
    expect(pathLabel(route)).toBe(path);
  });

  it.each([
    ['/vmpooler', true],
    ['/vmpooler/dashboard/', true],
    ['/api/v1/status', true],
    ['/vm/*', true],
    ['/v2.1/os-aggregates', false],
    ['/metrics', false],
    ['none', false],
  ])('%s of this face: %j', (route, ours) => {
    expect(isOfThisFace(route)).toBe(ours);
  });
});
