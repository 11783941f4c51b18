import { bareWord, type BlockStatement, blockParamsOf, type Expression, isScoped, type PathExpression } from './ast.ts';

/** Where a name is looked up: over values when rendering (`V` = unknown), over shapes when checking (`V` = Shape). */
export interface Scope<V> {
  /** Innermost first; `../` goes one further. */
  contexts: readonly V[];
  /** `@index` and the like of the innermost loop. */
  frame: Frame<V> | null;
  /** Block parameters, `as |item index|`. */
  params: Params<V> | null;
}

interface Frame<V> {
  values: Readonly<Record<string, V>>;
  parent: Frame<V> | null;
}

interface Params<V> {
  values: ReadonlyMap<string, V>;
  parent: Params<V> | null;
}

export function rootScope<V>(root: V): Scope<V> {
  return { contexts: [root], frame: null, params: null };
}

/**
 * The scope inside a block. Every block that changes the context adds a level for `../`; `{{#with this}}` does not change
 * it. (Handlebars compares the values, so there the level depends on whether two loops stand at the same element.)
 */
export function within<V>(scope: Scope<V>, context: V, block: BlockStatement, values: readonly V[]): Scope<V> {
  const names = blockParamsOf(block);
  const contexts = staysAtThis(block) ? scope.contexts : [context, ...scope.contexts];
  const pairs = names.flatMap((name, index): [string, V][] => {
    const value = values[index];
    return value === undefined ? [] : [[name, value]];
  });
  const params = pairs.length === 0 ? scope.params : { values: new Map(pairs), parent: scope.params };
  return { contexts, frame: scope.frame, params };
}

function staysAtThis(block: BlockStatement): boolean {
  if (bareWord(block.path) === 'each') return false;
  const subject = block.params[0] ?? block.path;
  return subject.type === 'PathExpression' && !subject.data && subject.depth === 0 && subject.parts.length === 0;
}

export function paramOf<V>(scope: Scope<V>, name: string): { value: V } | null {
  for (let params = scope.params; params !== null; params = params.parent) {
    const value = params.values.get(name);
    if (value !== undefined) return { value };
  }
  return null;
}

/** The loop data of the `depth`th loop outwards (`@../index`), null where there are not so many. */
export function loopDataAt<V>(scope: Scope<V>, depth: number): Readonly<Record<string, V>> | null {
  let frame = scope.frame;
  for (let level = 0; level < depth && frame !== null; level += 1) frame = frame.parent;
  return frame?.values ?? null;
}

/** The first word of a path where that word may be a block parameter. */
export function unscopedStart(path: PathExpression): string | null {
  return path.data || isScoped(path) ? null : (path.parts[0] ?? null);
}

/** The name that a mustache without arguments asks for. `{{"a b"}}` is the field "a b", as in Handlebars. */
export function callPath(expression: Expression): PathExpression | null {
  switch (expression.type) {
    case 'PathExpression':
      return expression;
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral': {
      const text = String(expression.value);
      return { type: 'PathExpression', data: false, depth: 0, parts: [text], original: text, loc: expression.loc };
    }
    case 'NullLiteral':
    case 'UndefinedLiteral':
    case 'SubExpression':
      return null;
  }
}
