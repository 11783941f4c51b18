import type { EnvelopeOf } from '../events.ts';
import type { MachineContextState } from '../state.ts';

export type InitStrategyEnvelope = EnvelopeOf<'InitStrategyRevised'>;

export const evolveInitStrategy = (state: MachineContextState, { data }: InitStrategyEnvelope): void => {
  const earlier = state.strategies.get(data.name) ?? [];
  if (data.revision !== earlier.length + 1) {
    throw new Error(
      `log machine is damaged: init strategy ${data.name} has ${earlier.length} revisions, then comes ${data.revision}`,
    );
  }
  const { message: _, ...revision } = data;
  state.strategies.set(data.name, [...earlier, revision]);
};
