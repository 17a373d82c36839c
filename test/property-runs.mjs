// In every jest run: LEASEBOOK_TEST_RUNS says how often each property is tried; one that names a number takes it from here first:
// `numRuns: fc.readConfigureGlobal().numRuns ?? 60`.
const runs = Number(process.env.LEASEBOOK_TEST_RUNS ?? 0);
if (runs > 0) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs });
}
