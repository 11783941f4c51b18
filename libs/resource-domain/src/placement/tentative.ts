import { containersOf, holdsOrdinal } from '../container/state.ts';
import type { Host } from '../host/state.ts';
import type { ResourceService } from '../resource-service/state.ts';
import type { ResourceContextState } from '../state.ts';
import { copyOfUse, emptyUse, giveBack, take } from './host-use.ts';
import type { HostUse, Taking } from './host-use.ts';

/** A container of a service, as far as spreading and ordinals look at it. */
export interface Replica {
  readonly uid: string;
  readonly ordinal: number;
  readonly machineUid: string;
}

type NewReplica = Replica & { readonly serviceUid: string };

const nothing: HostUse = emptyUse();

/** The state plus what one decision has placed already: the state itself is not touched. */
export class Tentative {
  readonly state: ResourceContextState;
  readonly #uses = new Map<string, HostUse>();
  readonly #replicas = new Map<string, Replica[]>();
  readonly #definitions = new Map<string, ResourceService>();
  /** How to take back what was done, in order. */
  readonly #undo: (() => void)[] = [];

  constructor(state: ResourceContextState) {
    this.state = state;
  }

  /** What is taken of a machine; not to be changed. */
  useOf(machineUid: string): HostUse {
    const tentative = this.#uses.size === 0 ? undefined : this.#uses.get(machineUid);
    return tentative ?? this.state.uses.get(machineUid) ?? nothing;
  }

  /** The container that holds an ordinal, `except` left out. */
  holderOf(serviceUid: string, ordinal: number, except: string | null = null): Replica | undefined {
    const holds = (row: Replica): boolean => row.ordinal === ordinal && row.uid !== except;
    return (
      containersOf(this.state, serviceUid).find((row) => holds(row) && holdsOrdinal(row)) ??
      this.#replicas.get(serviceUid)?.find(holds)
    );
  }

  /** Machines of a service's containers, one for each that is to stay: what is evacuated or released does not count. */
  hostsOf(serviceUid: string): readonly Host[] {
    const staying = containersOf(this.state, serviceUid).filter(
      ({ state }) => state === 'ALLOCATED' || state === 'ACTIVE',
    );
    return [...staying, ...(this.#replicas.get(serviceUid) ?? [])].flatMap(({ machineUid }) => {
      const host = this.state.hosts.get(machineUid);
      return host === undefined || host.state === 'ERROR_DETECTED' ? [] : [host];
    });
  }

  /** Machines of which this decision has taken something. */
  get changed(): ReadonlyMap<string, HostUse> {
    return this.#uses;
  }

  /** What a service asks for, as far as it is known. */
  definitionOf(serviceUid: string): ResourceService | undefined {
    return this.#definitions.get(serviceUid) ?? this.state.services.get(serviceUid);
  }

  define(definition: ResourceService): void {
    const { serviceUid } = definition;
    const before = this.#definitions.get(serviceUid);
    this.#definitions.set(serviceUid, definition);
    this.#undo.push(() => {
      if (before === undefined) this.#definitions.delete(serviceUid);
      else this.#definitions.set(serviceUid, before);
    });
  }

  /** A container on a free place. */
  add(container: Taking & NewReplica): void {
    const use = this.#ownUseOf(container.machineUid);
    take(use, container);
    this.#undo.push(() => giveBack(use, container));
    this.addReplica(container);
  }

  /** The place of a container that goes. */
  free(container: Taking & Pick<Replica, 'machineUid'>): void {
    const use = this.#ownUseOf(container.machineUid);
    giveBack(use, container);
    this.#undo.push(() => take(use, container));
  }

  #ownUseOf(machineUid: string): HostUse {
    const use = this.#uses.get(machineUid) ?? copyOfUse(this.useOf(machineUid));
    this.#uses.set(machineUid, use);
    return use;
  }

  /** A container on the place of another, which has it no more. */
  addReplica(container: NewReplica): void {
    const replicas = this.#replicas.get(container.serviceUid) ?? [];
    replicas.push(container);
    this.#replicas.set(container.serviceUid, replicas);
    this.#undo.push(() => void replicas.pop());
  }

  /** To be given to `undoTo`. */
  mark(): number {
    return this.#undo.length;
  }

  /** Takes back what was done since the mark. */
  undoTo(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) undo();
  }
}
