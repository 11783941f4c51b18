import { containersOf } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import type { ResourceService } from '../resource-service/state.ts';
import type { ResourceContextState } from '../state.ts';
import { copyOfUse, emptyUse, take } from './host-use.ts';
import type { HostUse, Taking } from './host-use.ts';

/** A container of a service, as far as spreading and ordinals look at it. */
export interface Replica {
  readonly uid: string;
  readonly ordinal: number;
  readonly machineUid: string;
}

const nothing: HostUse = emptyUse();

/** The state plus what one decision has placed already: the state itself is not touched. */
export class Tentative {
  readonly state: ResourceContextState;
  readonly #uses = new Map<string, HostUse>();
  readonly #replicas = new Map<string, Replica[]>();
  readonly #definitions = new Map<string, ResourceService>();

  constructor(state: ResourceContextState) {
    this.state = state;
  }

  /** What is taken of a machine; not to be changed. */
  useOf(machineUid: string): HostUse {
    return this.#uses.get(machineUid) ?? this.state.uses.get(machineUid) ?? nothing;
  }

  /** Live containers of a service. */
  replicasOf(serviceUid: string): readonly Replica[] {
    const added = this.#replicas.get(serviceUid) ?? [];
    const live: readonly Container[] = containersOf(this.state, serviceUid);
    return added.length === 0 ? live : [...live, ...added];
  }

  /** What a service asks for, as far as it is known. */
  definitionOf(serviceUid: string): ResourceService | undefined {
    return this.#definitions.get(serviceUid) ?? this.state.services.get(serviceUid);
  }

  define(definition: ResourceService): void {
    this.#definitions.set(definition.serviceUid, definition);
  }

  add(container: Taking & Replica & { readonly serviceUid: string }): void {
    const { machineUid, serviceUid } = container;
    const use = this.#uses.get(machineUid) ?? copyOfUse(this.useOf(machineUid));
    take(use, container);
    this.#uses.set(machineUid, use);
    const replicas = this.#replicas.get(serviceUid) ?? [];
    replicas.push(container);
    this.#replicas.set(serviceUid, replicas);
  }
}
