import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'

const LONGEST_FILE = 400
/** What people write, and what is made of it, is shorter; what is longer came by mistake. */
const LARGEST_FILE_BYTES = 1024 * 1024

/** What git has or would take: ignored folders are nobody's business. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(file))

const isGenerated = (file: string) => /^(proto|sdk)\/gen\//.test(file)
const isSource = (file: string) => /[.](ts|mjs|cjs|js)$/.test(file) && !isGenerated(file)
const isTest = (file: string) =>
  /[.](test|contract)[.]ts$|(^|\/)testing-[^/]+[.]ts$/.test(file) || file.startsWith('test/')
const sources = files.filter(isSource)

/** Lines of `among` that match, as `file:line: text`. */
function hits(pattern: RegExp, among: readonly string[]): string[] {
  return among.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  )
}

interface Rule {
  readonly pattern: RegExp
  readonly among: readonly string[]
}

const product = sources.filter((file) => /^(server|engines|crypto|storage|sdk)\//.test(file) && !isTest(file))
const text = files.filter(
  (file) => isSource(file) || /[.](md|json|ya?ml|sh|toml|txt|go|py)$|^bin\/|^[.]ci\//.test(file),
)
const notThisFile = (file: string) => file !== 'test/tidy.test.ts'
const notALock = (file: string) => !/package-lock[.]json$|[.]sum$/.test(file)

// Adapters to the outside are where real clocks, random bytes and the environment come in; all else is handed them. The
// SDK runs in other people's programs and is a door of its own.
const atTheDoor =
  /^(server\/main[.]ts|server\/boot\/|server\/config\/|server\/observe\/|crypto\/random[.]ts|storage\/(sqlite|postgres)\/|sdk\/)/
const inside = product.filter((file) => !atTheDoor.test(file))

const rules: Record<string, Rule> = {
  'no work is left as a note in the code': { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, among: text.filter(notThisFile) },
  'no path of one machine': {
    pattern: /\/(home|Users)\/[a-z]|\/work\/|\/tmp\/(?!egide)/,
    among: text.filter(notThisFile),
  },
  'no registry host in a lock': { pattern: /"resolved"|registry[.]/, among: files.filter((file) => !notALock(file)) },
  'time comes through the door': { pattern: /\bDate[.]now\b|new Date\(\)|performance[.]now\(/, among: inside },
  'randomness comes through the door': {
    pattern: /\bMath[.]random\b|\brandomBytes\b|\brandomUUID\b|\brandomInt\b|\brandomFillSync\b/,
    among: inside,
  },
  'the environment comes through the door': { pattern: /\bprocess[.]env\b/, among: inside },
  'no test is left alone or switched off': {
    pattern: /\b(test|it|describe)[.](only|todo)\b/,
    among: sources.filter(notThisFile),
  },
  'nothing is logged by console in the product': { pattern: /\bconsole[.]/, among: product },
  'no type check is switched off': { pattern: /@ts-(ignore|nocheck)/, among: sources.filter(notThisFile) },
}

for (const [name, { pattern, among }] of Object.entries(rules)) {
  test(name, () => expect(hits(pattern, among)).toEqual([]))
}

test('every file fits one reader', () => {
  const long = sources
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_FILE)
  expect(long).toEqual([])
})

test('there is no folder for what has no name', () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|[.]ts$)/.test(file))).toEqual([])
})

test('no file is a secret, a key or a database', () => {
  expect(files.filter((file) => /[.](pem|key|p12|pfx|db|sqlite|env)$/.test(file))).toEqual([])
})

test("no file is so large that it must be somebody else's", () => {
  expect(files.filter((file) => statSync(file).size > LARGEST_FILE_BYTES)).toEqual([])
})
