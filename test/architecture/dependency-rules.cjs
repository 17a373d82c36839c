// Who may import whom. import-rules.spec.ts plants a violation of each and sees it caught.

const contexts = '(inventory|reservations|pools|flavors|identity)';
const ports = '(event-store|read-store|timers|providers)';

const ours = '^(apps|libs|projections|test)/';
const kernel = '^libs/kernel/';
const wire = '^libs/wire/';
const doors = `^libs/${contexts}/src/index\\.ts$`;
const pure = '\\.(decider|state|events|commands|looks|policy|saga)\\.ts$';
const contracts = `^libs/${contexts}/src/contracts\\.ts$`;
const contextSettings = `^libs/${contexts}/src/[^/]+\\.settings\\.ts$`;
const facades = '^apps/server/src/facades/([^/]+)/';
const profiles = '^apps/[^/]+/src/profiles/';
const adapters = `^libs/${ports}/src/adapters/`;

// Tests may use the test language, the adapters in memory, and simulated machines.
const spec = '\\.(?:spec|contract)\\.ts$';
const tests = `(${spec})|^test/|^libs/specs/`;
const benches = '^test/bench/';
// Tests of one adapter and what it stands on: `test/services/event-store/`, `test/soak/event-store.spec.ts`.
const adapterTests = '^test/(services/[^/]+|soak)/';
const adaptersOfTests = '/adapters/(?:memory|simulated)/';
const testMeans = ['^libs/specs/', `^libs/${ports}/src${adaptersOfTests}`];

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A rule that holds for specs too, except that these may use the means of testing. */
const ruleWithTestMeans = (name, comment, from, to) => [
  rule(name, comment, { ...from, pathNot: [...(from.pathNot ?? []), spec] }, to),
  rule(
    name,
    comment,
    { path: [from.path].flat().map((path) => `(?=.*${spec})${path}`), pathNot: from.pathNot },
    {
      ...to,
      path: to.path ?? ours,
      pathNot: [...(to.pathNot ?? []), ...testMeans],
    },
  ),
];

module.exports = {
  forbidden: [
    rule('R0', 'no circles', {}, { circular: true }),
    rule('R0b', 'every import resolves (what does not, matches no other rule)', {}, { couldNotResolve: true }),

    ...ruleWithTestMeans('R1', 'the kernel imports nothing', { path: kernel }, { pathNot: [kernel] }),

    rule(
      'R2',
      'pure files import the kernel, each other, settings and the doors of contexts; no Node, no Nest, no ports',
      { path: pure },
      { pathNot: [kernel, pure, doors, contracts, contextSettings] },
    ),

    rule(
      'R3',
      "a context reaches another one only through that one's index.ts",
      { path: `^libs/${contexts}/` },
      { path: `^libs/${contexts}/`, pathNot: ['^libs/$1/', doors] },
    ),

    ...[
      ['(inventory|flavors|identity)', '^libs/$1/'],
      ['reservations', '^libs/(reservations|inventory|flavors)/'],
      ['pools', '^libs/(pools|inventory)/'],
    ].map(([from, allowed]) =>
      rule(
        'R4',
        'contexts do not know each other, but reservations know inventory and flavors, and pools know inventory',
        { path: `^libs/${from}/` },
        { path: `^libs/${contexts}/`, pathNot: [allowed] },
      ),
    ),

    rule(
      'R5',
      'the write side does not read read models; it declares a query port that a projection implements',
      { path: `^libs/${contexts}/` },
      { path: ['^projections/', '^libs/read-store/'] },
    ),

    rule(
      'R6',
      'libraries and read models do not know the applications',
      { path: '^(libs|projections)/' },
      { path: '^apps/' },
    ),

    rule('R7', 'only profiles name adapters', { pathNot: [profiles, `^libs/${ports}/`, tests] }, { path: adapters }),
    rule(
      'R7',
      'tests use the adapters in memory only',
      { path: tests, pathNot: [profiles, `^libs/${ports}/`, benches, adapterTests] },
      { path: adapters, pathNot: [adaptersOfTests] },
    ),

    ...ruleWithTestMeans(
      'R8',
      'ports and the HTTP library know nothing of ours but the kernel',
      { path: [`^libs/(event-store|read-store|timers|providers|wire)/`] },
      { path: ours, pathNot: [kernel, '^libs/$1/'] },
    ),

    ...ruleWithTestMeans(
      'R9',
      "read models know the doors of contexts, the kernel and the read store's door",
      { path: '^projections/' },
      { path: '^(libs|apps)/', pathNot: [doors, kernel, '^libs/read-store/src/index\\.ts$'] },
    ),

    rule(
      'R10',
      'a facade does not know another',
      { path: facades },
      { path: facades, pathNot: ['^apps/server/src/facades/$1/'] },
    ),

    ...ruleWithTestMeans(
      'R11',
      'facades know the doors of contexts, the kernel, the HTTP library and queries',
      { path: facades },
      { path: '^(libs|projections)/', pathNot: [doors, kernel, wire, '^projections/.*\\.query\\.ts$'] },
    ),

    ...ruleWithTestMeans('R12', 'facades do not know ports', { path: facades }, { path: `^libs/${ports}/` }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|data|apps/dashboard)/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json', '.node'],
      mainFields: ['main', 'types'],
    },
  },
};
