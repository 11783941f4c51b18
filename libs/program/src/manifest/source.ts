import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { messageOf } from '../fault.ts';
import { manifestBytesMax, manifestPath } from '../files/index.ts';
import { type Problem, problemsMax, type ProblemValue } from '../problem/index.ts';

export interface Place {
  line: number;
  column: number;
}

export interface ProblemDetail {
  value?: ProblemValue;
  allowed?: string;
}

/** The text of a manifest, its syntax tree, and what is wrong with it so far. */
export class ManifestSource {
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | null;

  constructor(text: string) {
    this.#document = this.#parse(text);
  }

  get root(): Node | null {
    return this.#document?.contents ?? null;
  }

  /** Those of the manifest first, each file's in the order of its lines. */
  get problems(): Problem[] {
    const rank = ({ file }: Problem): string => (file === manifestPath ? '' : file);
    return this.#problems.toSorted((a, b) => {
      const byFile = rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
      return byFile || a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
    });
  }

  toJson(node: Node | null): unknown {
    return node === null || this.#document === null ? null : node.toJS(this.#document, { maxAliasCount: 0 });
  }

  placeOf(node: Node | null | undefined): Place | null {
    const offset = node?.range?.[0];
    if (offset === undefined) return null;
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** What is accepted, but probably not meant. */
  get warnings(): Problem[] {
    return this.#warnings;
  }

  warn(problem: Problem): void {
    if (this.#warnings.length < problemsMax) this.#warnings.push(problem);
  }

  report(place: Place, path: string, reason: string, detail: ProblemDetail = {}): void {
    this.add({ file: manifestPath, ...place, path, reason, ...detail });
  }

  /** For problems of other files of the package. The same problem found twice is one. */
  add(problem: Problem): void {
    const key = JSON.stringify([problem.file, problem.line, problem.column, problem.path, problem.reason]);
    if (this.#seen.has(key) || this.#seen.size >= problemsMax) return;
    this.#seen.add(key);
    this.#problems.push(problem);
  }

  #parse(text: string): Document.Parsed | null {
    const start = { line: 1, column: 1 };
    if (Buffer.byteLength(text) > manifestBytesMax) {
      this.report(start, '', 'is too long', {
        value: Buffer.byteLength(text),
        allowed: `at most ${manifestBytesMax} bytes`,
      });
      return null;
    }
    try {
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true });
      for (const { message, pos } of [...document.errors, ...document.warnings]) {
        const { line, col } = this.#lines.linePos(pos[0]);
        this.report({ line: Math.max(1, line), column: Math.max(1, col) }, '', yamlReason(message));
      }
      let aliases = false;
      visit(document, {
        Alias: (_, alias) => {
          aliases = true;
          const place = this.placeOf(alias) ?? start;
          this.report(place, '', `the alias *${alias.source} is not supported: write the value itself`);
        },
      });
      // Broken syntax leaves a tree of which little is true, and an alias stands for a value, or a key, that is not there; a
      // key that is there twice leaves the rest readable.
      const sound = document.errors.every(({ code }) => code === 'DUPLICATE_KEY') && document.warnings.length === 0;
      return sound && !aliases ? document : null;
    } catch (error) {
      if (!stackOverflow.test(messageOf(error))) throw error;
      this.report(start, '', nestedTooDeeply);
      return null;
    }
  }
}

/** On thousands of brackets within one another the YAML parser runs out of stack, and says so or throws. */
const stackOverflow = /call stack/i;
const nestedTooDeeply = 'is nested too deeply';

function yamlReason(message: string): string {
  if (stackOverflow.test(message)) return nestedTooDeeply;
  return message === 'Map keys must be unique' ? 'this key is there twice' : `is no YAML: ${message}`;
}

/** What a node is, in words. */
export function kindOf(node: Node | null): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return `a ${typeof node.value}`;
}
