import { isObject } from '../json.ts';
import { bareWord, type BlockStatement, bodyOf, type Call, type Expression, type Location } from './ast.ts';
import type { PathExpression, Program, Statement } from './ast.ts';
import { blockFault, callFault } from './calls.ts';
import { errorAt } from './error.ts';
import { HelperFault, helperOf, isTrue, textOf } from './helpers.ts';
import { outputCharactersMax, stepsMax } from './limits.ts';
import { loopData, noSuchData, noSuchLevel, stepInto, unknownName, unsupportedParts } from './names.ts';
import { callPath, loopDataAt, paramOf, rootScope, type Scope, unscopedStart, within } from './scope.ts';

interface Options {
  /** For error messages, e.g. `templates/redis.conf.hbs`. */
  name: string;
  /** Objects whose keys are not known beforehand: asking one for a key that is not there gives null. */
  openBags: WeakSet<object>;
}

/** Evaluates a parsed template over plain data. Nothing is called, compiled or looked up on a prototype. */
export class Evaluator {
  readonly #root: unknown;
  readonly #options: Options;
  #steps = 0;
  #characters = 0;
  #output: string[] = [];

  constructor(root: unknown, options: Options) {
    this.#root = root;
    this.#options = options;
  }

  /** @throws TemplateError at the first name that does not exist, helper that cannot work, or bound that is passed. */
  run(program: Program): string {
    this.#output = [];
    this.#body(bodyOf(program), rootScope(this.#root));
    return this.#output.join('');
  }

  #fail(loc: Location, reason: string): never {
    throw errorAt(loc, reason, this.#options.name);
  }

  #write(text: string, loc: Location): void {
    this.#characters += text.length;
    if (this.#characters > outputCharactersMax)
      this.#fail(loc, `renders to more than ${outputCharactersMax} characters`);
    this.#output.push(text);
  }

  #body(statements: readonly Statement[], scope: Scope<unknown>): void {
    for (const statement of statements) this.#statement(statement, scope);
  }

  #count(loc: Location): void {
    this.#steps += 1;
    if (this.#steps > stepsMax) this.#fail(loc, `takes more than ${stepsMax} steps to render`);
  }

  #statement(statement: Statement, scope: Scope<unknown>): void {
    this.#count(statement.loc);
    switch (statement.type) {
      case 'ContentStatement':
        return this.#write(statement.value, statement.loc);
      case 'CommentStatement':
        return;
      case 'MustacheStatement': {
        const value = this.#call(statement, scope, false);
        const shown = callPath(statement.path)?.original ?? '';
        return this.#write(
          this.#guarded(statement.loc, () => textOf(value), shown),
          statement.loc,
        );
      }
      case 'BlockStatement':
        return this.#block(statement, scope);
      case 'PartialStatement':
      case 'PartialBlockStatement':
      case 'Decorator':
      case 'DecoratorBlock':
        return this.#fail(statement.loc, unsupportedParts);
    }
  }

  #guarded<T>(loc: Location, work: () => T, subject = ''): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HelperFault)) throw error;
      return this.#fail(loc, subject === '' ? error.message : `"${subject}" ${error.message}`);
    }
  }

  #expression(expression: Expression, scope: Scope<unknown>, asks: boolean): unknown {
    switch (expression.type) {
      case 'StringLiteral':
      case 'NumberLiteral':
      case 'BooleanLiteral':
        return expression.value;
      case 'NullLiteral':
      case 'UndefinedLiteral':
        return null;
      case 'PathExpression':
        return this.#path(expression, scope, asks);
      case 'SubExpression':
        return this.#call(expression, scope, asks);
    }
  }

  /** A mustache or subexpression: a helper where its name is one, else a name of the context. */
  #call(call: Call & { type: string }, scope: Scope<unknown>, asks: boolean): unknown {
    const fault = callFault(call, scope);
    if (fault !== null) this.#fail(call.loc, fault);
    const word = bareWord(call.path);
    const isName = word === null || paramOf(scope, word) !== null;
    if (!isName && word === 'lookup') return this.#lookup(call, scope, asks);
    const helper = isName ? undefined : helperOf(word);
    if (helper === undefined) {
      const path = callPath(call.path);
      return path === null ? null : this.#path(path, scope, asks);
    }
    const args = call.params.map((param) => this.#expression(param, scope, helper.asks));
    return this.#guarded(call.loc, () => helper.run(args));
  }

  #lookup(call: Call, scope: Scope<unknown>, asks: boolean): unknown {
    const [target, key] = call.params.map((param) => this.#expression(param, scope, asks));
    const part = this.#guarded(call.loc, () => textOf(key));
    return this.#step(target, part, { path: part, loc: call.loc, asks, root: [] });
  }

  #path(path: PathExpression, scope: Scope<unknown>, asks: boolean): unknown {
    const [start, parts] = this.#start(path, scope);
    const rootNames = isObject(this.#root) && scope.contexts[0] !== this.#root ? Object.keys(this.#root) : [];
    let value = start;
    parts.forEach((part, index) => {
      const root = index === 0 && !path.data && path.depth === 0 ? rootNames : [];
      value = this.#step(value, part, { path: path.original, loc: path.loc, asks, root });
    });
    return value ?? null;
  }

  /** Where a path begins, and what is left of it from there. */
  #start(path: PathExpression, scope: Scope<unknown>): [unknown, readonly string[]] {
    const [first = '', ...rest] = path.parts;
    if (path.data) {
      if (first === 'root') return [this.#root, rest];
      const loop = loopDataAt(scope, path.depth);
      if (loop === null || !loopData.includes(first)) this.#fail(path.loc, noSuchData(path.original));
      return [loop, path.parts];
    }
    const word = unscopedStart(path);
    const param = word === null ? null : paramOf(scope, word);
    if (param !== null) return [param.value, rest];
    if (path.depth >= scope.contexts.length) this.#fail(path.loc, noSuchLevel(path.original));
    return [scope.contexts[path.depth], path.parts];
  }

  #step(
    value: unknown,
    part: string,
    at: { path: string; loc: Location; asks: boolean; root: readonly string[] },
  ): unknown {
    if (value === null || value === undefined) {
      if (at.asks) return null;
      return this.#fail(
        at.loc,
        `"${at.path}": there is nothing to take "${part}" from, it is null: ask first with {{#if …}}`,
      );
    }
    const step = stepInto(value, part);
    if (step.found) return step.value;
    if (at.asks && typeof value === 'object' && this.#options.openBags.has(value)) return null;
    const known = isObject(value) ? Object.keys(value) : [];
    return this.#fail(at.loc, unknownName({ path: at.path, part, known, root: at.root }));
  }

  #block(block: BlockStatement, scope: Scope<unknown>): void {
    const fault = blockFault(block, scope);
    if (fault !== null) this.#fail(block.loc, fault);
    const word = bareWord(block.path);
    const subject = block.params[0];
    if (subject === undefined || word === null) {
      const path = callPath(block.path);
      return this.#section(block, path === null ? null : this.#path(path, scope, true), scope);
    }
    const value = this.#expression(subject, scope, true);
    if (word === 'each') return this.#each(block, value, scope);
    if (word === 'with') {
      const taken = value === 0 || isTrue(value);
      return taken ? this.#enter(block, value, scope, [value]) : this.#body(bodyOf(block.inverse), scope);
    }
    const zero = block.hash?.pairs.some((pair) => this.#expression(pair.value, scope, true) === true) ?? false;
    const holds = isTrue(value) || (zero && value === 0);
    this.#body(bodyOf(holds === (word === 'if') ? block.program : block.inverse), scope);
  }

  /** `{{#name}}…{{/name}}`: a list repeats, an object becomes the context, true and false choose. */
  #section(block: BlockStatement, value: unknown, scope: Scope<unknown>): void {
    if (value === true) return this.#body(bodyOf(block.program), scope);
    if (value === false || value === null) return this.#body(bodyOf(block.inverse), scope);
    if (Array.isArray(value)) return this.#each(block, value, scope);
    this.#enter(block, value, scope, []);
  }

  #each(block: BlockStatement, value: unknown, scope: Scope<unknown>): void {
    if (value !== null && typeof value !== 'object') {
      this.#fail(block.loc, '#each takes a list or an object, not a plain value');
    }
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : Object.entries(value ?? {});
    if (entries.length === 0) return this.#body(bodyOf(block.inverse), scope);
    entries.forEach(([key, item], index) => {
      this.#count(block.loc);
      const values = { key, index, first: index === 0, last: index === entries.length - 1 };
      const frame = { values, parent: scope.frame };
      this.#enter(block, item, { ...scope, frame }, [item, key]);
    });
  }

  #enter(block: BlockStatement, context: unknown, scope: Scope<unknown>, params: readonly unknown[]): void {
    this.#body(bodyOf(block.program), within(scope, context, block, params));
  }
}
