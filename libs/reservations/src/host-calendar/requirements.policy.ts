import type { Condition } from './host-calendar.commands.js';
import type { HostFacts } from './host-facts.state.js';

type Column = (host: HostFacts) => string | number | boolean | null;

/** Stored facts of a host, by the names under which filters and answers know them. */
const columns: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['id', ({ id }) => id],
  ['vcpus', ({ vcpus }) => vcpus],
  ['cpu_info', ({ cpuInfo }) => cpuInfo],
  ['hypervisor_type', ({ hypervisorType }) => hypervisorType],
  ['hypervisor_version', ({ hypervisorVersion }) => hypervisorVersion],
  ['hypervisor_hostname', ({ hypervisorHostname }) => hypervisorHostname],
  ['service_name', ({ serviceName }) => serviceName],
  ['memory_mb', ({ memoryMb }) => memoryMb],
  ['local_gb', ({ localGb }) => localGb],
  ['status', () => null],
  ['availability_zone', ({ availabilityZone }) => availabilityZone],
  ['trust_id', ({ trustId }) => trustId],
  ['reservable', ({ reservable }) => reservable],
  ['created_at', ({ createdAt }) => moment(createdAt)],
  ['updated_at', ({ updatedAt }) => (updatedAt === null ? null : moment(updatedAt))],
]);

/** As answers write it: `2031-05-01 08:00:00.000000`. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

export function isHostColumn(name: string): boolean {
  return columns.has(name);
}

/** Capabilities that conditions name, each once. */
export function capabilitiesIn(conditions: readonly Condition[]): string[] {
  return [...new Set(conditions.map(({ name }) => name).filter((name) => !isHostColumn(name)))];
}

const operators: ReadonlyMap<unknown, Condition['operator']> = new Map([
  ['=', '=='],
  ...(['==', '!=', '>=', '<=', '>', '<'] as const).map((operator) => [operator, operator] as const),
]);

/** Deeper than anybody writes. */
const deepest = 50;

/** The conditions of a filter, given as JSON text (contracts/blazar §6); all must hold. Undefined: malformed. */
export function parseRequirements(text: unknown): readonly Condition[] | undefined {
  if (text === '') return [];
  const parsed = typeof text === 'string' ? parsedOrUndefined(text) : text;
  if (!Array.isArray(parsed)) return undefined;
  return parsed.length === 0 ? [] : conditionsOf(parsed, deepest);
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function conditionsOf(expression: unknown, depth: number): readonly Condition[] | undefined {
  if (!Array.isArray(expression) || depth === 0) return undefined;
  const [first, ...rest] = expression as readonly unknown[];
  if (first !== 'and') return conditionOf(expression);
  if (rest.length === 0) return undefined;
  const conditions: Condition[] = [];
  for (const part of rest) {
    // Of a nested list only the first condition counts.
    const [condition] = conditionsOf(part, depth - 1) ?? [];
    if (condition === undefined) return undefined;
    conditions.push(condition);
  }
  return conditions;
}

function conditionOf([sign, reference, value, ...rest]: readonly unknown[]): readonly Condition[] | undefined {
  const operator = operators.get(sign);
  if (operator === undefined || rest.length > 0) return undefined;
  if (typeof reference !== 'string' || !reference.startsWith('$') || reference.length < 2) return undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  return [{ operator, name: reference.slice(1), value }];
}

export function matches(host: HostFacts, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => meets(host, condition));
}

/** The first condition that a host does not meet. */
export function firstUnmet(host: HostFacts, conditions: readonly Condition[]): Condition | undefined {
  return conditions.find((condition) => !meets(host, condition));
}

/** Columns compare by their type, capabilities as text; what a host does not have, or has as null, never matches. */
function meets(host: HostFacts, { operator, name, value }: Condition): boolean {
  const column = columns.get(name);
  const actual = column === undefined ? capabilityOf(host, name) : column(host);
  if (actual === null || actual === undefined) return false;
  if (typeof actual === 'number') return compares(operator, actual, value.trim() === '' ? Number.NaN : Number(value));
  if (typeof actual === 'boolean') return compares(operator, actual ? 1 : 0, truth(value));
  if (name === 'created_at' || name === 'updated_at') return compares(operator, actual, value.replace('T', ' '));
  return compares(operator, actual, value);
}

export function capabilityOf(host: Pick<HostFacts, 'capabilities'>, name: string): string | undefined {
  return host.capabilities.find(({ key }) => key === name)?.value;
}

function truth(text: string): number {
  return /^(true|1)$/i.test(text) ? 1 : /^(false|0)$/i.test(text) ? 0 : Number.NaN;
}

function compares<Value extends string | number>(operator: Condition['operator'], one: Value, other: Value): boolean {
  switch (operator) {
    case '==':
      return one === other;
    case '!=':
      return one !== other;
    case '>=':
      return one >= other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '<':
      return one < other;
  }
}
