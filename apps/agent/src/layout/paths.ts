import { join } from 'node:path';

/** Where things lie below an agent's root. Units' users must reach programs and homes, so only files are private here. */
export class AgentPaths {
  readonly root: string;
  /** The agent's own. */
  readonly own: string;

  /** `root` is absolute and free of links. */
  constructor(root: string) {
    this.root = root;
    this.own = join(root, 'agent');
  }

  get identity(): string {
    return join(this.own, 'identity.json');
  }
  get settings(): string {
    return join(this.own, 'settings.json');
  }
  get journal(): string {
    return join(this.own, 'journal.db');
  }
  get lock(): string {
    return join(this.own, 'lock.db');
  }
  get pid(): string {
    return join(this.own, 'agent.pid');
  }
  /** Overrides the kernel's boot id, for local machines. */
  get bootId(): string {
    return join(this.own, 'boot-id');
  }
  /** First in PATH of hooks and processes. */
  get bin(): string {
    return join(this.own, 'bin');
  }
  get programs(): string {
    return join(this.own, 'programs');
  }
  program(digest: string): string {
    return join(this.programs, digest);
  }
  /** An archive on its way. */
  download(digest: string): string {
    return join(this.own, 'downloads', digest);
  }
  /** What one command's hooks and scripts leave while they run: output, exit code. */
  runs(command: string): string {
    return join(this.own, 'runs', command);
  }
  /** What the last run of each hook of the unit in that home printed, by the hook's name. */
  outputs(home: string): string {
    return join(this.own, 'outputs', home);
  }
  get probe(): string {
    return join(this.own, 'probe');
  }
  home(name: string): string {
    return join(this.root, name);
  }
  get orphans(): string {
    return join(this.root, 'orphans');
  }
  orphan(unit: string, incarnation: number): string {
    return join(this.orphans, `${unit.replaceAll('/', '.')}.${incarnation}`);
  }
}

/** Names below the root that are not unit homes. */
export const reservedNames: readonly string[] = ['agent', 'orphans'];

/** A home is one plain name, as `redis_6379`: nothing that climbs out, hides, or is the agent's own. */
export const isHomeName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9_.-]{0,126}$/.test(name) && !reservedNames.includes(name);
