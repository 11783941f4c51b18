import type { ResourceContextEvent } from '@yiqiu/contracts';
import { unreachable } from '@yiqiu/kernel';
import type { Ctx, Decision } from '@yiqiu/kernel';
import type { ResourceCommand } from './commands.ts';
import { activateContainer, declineContainer, endRelease, releaseUnit } from './container/index.ts';
import { cancelEvacuation, evacuateHost, migrateContainer } from './evacuation/index.ts';
import { addHost, closeHost, confirmEvacuated, fenceHost, forgetHost, observeHost } from './host/index.ts';
import { createPackage } from './package/index.ts';
import { allocateContainer, placePending } from './placement/index.ts';
import type { ResourceContextState } from './state.ts';

/** Which room decides which command. */
export const decide = (
  state: ResourceContextState,
  command: ResourceCommand,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  switch (command.type) {
    case 'CreatePackage':
      return createPackage(state, command, ctx);
    case 'AddHost':
      return addHost(state, command);
    case 'ObserveHost':
      return observeHost(state, command);
    case 'ForgetHost':
      return forgetHost(state, command);
    case 'CloseHost':
      return closeHost(state, command);
    case 'ConfirmEvacuated':
      return confirmEvacuated(state, command);
    case 'AllocateContainer':
      return allocateContainer(state, command, ctx);
    case 'PlacePending':
      return placePending(state, command, ctx);
    case 'ActivateContainer':
      return activateContainer(state, command);
    case 'DeclineContainer':
      return declineContainer(state, command, ctx);
    case 'ReleaseUnit':
      return releaseUnit(state, command);
    case 'EndRelease':
      return endRelease(state, command);
    case 'FenceHost':
      return fenceHost(state, command, ctx);
    case 'EvacuateHost':
      return evacuateHost(state, command, ctx);
    case 'CancelEvacuation':
      return cancelEvacuation(state, command, ctx);
    case 'MigrateContainer':
      return migrateContainer(state, command);
  }
  return unreachable(command, 'resource command');
};
