import type { Leg } from './path.ts';

export interface PlaybookRun {
  /** From the beginning of the first task to the end of the last, ms: the command line's own start is not in it. */
  readonly wallMs: number;
  readonly tasks: readonly Leg[];
}

const linePattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}),(\d{3}) .*?\| (?:TASK \[(.+?)\]|(PLAY RECAP)) \*+$/;

/** What a log file of ansible says of one run (`log_path`, times in UTC). Throws where it did not come to its recap. */
export const parseAnsibleLog = (text: string): PlaybookRun => {
  const marks = text.split('\n').flatMap((line) => {
    const [, date, time, ms, task, recap] = linePattern.exec(line) ?? [];
    if (date === undefined || time === undefined || ms === undefined) return [];
    return [{ at: Date.parse(`${date}T${time}.${ms}Z`), name: task ?? null, isEnd: recap !== undefined }];
  });
  const [first] = marks;
  const end = marks.find(({ isEnd }) => isEnd);
  if (first === undefined || end === undefined || first === end)
    throw new Error(`the playbook did not come to its end:\n${text.slice(-2_000)}`);
  const tasks = marks.slice(0, marks.indexOf(end)).map(({ at, name }, index) => ({
    name: name ?? '',
    ms: (marks[index + 1]?.at ?? at) - at,
  }));
  return { wallMs: end.at - first.at, tasks };
};
