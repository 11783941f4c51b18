import type { Command } from 'commander';
import type { Session } from './shared/session.ts';

/** Arguments whose values the platform knows: how they are listed. */
const listed: { readonly [argument: string]: string } = {
  group: 'group',
  service: 'service',
  unit: 'unit',
  machine: 'machine',
};

const nouns = [
  'pool',
  'machine',
  'package',
  'init-strategy',
  'ticket',
  'container',
  'group',
  'service',
  'deployment',
  'data',
];

const longOptions = (command: Command): string[] => command.options.map(({ long }) => long ?? '').filter(Boolean);

/** A `case` line for each command: the words that may follow it. */
const casesOf = (command: Command, path: readonly string[]): string[] => {
  const here = [...path, command.name()];
  const key = here.slice(1).join(' ');
  const words = [...command.commands.flatMap((child) => [child.name(), ...child.aliases()]), ...longOptions(command)];
  const [first] = command.registeredArguments;
  const noun = first === undefined ? undefined : (listed[first.name()] ?? ofNoun(first.name(), path.at(-1)));
  const names = noun === undefined ? '' : `; names=$(yiqiu ${noun} list -o name 2>/dev/null)`;
  return [
    `    ${JSON.stringify(key)}) words=${JSON.stringify(words.join(' '))}${names} ;;`,
    ...command.commands.flatMap((child) => casesOf(child, here)),
  ];
};

const ofNoun = (argument: string, noun: string | undefined): string | undefined =>
  (argument === 'name' || argument === 'id') && noun !== undefined && nouns.includes(noun) ? noun : undefined;

const script = (program: Command): string => `# yiqiu completion for bash:  source <(yiqiu completion)
_yiqiu() {
  local word path= words= names= at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case "$word" in -*) continue ;; esac
    case "\${path:+$path }$word" in
    ${casesNames(program).join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${casesOf(program, []).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words $names" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _yiqiu yiqiu
`;

const casesNames = (command: Command, path: readonly string[] = []): string[] =>
  command.commands.flatMap((child) => {
    const here = [...path, child.name()];
    return [JSON.stringify(here.join(' ')), ...casesNames(child, here)];
  });

/** `yiqiu completion` */
export const addCompletion = (program: Command, _session: Session): void => {
  program
    .command('completion')
    .description('for bash: source <(yiqiu completion)')
    .action(() => {
      process.stdout.write(script(program));
    });
};
