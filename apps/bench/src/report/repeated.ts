/** Runs `work` again and again, each after the last, and gives how long each took, ms. `warm` come before and do not count. */
export const latenciesOf = async (
  count: number,
  warm: number,
  work: (number: number) => Promise<void>,
): Promise<number[]> => {
  const found: number[] = [];
  for (let number = 0; number < warm + count; number += 1) {
    const begin = performance.now();
    await work(number);
    if (number >= warm) found.push(performance.now() - begin);
  }
  return found;
};
