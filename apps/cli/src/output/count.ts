/** `no units`, `1 unit`, `5 units`. */
export const counted = (count: number, noun: string): string =>
  count === 0 ? `no ${noun}s` : `${count} ${noun}${count === 1 ? '' : 's'}`;
