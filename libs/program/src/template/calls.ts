import { bareWord, type BlockStatement, blockParamsOf, type Call } from './ast.ts';
import { didYouMean } from '../problem/index.ts';
import { arityFault, blockNames, callableNames, helperOf } from './helpers.ts';
import { callPath, paramOf, type Scope } from './scope.ts';

/**
 * Why `{{name …}}` or `(name …)` cannot be carried out whatever the values are; null: it can. The rules are the same when
 * a package is checked and when it is rendered.
 */
export function callFault(call: Call & { type: string }, scope: Scope<unknown>): string | null {
  const hasArguments = call.params.length > 0 || call.hash !== undefined || call.type === 'SubExpression';
  const word = bareWord(call.path);
  const isParam = word !== null && paramOf(scope, word) !== null;
  const helper = word === null || isParam ? undefined : helperOf(word);
  if (word === 'lookup' && !isParam) return arityFault(word, call.params.length, 2, 2) ?? hashFault(call, []);
  if (helper !== undefined && word !== null) {
    return arityFault(word, call.params.length, helper.min, helper.max) ?? hashFault(call, []);
  }
  if (!hasArguments) return callPath(call.path) === null ? 'names nothing' : null;
  const name = word ?? callPath(call.path)?.original ?? '(…)';
  if (blockNames.includes(name)) return `${name} is a block: write {{#${name} …}} … {{/${name}}}`;
  return `unknown helper "${name}"${didYouMean(name, callableNames)}`;
}

/** The same for `{{#name …}}`. */
export function blockFault(block: BlockStatement, scope: Scope<unknown>): string | null {
  const word = bareWord(block.path);
  const isParam = word !== null && paramOf(scope, word) !== null;
  const names = blockParamsOf(block);
  if (word !== null && !isParam && blockNames.includes(word)) {
    const namesMax = word === 'each' ? 2 : word === 'with' ? 1 : 0;
    if (names.length > namesMax) return `#${word} gives at most ${namesMax} block parameters, not ${names.length}`;
    const hashKeys = word === 'if' || word === 'unless' ? ['includeZero'] : [];
    return arityFault(`#${word}`, block.params.length, 1, 1) ?? hashFault(block, hashKeys);
  }
  if (word !== null && !isParam && callableNames.includes(word)) {
    return `${word} is no block: write {{#if (${word} …)}} … {{/if}}`;
  }
  if (block.params.length > 0 || block.hash !== undefined) {
    const name = callPath(block.path)?.original ?? '(…)';
    return `unknown block helper "${name}"${didYouMean(name, blockNames)}`;
  }
  if (callPath(block.path) === null) return 'names nothing';
  return names.length > 0 ? 'block parameters need #each or #with' : null;
}

function hashFault(call: Call, allowed: readonly string[]): string | null {
  const unknown = call.hash?.pairs.find((pair) => !allowed.includes(pair.key));
  return unknown === undefined ? null : `unknown argument "${unknown.key}="${didYouMean(unknown.key, allowed)}`;
}
