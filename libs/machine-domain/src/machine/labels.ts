import { labelLengthMax, labelsMax } from '@yiqiu/kernel';
import type { FieldProblem } from '@yiqiu/kernel';

/** What is wrong with a machine's labels: too many, an empty key, a key or value that is too long. */
export const labelProblems = (labels: { readonly [name: string]: string }): readonly FieldProblem[] => {
  const entries = Object.entries(labels);
  const tooMany: FieldProblem[] =
    entries.length <= labelsMax
      ? []
      : [
          {
            field: 'labels',
            value: entries.length,
            allowed: `at most ${labelsMax}`,
            message: `${entries.length} labels, allowed are ${labelsMax}`,
          },
        ];
  const tooLong = entries.flatMap(([key, value]): FieldProblem[] => {
    const wrong =
      key === '' ? 'is empty' : key.length > labelLengthMax || value.length > labelLengthMax ? 'is too long' : null;
    const field = `labels.${key.slice(0, labelLengthMax)}`;
    return wrong === null
      ? []
      : [
          {
            field,
            value: value.slice(0, 200),
            allowed: `keys of 1 and values of up to ${labelLengthMax} characters`,
            message: wrong,
          },
        ];
  });
  return [...tooMany, ...tooLong];
};
