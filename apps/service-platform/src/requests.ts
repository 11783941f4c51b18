import type { common } from '@yiqiu/contracts/grpc';
import type { Submitted } from '@yiqiu/context-runtime';
import { checkFilters, decodeCursor, encodeCursor, pageLimit } from '@yiqiu/platform-kit';
import { changeAnswer } from '@yiqiu/service-domain';
import type { ChangeAnswer, ListOptions, Page } from '@yiqiu/service-domain';

/** A list request as the domain's lists take it. Throws RefusedError on a bad limit, cursor or filter. */
export const listOptionsOf = (request: common.ListRequest, filters: readonly string[]): ListOptions => {
  checkFilters(request.filters, filters);
  return { limit: pageLimit(request.limit), cursor: decodeCursor(request.cursor), filters: request.filters };
};

export const pageMessage = <V, M>({ items, next }: Page<V>, message: (view: V) => M) => ({
  items: items.map(message),
  next: next === null ? undefined : encodeCursor(next),
});

/** What a change answered, and the message of it. */
export const changeOf = ({
  answer,
  position,
  replayed,
}: Submitted): { readonly answer: ChangeAnswer; readonly change: common.Changed } => {
  const parsed = changeAnswer.parse(answer);
  return {
    answer: parsed,
    change: { position, changed: parsed.changed && !replayed, operation: parsed.operation ?? undefined },
  };
};
