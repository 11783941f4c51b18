import type { ActivateContainer, DeclineContainer, EndRelease, ReleaseUnit } from './container/index.ts';
import type { CancelEvacuation, EvacuateHost, MigrateContainer } from './evacuation/index.ts';
import type { AddHost, CloseHost, ConfirmEvacuated, FenceHost, ForgetHost, ObserveHost } from './host/index.ts';
import type { CreatePackage } from './package/index.ts';
import type { AllocateContainer, PlacePending } from './placement/index.ts';

/** Everything that changes context `resource`. Only CreatePackage comes from a person, the rest from events. */
export type ResourceCommand =
  | CreatePackage
  | AddHost
  | ObserveHost
  | ForgetHost
  | CloseHost
  | ConfirmEvacuated
  | AllocateContainer
  | PlacePending
  | ActivateContainer
  | DeclineContainer
  | ReleaseUnit
  | EndRelease
  | FenceHost
  | EvacuateHost
  | CancelEvacuation
  | MigrateContainer;
