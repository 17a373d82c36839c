/** Names, labels and meanings of contracts/vmpooler §7.5; the prefix `vmpooler_` is put before each. */
export const counters = {
  checkout_success: [['poolname'], 'Machines that were checked out'],
  checkout_empty: [['poolname'], 'Checkouts that failed for want of a ready machine'],
  checkout_invalid: [['poolname'], 'Checkouts that named an unknown pool'],
  checkout_nonresponsive: [['poolname'], 'Machines that did not answer when they were to be checked out'],
  delete_success: [[], 'Machines that were given back'],
  delete_failed: [[], 'Deletions of machines that were not running'],
  ondemandrequest_generate_success: [[], 'On-demand requests that were accepted'],
  ondemandrequest_generate_duplicaterequests: [[], 'On-demand requests whose id was in use'],
  ondemandrequest_fail_toomanyrequests: [['poolname'], 'On-demand requests for more machines than allowed'],
  ondemandrequest_fail_invalid: [['poolname'], 'On-demand requests that named an unknown pool'],
  config_invalid: [['poolname'], 'Refused pool configurations'],
  poolreset_invalid: [['poolname'], 'Refused resets of pools'],
  http_requests_vm_total: [['method', 'subpath', 'operation'], 'Requests about machines, by operation'],
  user: [['user', 'operation', 'poolname'], 'Machines allocated and destroyed, by user id'],
  http_requests_total: [['code', 'method', 'path'], 'Requests that this face answered'],
} as const satisfies Readonly<Record<string, readonly [readonly string[], string]>>;

const bootBuckets = [30, 60, 120, 180, 240, 300, 500, 800, 1200, 1600] as const;
const taskBuckets = [10, 20, 30, 40, 50, 60, 120, 180, 240, 300, 600] as const;
const answerBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Seconds. */
export const histograms = {
  time_to_ready_state: [['poolname'], 'From the start of a clone until the machine is ready', bootBuckets],
  clone: [['poolname'], "The provider's call that clones a machine", taskBuckets],
  destroy: [['poolname'], 'From the end of a machine until it is gone at its provider', taskBuckets],
  migrate: [['poolname'], 'Moves of machines to another host; there are none', taskBuckets],
  http_request_duration_seconds: [['method', 'path'], 'Time until a request was answered', answerBuckets],
} as const satisfies Readonly<Record<string, readonly [readonly string[], string, readonly number[]]>>;

export const gauges = {
  ready: 'Machines that are ready',
  running: 'Machines that are checked out',
} as const;
