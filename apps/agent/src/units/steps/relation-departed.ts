import { StepFailure } from './failure.ts';
import type { StepWork } from './work.ts';

/** A unit on the other side of the relation leaves: files without it, then the hook, then what the files owe the process. */
export const relationDeparted = async (work: StepWork): Promise<void> => {
  const { relation, changed } = work.command;
  const endpoint = relation ?? changed[0];
  if (endpoint === undefined) throw new StepFailure('step relation-departed names no relation');
  work.render('relation');
  await work.hook('relation-departed', { relation: endpoint });
  await work.settleEffect();
};
