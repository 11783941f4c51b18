/** The part of Handlebars' syntax tree that is used here, as a union that TypeScript can take apart. */

export interface Position {
  /** From 1. */
  line: number;
  /** From 0, as Handlebars counts. */
  column: number;
}

export interface Location {
  start: Position;
}

export interface Program {
  type: 'Program';
  body: Statement[];
  blockParams?: string[];
}

export type Statement =
  | { type: 'ContentStatement'; value: string; loc: Location }
  | { type: 'CommentStatement'; loc: Location }
  | MustacheStatement
  | BlockStatement
  | UnsupportedStatement;

export interface MustacheStatement extends Call {
  type: 'MustacheStatement';
}

export interface BlockStatement extends Call {
  type: 'BlockStatement';
  program?: Program;
  inverse?: Program;
}

export interface UnsupportedStatement {
  type: 'PartialStatement' | 'PartialBlockStatement' | 'Decorator' | 'DecoratorBlock';
  loc: Location;
}

/** What mustaches, blocks and subexpressions share: a name or helper with its arguments. */
export interface Call {
  path: Expression;
  params: Expression[];
  hash?: Hash;
  loc: Location;
}

export interface Hash {
  pairs: { key: string; value: Expression; loc: Location }[];
}

export type Expression = PathExpression | SubExpression | Literal;

export interface PathExpression {
  type: 'PathExpression';
  /** `@index` and the like. */
  data: boolean;
  /** How many `../` stand before it. */
  depth: number;
  parts: string[];
  original: string;
  loc: Location;
}

export interface SubExpression extends Call {
  type: 'SubExpression';
}

export type Literal =
  | { type: 'StringLiteral'; value: string; loc: Location }
  | { type: 'NumberLiteral'; value: number; loc: Location }
  | { type: 'BooleanLiteral'; value: boolean; loc: Location }
  | { type: 'NullLiteral'; loc: Location }
  | { type: 'UndefinedLiteral'; loc: Location };

/** `this`, `./x` and `../x` say where to look; only a bare word can be a helper or a block parameter. */
export function isScoped(path: PathExpression): boolean {
  return path.depth > 0 || /^\.|^this\b/.test(path.original);
}

/** A bare word such as `ip`: what may also name a helper. */
export function bareWord(path: Expression): string | null {
  if (path.type !== 'PathExpression' || path.data || path.parts.length !== 1 || isScoped(path)) return null;
  return path.parts[0] ?? null;
}

/** The statements of a block's part that may be absent. */
export function bodyOf(program: Program | undefined): Statement[] {
  return program?.body ?? [];
}

export function blockParamsOf(block: BlockStatement): string[] {
  return block.program?.blockParams ?? [];
}
