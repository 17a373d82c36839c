/** The first number from `first` on that is not there, where none is left out before it. Looks at few of many. */
export async function firstMissing(first: number, isThere: (number: number) => Promise<boolean>): Promise<number> {
  let there = first - 1;
  let step = 1;
  while (await isThere(there + step)) {
    there += step;
    step *= 2;
  }
  let missing = there + step;
  while (missing - there > 1) {
    const middle = Math.floor((there + missing) / 2);
    if (await isThere(middle)) there = middle;
    else missing = middle;
  }
  return missing;
}
