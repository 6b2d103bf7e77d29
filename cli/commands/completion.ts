import { type Command, command, type Entry, type Group } from '../command.ts'
import { misuse } from '../failure.ts'
import { sharedFlags } from '../flags.ts'
import { printLine } from '../terminal.ts'

/** The command over the catalog it is itself an entry of. */
export const completionOf = (catalog: Group): Command =>
  command({
    usage: 'bash | zsh | fish',
    description:
      'Prints a script that completes commands and flags:\n\n' +
      '    source <(egide completion bash)               in ~/.bashrc\n' +
      '    source <(egide completion zsh)                in ~/.zshrc\n' +
      '    egide completion fish | source                in ~/.config/fish/config.fish',
    args: [1, 1],
    words: Object.keys(SCRIPTS),
    network: false,
    flags: {},
    async run({ args: [shell = ''] }) {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined
      if (script === undefined) throw misuse(`Unknown shell: ${shell}. Known are: ${Object.keys(SCRIPTS).join(', ')}`)
      printLine(script(await wordsByCommand([], catalog)))
      return 0
    },
  })

/** What may follow each command: the names below it, or its words and flags. The key is its words, `kv get`. */
type Words = readonly (readonly [command: string, words: readonly string[]])[]

async function wordsByCommand(path: readonly string[], entry: Entry): Promise<Words> {
  if ('runArgs' in entry) return [[path.join(' '), []]]
  if ('load' in entry) return [[path.join(' '), wordsOf(await entry.load())]]
  const below = await Promise.all(
    Object.entries(entry.commands).map(([name, next]) => wordsByCommand([...path, name], next)),
  )
  return [[path.join(' '), Object.keys(entry.commands)], ...below.flat()]
}

function wordsOf(target: Command): string[] {
  const shared = sharedFlags(target.network ?? true, target.output ?? 'plain')
  const flags = Object.keys({ ...target.flags, ...shared.output, ...shared.http }).map((name) => `-${name}`)
  return [...(target.words ?? []), ...flags]
}

/** The shells differ in how they pass words; all three look them up in this one table. */
function posixCase(words: Words): string {
  return words.map(([name, following]) => `    '${name}') printf '%s\\n' ${following.join(' ')} ;;`).join('\n')
}

const SCRIPTS: Readonly<Record<string, (words: Words) => string>> = {
  bash: (words) => `${posixLookup(words)}
_egide() {
  local cur="\${COMP_WORDS[COMP_CWORD]}"
  local candidates
  candidates="$(_egide_words "\${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  # Where no command follows, flags would hide the files.
  [[ $cur == -* || $candidates != -* ]] || candidates=''
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
}
complete -o default -F _egide egide`,

  zsh: (words) => `${posixLookup(words)}
_egide() {
  local -a candidates
  candidates=("\${(@f)$(_egide_words "\${(@)words[2,CURRENT-1]}")}")
  # Where no command follows, flags would hide the files.
  [[ $words[CURRENT] == -* || $candidates[1] != -* ]] || candidates=()
  compadd -- $candidates
  _files
}
compdef _egide egide`,

  fish: (words) => `function __egide_words
    set -l path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        set -l longer (string join ' ' $path $word)
        contains -- $longer $__egide_commands; and set path $longer
    end
    switch "$path"
${words.map(([name, following]) => `        case '${name}'\n            printf '%s\\n' ${following.join(' ')}`).join('\n')}
    end
end
set -g __egide_commands ${words.flatMap(([name]) => (name === '' ? [] : [`'${name}'`])).join(' ')}
complete -c egide -a '(__egide_words)'`,
}

/** Follows the typed words as far as they name commands; flags and arguments among them are passed over. */
function posixLookup(words: Words): string {
  return `_egide_words() {
  local path='' word longer
  for word in "$@"; do
    longer="\${path:+$path }$word"
    case "$longer" in
    ${words.flatMap(([name]) => (name === '' ? [] : [`'${name}'`])).join('|')}) path="$longer" ;;
    esac
  done
  case "$path" in
${posixCase(words)}
  esac
}`
}
