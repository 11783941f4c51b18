import type { ActivateContainer, DeclineContainer, ReleaseUnit } from './container/index.ts';
import type { AddHost, CloseHost, ConfirmEvacuated, ForgetHost, ObserveHost } from './host/index.ts';
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
  | ReleaseUnit;
