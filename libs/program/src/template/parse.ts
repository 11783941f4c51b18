import handlebars from 'handlebars/dist/cjs/handlebars/compiler/base.js';
import { LRUCache } from 'lru-cache';
import { messageOf } from '../fault.ts';
import type { Program } from './ast.ts';
import { TemplateError } from './error.ts';
import { nestingMax, templateCharactersMax } from './limits.ts';
import { nestingOf } from './nesting.ts';

/** Parsed texts, the last used: an agent renders the same few at each step, hook and check. */
const parsed = new LRUCache<string, Program>({
  max: 64,
  // Characters of text; a tree takes some twenty times as much.
  maxSize: 64 * 1024,
  sizeCalculation: (_, text) => text.length + 1,
});

/**
 * Parses Handlebars text; the result is not to be changed. Only the parser of Handlebars is used, not its compiler: that one
 * generates JavaScript, lets unknown names in arguments and block parameters pass as empty, and finds `constructor` and the like.
 *
 * @throws TemplateError where the text is no template or longer than 128 Ki characters, or nested more than 64 deep.
 */
export function parseTemplate(text: string, name: string): Program {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (text.length > templateCharactersMax) {
    throw new TemplateError(`is longer than ${templateCharactersMax} characters`, 1, 1, name);
  }
  if (nestingOf(text) > nestingMax) {
    throw new TemplateError(`nests blocks or brackets more than ${nestingMax} deep`, 1, 1, name);
  }
  try {
    const program: Program = handlebars.parse(text);
    parsed.set(text, program);
    return program;
  } catch (error) {
    throw syntaxError(error, name);
  }
}

function syntaxError(error: unknown, name: string): TemplateError {
  const message = messageOf(error);
  // Handlebars' exceptions end in " - line:column"; its parser's say "on line N:", then the excerpt, then what it expected.
  const exception = / - (\d+):(\d+)$/.exec(message);
  if (exception !== null) {
    return new TemplateError(message.slice(0, exception.index), Number(exception[1]), Number(exception[2]) + 1, name);
  }
  const grammar = /^(Parse|Lexical) error on line (\d+)[:.]/.exec(message);
  if (grammar === null) return new TemplateError(`does not compile: ${message}`, 1, 1, name);
  const [, excerpt = '', marker = ''] = message.split('\n');
  const expects = message.split('\n').find((row) => row.startsWith('Expecting'));
  const index = expects?.includes("got 'NUMBER'") === true ? ' (an index is written .[0])' : '';
  const before = excerpt.slice(Math.max(0, marker.indexOf('^') - 30)).trim();
  const reason = `does not compile near "${before}"${expects === undefined ? '' : `: ${readableTokens(expects)}${index}`}`;
  return new TemplateError(reason, Number(grammar[2]), 1, name);
}

const tokens: Readonly<Record<string, string>> = {
  CLOSE: '}}',
  CLOSE_UNESCAPED: '}}}',
  CLOSE_SEXPR: ')',
  OPEN_SEXPR: '(',
  OPEN_ENDBLOCK: '{{/…}}',
  INVERSE: '{{else}}',
  ID: 'a name',
  DATA: '@',
  STRING: 'a string',
  NUMBER: 'a number',
  BOOLEAN: 'true or false',
  EOF: 'the end',
  SEP: '/ or .',
};

/** "Expecting 'ID', 'STRING', got 'INVALID'" in the words of someone who writes templates. */
function readableTokens(expects: string): string {
  const [wanted = '', got = ''] = expects.replace(/^Expecting /, '').split(', got ');
  const names = wanted
    .split(', ')
    .map((token) => tokens[token.replaceAll("'", '')])
    .filter((token) => token !== undefined);
  const found = got.replaceAll("'", '');
  return `expected ${[...new Set(names)].join(', ')}${found === '' ? '' : `, found ${tokens[found] ?? found.toLowerCase()}`}`;
}
