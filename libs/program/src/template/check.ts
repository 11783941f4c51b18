import { bareWord, type BlockStatement, bodyOf, type Call, type Expression, type Location } from './ast.ts';
import type { PathExpression, Program, Statement } from './ast.ts';
import { blockFault, callFault } from './calls.ts';
import { TemplateError } from './error.ts';
import { helperOf, patternFields } from './helpers.ts';
import { loopData, noSuchData, noSuchLevel, unknownName, unsupportedParts } from './names.ts';
import { parseTemplate } from './parse.ts';
import { callPath, loopDataAt, paramOf, rootScope, type Scope, unscopedStart, within } from './scope.ts';
import { anything, commonShape, flag, scalar, type Shape } from './shape.ts';

export interface TemplateFault {
  reason: string;
  /** From 1, both. */
  line: number;
  column: number;
}

/**
 * Everything in a template that cannot work whatever the values are: syntax, unknown helpers, names that `shape` does not
 * have, objects written out as text, loops over plain values. What depends on values (a leader that is null, a key of a
 * relation that was not published) is left to rendering.
 */
export function checkTemplate(text: string, shape: Shape): TemplateFault[] {
  try {
    const program = parseTemplate(text, 'template');
    const checker = new Checker(shape);
    checker.body(program, rootScope(shape));
    return checker.faults;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ reason: error.reason, line: error.line, column: error.column }];
  }
}

/** Walks a template over shapes as `Evaluator` walks it over values; both branches of every block are visited. */
class Checker {
  readonly faults: TemplateFault[] = [];
  readonly #root: Shape;

  constructor(root: Shape) {
    this.#root = root;
  }

  #report(loc: Location, reason: string): Shape {
    this.faults.push({ reason, line: loc.start.line, column: loc.start.column + 1 });
    return anything;
  }

  body(program: Program | undefined, scope: Scope<Shape>): void {
    for (const statement of bodyOf(program)) this.#statement(statement, scope);
  }

  #statement(statement: Statement, scope: Scope<Shape>): void {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement': {
        const shape = this.#call(statement, scope);
        const isObject = shape.kind === 'object' || (shape.kind === 'list' && shape.item.kind === 'object');
        if (isObject) this.#report(statement.loc, objectAsText(callPath(statement.path)?.original ?? 'this'));
        return;
      }
      case 'BlockStatement':
        return this.#block(statement, scope);
      case 'PartialStatement':
      case 'PartialBlockStatement':
      case 'Decorator':
      case 'DecoratorBlock':
        this.#report(statement.loc, unsupportedParts);
    }
  }

  #expression(expression: Expression, scope: Scope<Shape>): Shape {
    switch (expression.type) {
      case 'BooleanLiteral':
        return flag;
      case 'StringLiteral':
      case 'NumberLiteral':
      case 'NullLiteral':
      case 'UndefinedLiteral':
        return scalar;
      case 'PathExpression':
        return this.#path(expression, scope);
      case 'SubExpression':
        return this.#call(expression, scope);
    }
  }

  #call(call: Call & { type: string }, scope: Scope<Shape>): Shape {
    const fault = callFault(call, scope);
    const word = bareWord(call.path);
    const isName = word === null || paramOf(scope, word) !== null;
    const args = call.params.map((param) => this.#expression(param, scope));
    if (fault !== null) return this.#report(call.loc, fault);
    if (!isName && word === 'lookup') return this.#lookup(call, args, scope);
    if (isName || helperOf(word) === undefined) {
      const path = callPath(call.path);
      return path === null ? anything : this.#path(path, scope);
    }
    return this.#helper(word, call, args);
  }

  #helper(name: string, call: Call, args: readonly Shape[]): Shape {
    switch (name) {
      case 'add':
      case 'percent':
      case 'gt': {
        const wrong = args.some((shape) => shape.kind === 'object' || shape.kind === 'list' || isFlag(shape));
        return wrong ? this.#report(call.loc, `${name} takes numbers`) : name === 'gt' ? flag : scalar;
      }
      case 'join':
        return this.#join(call, args);
      case 'eq':
      case 'ne':
      case 'not':
        return flag;
      case 'json':
        return scalar;
      default:
        return commonShape(args);
    }
  }

  #join(call: Call, [list = anything]: readonly Shape[]): Shape {
    if (list.kind === 'any') return scalar;
    if (list.kind !== 'list') return this.#report(call.loc, 'join takes a list');
    const [, second, third] = call.params;
    if (list.item.kind === 'object' && second === undefined) {
      return this.#report(call.loc, 'join of objects takes a pattern, e.g. {{join members "{ip}:{port}" ","}}');
    }
    const hasPattern = third !== undefined || list.item.kind === 'object';
    if (!hasPattern || second?.type !== 'StringLiteral') return scalar;
    for (const [, path = ''] of second.value.matchAll(patternFields)) {
      if (path !== 'this') this.#steps(list.item, path.split('.'), { path, loc: second.loc, root: [] });
      else if (list.item.kind === 'object') this.#report(second.loc, objectAsText('{this}'));
    }
    return scalar;
  }

  #lookup(call: Call, [target = anything]: readonly Shape[], scope: Scope<Shape>): Shape {
    const key = call.params[1];
    if (key?.type === 'StringLiteral' || key?.type === 'NumberLiteral') {
      const part = String(key.value);
      return this.#steps(target, [part], { path: part, loc: key.loc, root: rootNames(this.#root, scope) });
    }
    if (target.kind === 'scalar') return this.#report(call.loc, 'lookup takes a list or an object');
    return target.kind === 'any' ? anything : elementOf(target);
  }

  #path(path: PathExpression, scope: Scope<Shape>): Shape {
    const [first = '', ...rest] = path.parts;
    const at = { path: path.original, loc: path.loc, root: [] };
    if (path.data) {
      if (first === 'root') return this.#steps(this.#root, rest, at);
      const loop = loopDataAt(scope, path.depth);
      const value = loop === null || !loopData.includes(first) ? undefined : loop[first];
      return value === undefined ? this.#report(path.loc, noSuchData(path.original)) : this.#steps(value, rest, at);
    }
    const word = unscopedStart(path);
    const param = word === null ? null : paramOf(scope, word);
    if (param !== null) return this.#steps(param.value, rest, at);
    const context = scope.contexts[path.depth];
    if (context === undefined) return this.#report(path.loc, noSuchLevel(path.original));
    return this.#steps(context, path.parts, { ...at, root: path.depth === 0 ? rootNames(this.#root, scope) : [] });
  }

  #steps(start: Shape, parts: readonly string[], at: { path: string; loc: Location; root: readonly string[] }): Shape {
    let shape = start;
    for (const [index, part] of parts.entries()) {
      if (shape.kind === 'any') return anything;
      const next = stepShape(shape, part);
      if (next === null) {
        const known = shape.kind === 'object' ? [...shape.fields.keys()] : [];
        return this.#report(at.loc, unknownName({ path: at.path, part, known, root: index === 0 ? at.root : [] }));
      }
      shape = next;
    }
    return shape;
  }

  #block(block: BlockStatement, scope: Scope<Shape>): void {
    const fault = blockFault(block, scope);
    const word = bareWord(block.path);
    const [subject] = block.params;
    for (const pair of block.hash?.pairs ?? []) this.#expression(pair.value, scope);
    if (fault !== null || subject === undefined) {
      const path = callPath(block.path);
      const shape = fault !== null || path === null ? anything : this.#path(path, scope);
      if (fault !== null) this.#report(block.loc, fault);
      this.#section(block, shape, scope);
    } else {
      const shape = this.#expression(subject, scope);
      if (word === 'each') this.#each(block, shape, scope);
      else if (word === 'with') this.#enter(block, shape, scope, [shape]);
      else this.body(block.program, scope);
    }
    this.body(block.inverse, scope);
  }

  #section(block: BlockStatement, shape: Shape, scope: Scope<Shape>): void {
    if (isFlag(shape)) return this.body(block.program, scope);
    if (shape.kind === 'list') return this.#each(block, shape, scope);
    this.#enter(block, shape.kind === 'scalar' ? anything : shape, scope, []);
  }

  #each(block: BlockStatement, shape: Shape, scope: Scope<Shape>): void {
    if (shape.kind === 'scalar') this.#report(block.loc, '#each takes a list or an object, not a plain value');
    const item = shape.kind === 'list' || shape.kind === 'object' ? elementOf(shape) : anything;
    const values = { key: scalar, index: scalar, first: flag, last: flag };
    this.#enter(block, item, { ...scope, frame: { values, parent: scope.frame } }, [item, scalar]);
  }

  #enter(block: BlockStatement, context: Shape, scope: Scope<Shape>, params: readonly Shape[]): void {
    this.body(block.program, within(scope, context, block, params));
  }
}

const objectAsText = (name: string): string =>
  `"${name}" is an object: name one of its fields, or write {{json ${name}}}`;

function isFlag(shape: Shape): boolean {
  return shape.kind === 'scalar' && shape.boolean;
}

function stepShape(shape: Exclude<Shape, { kind: 'any' }>, part: string): Shape | null {
  switch (shape.kind) {
    case 'scalar':
      return part === 'length' ? scalar : null;
    case 'list':
      if (part === 'length') return scalar;
      return /^\d{1,9}$/.test(part) ? shape.item : null;
    case 'object':
      return shape.fields.get(part) ?? shape.rest;
  }
}

function elementOf(shape: Shape): Shape {
  if (shape.kind === 'list') return shape.item;
  if (shape.kind !== 'object') return anything;
  return commonShape([...shape.fields.values(), ...(shape.rest === null ? [] : [shape.rest])]);
}

/** Where a name is missing in an inner context, those of the root are worth a hint. */
function rootNames(root: Shape, scope: Scope<Shape>): readonly string[] {
  return root.kind === 'object' && scope.contexts[0] !== root ? [...root.fields.keys()] : [];
}
