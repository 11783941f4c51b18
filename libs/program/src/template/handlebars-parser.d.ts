/**
 * Handlebars' own parser (grammar and whitespace control) without its code generator and runtime. Handlebars publishes
 * no types for this file; the shape is the one that `ast.ts` uses, and `parse.spec.ts` compares it with the library.
 */
declare module 'handlebars/dist/cjs/handlebars/compiler/base.js' {
  import type { Program } from './ast.ts';
  const compiler: { parse(text: string): Program };
  export default compiler;
}
