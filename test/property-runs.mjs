// In every jest run: LEASEBOOK_TEST_RUNS makes each property be tried that often (unless it names a number of its own).
const runs = Number(process.env.LEASEBOOK_TEST_RUNS ?? 0);
if (runs > 0) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs });
}
