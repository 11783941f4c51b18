interface Reason {
  readonly message: string;
  readonly filters: { readonly [filter: string]: number | undefined };
}

/** Whether machines were asked at all. */
export const isAboutMachines = ({ filters }: Reason): boolean => Object.keys(filters).length > 0;

/** The filters without their counts; where no machine was asked, the text. */
export const kindOfReason = (reason: Reason): string =>
  isAboutMachines(reason) ? Object.keys(reason.filters).sort().join() : reason.message;

/** Whether two texts of one container differ in nothing but counts: that is no news. */
export const sameKind = (a: string | null, b: string): boolean => a !== null && withoutCounts(a) === withoutCounts(b);
const withoutCounts = (text: string): string => text.replace(/\d+/g, '#');
