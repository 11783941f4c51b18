import type { Problem } from '../problem/index.ts';
import { entriesMax, linksMax } from './limits.ts';
import { ancestorsOf, checkPath, parentOf } from './path.ts';

export type EntryType = 'file' | 'directory' | 'symlink' | 'link';

/** One thing in a package, under its normal path. */
export interface PackageEntry {
  path: string;
  type: EntryType;
  /** A run bit, for anyone. */
  executable: boolean;
  size: number;
  /** Of a symlink as written, of a hard link the normal path of an earlier file. */
  target: string | null;
}

/** What an archive or a directory says of an entry; `type` in the words of tar-stream. */
export interface RawEntry {
  name: string;
  type: string;
  executable: boolean;
  size: number;
  target: string | null;
}

export type AddedEntry = { entry: PackageEntry } | { problem: Problem } | { root: true };

export type Resolved =
  | { kind: 'entry'; entry: PackageEntry }
  /** Inside the package, but nothing is there. */
  | { kind: 'missing' }
  | { kind: 'outside' }
  | { kind: 'loop' };

/**
 * The entries of one package and the rules that make it safe to unpack: every path is relative and its own, every parent is
 * a directory, and no link leads out. Links are followed as the kernel does, through one another; `a/../b` need not be `b`.
 */
export class EntryTable {
  readonly #entries = new Map<string, PackageEntry>();
  readonly #parents = new Set<string>();

  get entries(): ReadonlyMap<string, PackageEntry> {
    return this.#entries;
  }

  /** Takes an entry in the archive's order, or says why not. Symlinks are judged by `linkProblems`, when all are known. */
  add(raw: RawEntry): AddedEntry {
    const checked = checkPath(raw.name);
    if ('reason' in checked) return { problem: entryProblem(raw.name, checked.reason) };
    const { path } = checked;
    const type = typeOf(raw.type);
    if (type === null)
      return { problem: entryProblem(raw.name, `is ${articleOf(raw.type)}: only files, directories and links`) };
    if (path === '')
      return type === 'directory' ? { root: true } : { problem: entryProblem(raw.name, 'replaces the root') };
    const reason = this.#placeFault(path, type);
    if (reason !== null) return { problem: entryProblem(path, reason) };
    const entry: PackageEntry = { path, type, executable: raw.executable, size: raw.size, target: raw.target };
    if (type === 'link') {
      const linked = this.#hardLinked(raw.target ?? '');
      if ('reason' in linked) return { problem: entryProblem(path, linked.reason, raw.target) };
      entry.target = linked.path;
    } else if (type === 'symlink' && (raw.target ?? '') === '') {
      return { problem: entryProblem(path, 'is a link to nothing') };
    }
    this.#entries.set(path, entry);
    for (const parent of ancestorsOf(path)) this.#parents.add(parent);
    return { entry };
  }

  #placeFault(path: string, type: EntryType): string | null {
    if (this.#entries.size >= entriesMax) return `is one too many: at most ${entriesMax} entries`;
    if (this.#entries.has(path)) return 'is there twice';
    if (type !== 'directory' && this.#parents.has(path)) return 'stands where a directory is';
    const parent = ancestorsOf(path)
      .map((ancestor) => this.#entries.get(ancestor))
      .find((ancestor) => ancestor !== undefined && ancestor.type !== 'directory');
    return parent === undefined ? null : `is below "${parent.path}", which is a ${parent.type}`;
  }

  #hardLinked(target: string): { path: string } | { reason: string } {
    const checked = checkPath(target);
    if ('reason' in checked) return { reason: `is a link that points outside: its target ${checked.reason}` };
    const type = this.#entries.get(checked.path)?.type;
    if (type === 'file') return checked;
    if (type === 'link') return { path: this.#entries.get(checked.path)?.target ?? '' };
    return { reason: 'is a hard link to what is no earlier file of the package' };
  }

  /** Symlinks that lead out of the package or in a circle. A link to nothing inside it is allowed. */
  linkProblems(): Problem[] {
    return [...this.#entries.values()].flatMap((entry) => {
      if (entry.type !== 'symlink') return [];
      const { kind } = this.resolve(entry.path);
      if (kind === 'outside') return [entryProblem(entry.path, 'is a link that points outside', entry.target)];
      return kind === 'loop' ? [entryProblem(entry.path, 'is a link that leads in a circle', entry.target)] : [];
    });
  }

  /** What a path leads to when every link on the way is followed. */
  resolve(path: string): Resolved {
    const pending = path.split('/').reverse();
    let here = '';
    let links = 0;
    for (let segment = pending.pop(); segment !== undefined; segment = pending.pop()) {
      if (segment === '' || segment === '.') continue;
      if (segment === '..') {
        if (here === '') return { kind: 'outside' };
        here = parentOf(here);
        continue;
      }
      const next = here === '' ? segment : `${here}/${segment}`;
      const entry = this.#entries.get(next);
      if (entry?.type !== 'symlink') {
        here = next;
        continue;
      }
      links += 1;
      if (links > linksMax) return { kind: 'loop' };
      const target = entry.target ?? '';
      if (target.startsWith('/')) return { kind: 'outside' };
      pending.push(...target.split('/').reverse());
    }
    const entry = this.#entries.get(here);
    return entry === undefined ? { kind: 'missing' } : { kind: 'entry', entry };
  }

  /** The regular file that a path leads to, hard links included; null: there is none. */
  fileAt(path: string): PackageEntry | null {
    const resolved = this.resolve(path);
    if (resolved.kind !== 'entry') return null;
    const { entry } = resolved;
    if (entry.type === 'link') return this.#entries.get(entry.target ?? '') ?? null;
    return entry.type === 'file' ? entry : null;
  }
}

export function entryProblem(name: string, reason: string, value?: string | null): Problem {
  return { file: name === '' ? '.' : name, line: 1, path: '', reason, ...(value == null ? {} : { value }) };
}

function typeOf(type: string): EntryType | null {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file';
    case 'directory':
    case 'symlink':
    case 'link':
      return type;
    default:
      return null;
  }
}

function articleOf(type: string): string {
  if (type.endsWith('device')) return `a device (${type})`;
  return type === 'null' ? 'of an unknown type' : `a ${type}`;
}
