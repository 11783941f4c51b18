import { refusal, RefusedError } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';

export interface ReadBody {
  readonly value: unknown;
  /** Throws the error again, with the line of each field where the body has lines. */
  readonly refused: (error: unknown) => never;
}

/** A body that came as JSON, or as the text of a YAML document. Throws RefusedError (malformed) on what is no YAML. */
export const readBody = (body: unknown): ReadBody => {
  if (typeof body !== 'string') {
    return {
      value: body,
      refused: (error) => {
        throw error;
      },
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(body, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw malformed(problem.linePos?.[0].line ?? 1, problem.message);
  return {
    value: valueOf(document),
    refused: (error) => {
      throw error instanceof RefusedError ? new RefusedError(withLines(error.error, document, lines)) : error;
    },
  };
};

const malformed = (line: number, message: string): RefusedError =>
  new RefusedError(
    refusal('malformed', 'document-malformed', `line ${line}: ${message}`, {
      errors: [{ field: `line ${line}`, value: null, allowed: 'a YAML document' }],
    }),
  );

/** The parser leaves to here an alias without its anchor, too many of them (ReferenceError), and one within its own value. */
const valueOf = (document: Document): unknown => {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    JSON.stringify(value);
    return value;
  } catch (error) {
    if (error instanceof ReferenceError) throw malformed(1, error.message);
    if (error instanceof TypeError) throw malformed(1, 'an alias stands within the value that it names');
    throw error;
  }
};

const withLines = (error: DomainError, document: Document, lines: LineCounter): DomainError => {
  if (error.errors === undefined) return error;
  const errors = error.errors.map((problem) => {
    const line = lineOf(problem.field, document, lines);
    return line === null ? problem : { ...problem, message: `line ${line}: ${problem.message ?? 'invalid'}` };
  });
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return { ...error, errors, message: `${first?.field ?? ''}: ${first?.message ?? error.message}${more}` };
};

/** Line of `services.redis.units[0]`, or of the nearest thing around it that is in the document. */
const lineOf = (field: string, document: Document, lines: LineCounter): number | null => {
  const path = field.split(/[.[\]]+/).filter((part) => part !== '');
  for (let length = path.length; length > 0; length--) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== null) return lines.linePos(offset).line;
  }
  return null;
};

/** Where the key stands, not its value: a value may begin lines below. */
const offsetOf = (document: Document, path: readonly string[]): number | null => {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items))
    return null;
  for (const item of parent.items as readonly unknown[]) {
    if (typeof item !== 'object' || item === null || !('key' in item)) continue;
    const { key } = item as { readonly key: unknown };
    if (typeof key === 'object' && key !== null && 'value' in key && String(key.value) === last && 'range' in key) {
      return (key.range as readonly number[] | undefined)?.[0] ?? null;
    }
  }
  return null;
};
