import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { catalog } from '../../cli/catalog.ts'
import type { Entry } from '../../cli/command.ts'
import { sharedFlags } from '../../cli/flags.ts'
import { parse } from '../../cli/parse.ts'
import { Shell } from './shell.ts'

const shell = new Shell({})
afterAll(() => shell.remove())

/** Every command with its words, and every group. */
function entries(entry: Entry, words: readonly string[]): { words: readonly string[]; entry: Entry }[] {
  const below =
    'commands' in entry ? Object.entries(entry.commands).flatMap(([name, next]) => entries(next, [...words, name])) : []
  return [{ words, entry }, ...below]
}
const all = entries(catalog, [])
const leaves = all.flatMap(({ words, entry }) =>
  'load' in entry ? [{ words: words.join(' '), load: entry.load }] : [],
)

test('there are all of the commands that Vault has for what this server does', () => {
  const words = new Set(leaves.map((leaf) => leaf.words))
  const verbs = 'status login read write list scan delete patch unwrap path-help monitor version server'.split(' ')
  const operator = ['init', 'unseal', 'seal', 'rekey', 'rotate', 'generate-root', 'key-status']
  const needed = [...verbs, ...operator.map((name) => `operator ${name}`), 'print token']
  expect(needed.filter((name) => !words.has(name))).toEqual([])
})

describe('help', () => {
  test.each(leaves)('of $words tells its use and every flag, its own and the shared ones', async ({ words, load }) => {
    const command = await load()
    const shared = sharedFlags(command.network ?? true, command.output ?? 'plain')
    for (const asked of ['-help', '--help', '-h']) {
      const { help = '' } = parse(`egide ${words}`, command, ['argument', asked])
      expect(help).toContain(`Usage: egide ${words}`)
      for (const [name, { help: text }] of Object.entries({ ...command.flags, ...shared.http, ...shared.output })) {
        expect(help).toMatch(new RegExp(`^ +-${name}(=| |$)`, 'm'))
        expect(text).toMatch(/[.\]]$/)
      }
    }
  })

  test.each(leaves)(
    'of $words fits 80 columns: sentences are wrapped, examples stand as they are',
    async ({ words, load }) => {
      const command = await load()
      const { help = '' } = parse(`egide ${words}`, command, ['-help'])
      const lines = help.split('\n')
      expect(lines.filter((line) => line.length > 80)).toEqual([])
      const paragraphs = command.description.split('\n\n')
      const examples = paragraphs.filter((text) => text.startsWith('    '))
      for (const example of examples.flatMap((text) => text.split('\n'))) expect(lines).toContain(example)
      // A line break within a sentence would be kept, and stand amid those that wrapping makes.
      for (const text of paragraphs) if (!examples.includes(text)) expect(text).not.toContain('\n')
    },
  )

  test.each(leaves)('of $words is the only place that has a flag of its name', async ({ load }) => {
    const command = await load()
    const shared = sharedFlags(command.network ?? true, command.output ?? 'plain')
    const names = [command.flags, shared.http, shared.output].flatMap((flags) =>
      Object.entries(flags).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])]),
    )
    expect(new Set(names).size).toBe(names.length)
  })

  test('of a group lists what is below it; asked for it ends with 0, else with 1; only an unknown first word ends with 127', async () => {
    const [asked, inWords, bare, first, unknown, wrongFlag, leaf] = await Promise.all(
      ['kv -help', 'kv help', 'kv', 'nonesuch', 'kv nonesuch', 'status -nonesuch', 'kv get -h'].map((line) =>
        shell.run(line.split(' ')),
      ),
    )
    expect(asked?.code).toBe(0)
    expect(inWords).toEqual(asked)
    for (const name of ['get', 'put', 'metadata']) expect(asked?.stdout).toMatch(new RegExp(`^ +${name} +\\w`, 'm'))
    expect(bare).toMatchObject({ code: 1, stdout: '' })
    expect(first?.code).toBe(127)
    expect(unknown?.code).toBe(1)
    expect(unknown?.stderr).toContain('There is no command "kv nonesuch"')
    expect(wrongFlag).toMatchObject({
      code: 1,
      stderr: 'flag provided but not defined: -nonesuch\nSee: egide status -help\n',
    })
    expect(leaf).toMatchObject({ code: 0, stderr: '' })
  })

  test('of a command is given before its words too, and a group says how it is asked for', async () => {
    const [behind, before, between, group, auth] = await Promise.all(
      ['kv get -help', 'help kv get', 'kv help get', 'help kv', 'auth help userpass'].map((line) =>
        shell.run(line.split(' ')),
      ),
    )
    expect(behind).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: egide kv get') })
    expect(before).toEqual(behind)
    expect(between).toEqual(behind)
    expect(group).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"egide kv COMMAND -help" tells more of one.'),
    })
    expect(auth?.stdout).toContain('egide login -method=userpass')
  })
})

test('what is nearly a command or flag is told what it may have been meant for', async () => {
  const told = async (...args: string[]) => (await shell.run(args)).stderr.split('\n')[0]
  expect(await told('kv', 'gte')).toBe('There is no command "kv gte". Did you mean "get"?')
  expect(await told('statsu')).toBe('There is no command "statsu". Did you mean "status"?')
  expect(await told('kv', 'x')).toBe('There is no command "kv x".')
  expect((await shell.run(['statsu'])).stderr).toMatch(/"status"\?\nSee: egide -help\n$/)
  expect((await shell.run(['nonesuch'])).stderr).toContain('Commands:')
  expect(await told('operator', 'raft', 'list-peers')).toBe(
    'There is no command "operator raft". Servers share a database: "egide read sys/ha-status" tells which, "egide operator snapshot" saves and restores it.',
  )
  expect(await told('plugin', 'list')).toContain('"egide read sys/plugins/catalog" lists them.')
  expect(await told('kv', 'get', '-versoin=1', 'secret/x')).toBe(
    'flag provided but not defined: -versoin. Did you mean "-version"?',
  )
})

test('too few arguments: what the command takes', async () => {
  expect(await shell.run(['kv', 'get'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Not enough arguments (expected 1, got 0)\nUsage: egide kv get [options] KEY\n',
  })
})

test('the version, in every spelling', async () => {
  const said = await Promise.all(['version', '-v', '-version', '--version'].map((word) => shell.ok([word])))
  expect(new Set(said).size).toBe(1)
  expect(said[0]).toMatch(/^Egide v\d+\.\d+\.\d+\n$/)
})

describe('completion', () => {
  /** What the shell would offer behind `words`, the last of which is being typed. */
  const LOOKUP: Readonly<Record<string, (words: readonly string[]) => string>> = {
    bash: (words) => `source ./script; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}; _egide; printf '%s\\n' "\${COMPREPLY[@]}"`,
    // The rest of it needs a terminal: zsh is asked for the candidates alone.
    zsh: (words) => `compdef() { :; }; source ./script; _egide_words ${words.slice(1, -1).join(' ')}`,
    fish: (words) => `source ./script; complete -C '${words.join(' ')}'`,
  }

  for (const [name, lookup] of Object.entries(LOOKUP)) {
    test.skipIf(spawnSync(name, ['--version']).error !== undefined)(`in ${name}`, async () => {
      shell.file('script', await shell.ok(['completion', name]))
      const offered = async (...words: string[]) => {
        const ended = await shell.other(name, ['-c', lookup(words)])
        expect(ended.stderr).toBe('')
        return ended.stdout.split('\n').map((line) => line.split('\t')[0])
      }
      expect(await offered('egide', 'kv', 'm')).toContain('metadata')
      expect(await offered('egide', 'kv', 'metadata', '')).toEqual(
        expect.arrayContaining(['get', 'put', 'patch', 'delete']),
      )
      expect(await offered('egide', 'kv', 'get', '-')).toEqual(
        expect.arrayContaining(['-version', '-mount', '-format']),
      )
      expect(await offered('egide', 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
      // A file stands there.
      if (name === 'bash') expect(await offered('egide', 'policy', 'write', 'shop', '')).toEqual(['', ''])
    })
  }

  test('for a shell that is not known is refused', async () => {
    for (const name of ['tcsh', 'constructor'])
      expect(await shell.run(['completion', name])).toMatchObject({ code: 1, stdout: '' })
  })
})
