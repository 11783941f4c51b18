/** `{{{{raw`, `{{#block`, `{{^inverse`, `{{else if`, `{{/block`, the end of a tag, and brackets. */
const marks = /\{\{\{\{~?\/?|\{\{~?[#^](?!~?\}\})|\{\{~?\s*else\s+(?=[^\s~}])|\{\{~?\/|\{\{|\}\}|[()]/g;

/**
 * How deep blocks and brackets stand in one another, roughly: text that only looks like a block (in a comment, in a
 * string) counts too. The grammar's time grows with the square of the depth, so this is asked before it is used.
 */
export function nestingOf(text: string): number {
  const open: number[] = [];
  let depth = 0;
  let deepest = 0;
  let brackets = 0;
  let inTag = false;
  for (const [mark] of text.matchAll(marks)) {
    if (mark === '}}') {
      inTag = false;
      brackets = 0;
    } else if (mark === '(' || mark === ')') {
      if (inTag) brackets += mark === '(' ? 1 : -1;
    } else {
      inTag = true;
      if (mark.endsWith('/')) depth -= open.pop() ?? 0;
      else if (mark.includes('else')) {
        const above = open.pop();
        if (above !== undefined) open.push(above + 1);
        depth += 1;
      } else if (mark !== '{{') {
        open.push(1);
        depth += 1;
      }
    }
    deepest = Math.max(deepest, depth + brackets);
  }
  return deepest;
}
