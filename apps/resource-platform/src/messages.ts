import type { ContainerView } from '@yiqiu/contracts';
import type { resource } from '@yiqiu/contracts/grpc';

/** A view as a message: what is null is absent. */
export const containerMessage = ({ machine, replaces, message, ...rest }: ContainerView): resource.Container => ({
  ...rest,
  machine: machine ?? undefined,
  replaces: replaces ?? undefined,
  message: message ?? undefined,
});
