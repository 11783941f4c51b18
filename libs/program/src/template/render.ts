import type { UnitContext } from '@yiqiu/contracts';
import { isObject } from '../json.ts';
import { TemplateError } from './error.ts';
import { Evaluator } from './evaluate.ts';
import { parseTemplate } from './parse.ts';

/**
 * Renders Handlebars text without HTML escaping. A name that does not exist is an error, also as an argument and behind
 * a block parameter; null renders as nothing, an object not at all. A relation's data, labels and values inside config
 * objects are open: there `if`, `unless`, `with`, `each`, `default`, `and`, `or`, `not`, `eq` and `ne` may ask for a key
 * that is not there.
 *
 * @param name how errors call the template, e.g. `templates/redis.conf.hbs`
 * @throws TemplateError with line and column; also past 128 Ki characters of text, 4 Mi of output, 1,000,000 steps
 */
export function renderTemplate(text: string, context: UnitContext, name = 'template'): string {
  return new Evaluator(context, { name, openBags: openBagsOf(context) }).run(parseTemplate(text, name));
}

/**
 * Renders a command, one template per argument; nothing is split or joined, no shell is involved.
 *
 * @throws TemplateError also where the first one does not come out as an absolute path, or one holds a NUL
 */
export function renderArgv(argv: readonly string[], context: UnitContext, name = 'command'): string[] {
  const rendered = argv.map((text, index) => {
    const argument = renderTemplate(text, context, `${name}[${index}]`);
    if (argument.includes('\0')) throw new TemplateError('holds a NUL character', 1, 1, `${name}[${index}]`);
    return argument;
  });
  const [program = ''] = rendered;
  if (!program.startsWith('/')) throw new TemplateError(`"${program}" is no absolute path`, 1, 1, `${name}[0]`);
  return rendered;
}

/** Renders the values of `process.env`. */
export function renderEnvironment(
  env: Readonly<Record<string, string>>,
  context: UnitContext,
  name = 'process.env',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([key, text]) => [key, renderTemplate(text, context, `${name}.${key}`)]),
  );
}

/** What holds keys that nobody declared: every object below these is open as well. */
function openBagsOf(context: UnitContext): WeakSet<object> {
  const bags = new WeakSet<object>();
  const open = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(open);
    if (!isObject(value) || bags.has(value)) return;
    bags.add(value);
    Object.values(value).forEach(open);
  };
  open(context.machine.labels);
  Object.values(context.config).forEach(open);
  for (const relation of Object.values(context.relations)) {
    open(relation.service);
    open(relation.units);
  }
  return bags;
}
