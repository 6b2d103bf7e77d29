/** The text is not HCL. `line` counts from 1. */
export class HclSyntaxError extends Error {
  override readonly name = 'HclSyntaxError'
  readonly line: number

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`)
    this.line = line
  }
}

interface Token {
  readonly kind: 'word' | 'string' | 'heredoc' | 'comment' | 'mark' | 'break'
  readonly text: string
  readonly line: number
}

const TOKENS: readonly (readonly [kind: Token['kind'] | 'blank', pattern: RegExp])[] = [
  ['blank', /[ \t\r]+/y],
  ['break', /\n/y],
  ['comment', /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\//y],
  ['heredoc', /<<-?(\w+)\r?\n[\s\S]*?\n[ \t]*\1(?=\s|$)/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['mark', /[={}[\],:]/y],
  ['word', /[\w.+-]+/y],
]

/**
 * Lays HCL out anew: two blanks a level, one around `=`, the `=` of neighbouring lines below each other, never two
 * empty lines. What stands on which line, and every comment, stays. Throws HclSyntaxError.
 */
export function formatHcl(text: string): string {
  const lines = linesOf(tokensOf(text))
  return `${aligned(lines.map(laidOut(lines))).join('\n')}\n`
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0, line = 1; at < text.length; ) {
    const [kind, found] = nextToken(text, at, line)
    if (kind !== 'blank') tokens.push({ kind, text: found, line })
    line += found.split('\n').length - 1
    at += found.length
  }
  return tokens
}

function nextToken(text: string, at: number, line: number): [Token['kind'] | 'blank', string] {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) return [kind, found[0]]
  }
  // Only the character is named: what follows it may be a secret that was put into the wrong file.
  throw new HclSyntaxError(line, `unexpected ${JSON.stringify(text[at])}`)
}

/** Tokens by line, without leading, trailing and doubled empty lines. */
function linesOf(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'break') lines.push([])
    else lines.at(-1)?.push(token)
  }
  const kept = lines.filter((line, at) => line.length > 0 || (lines[at - 1]?.length ?? 0) > 0)
  while (kept.at(-1)?.length === 0) kept.pop()
  return kept
}

interface Laid {
  readonly indent: string
  readonly text: string
  /** Where its `=` stands, if it is `name = …` on a line. */
  readonly equals: number
}

const CLOSER: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/** Lays out one line after the other, following the brackets that are open. */
function laidOut(lines: readonly (readonly Token[])[]): (line: readonly Token[], at: number) => Laid {
  const open: Token[] = []
  return (line, at) => {
    const before = open.length
    let lowest = before
    for (const token of line) {
      if (token.kind !== 'mark') continue
      if (token.text in CLOSER) open.push(token)
      else if (token.text === '}' || token.text === ']') {
        const opener = open.pop()
        if (opener === undefined || CLOSER[opener.text] !== token.text) {
          throw new HclSyntaxError(token.line, `unexpected ${token.text}`)
        }
        lowest = Math.min(lowest, open.length)
      }
    }
    const unclosed = at === lines.length - 1 ? open.at(-1) : undefined
    if (unclosed !== undefined) throw new HclSyntaxError(unclosed.line, `${unclosed.text} is not closed`)
    const startsClosing = line[0]?.text === '}' || line[0]?.text === ']'
    return layLine(line, startsClosing ? lowest : before)
  }
}

function layLine(line: readonly Token[], depth: number): Laid {
  const text = line.map((token, at) => `${gapBefore(token, line[at - 1])}${token.text}`).join('')
  // An attribute whose value goes on over further lines would push its neighbours apart.
  const last = line.findLast((token) => token.kind !== 'comment')
  const isAttribute = line[1]?.text === '=' && line[1].kind === 'mark' && !(last?.text === '{' || last?.text === '[')
  return { indent: line.length === 0 ? '' : '  '.repeat(depth), text, equals: isAttribute ? text.indexOf('=') : -1 }
}

function gapBefore(token: Token, previous: Token | undefined): string {
  if (previous === undefined) return ''
  const tight = token.text === ',' || token.text === ':' || token.text === ']' || previous.text === '['
  const bothMarks = token.text === '}' && previous.text === '{'
  return (tight && token.kind === 'mark') || (previous.text === '[' && previous.kind === 'mark') || bothMarks ? '' : ' '
}

/** Neighbouring attributes of one depth get their `=` below each other. */
function aligned(lines: readonly Laid[]): string[] {
  const out: string[] = []
  for (let at = 0; at < lines.length; ) {
    let end = at + 1
    while (isNeighbour(lines[at], lines[end])) end++
    const run = lines.slice(at, end)
    const column = Math.max(...run.map((line) => line.equals))
    for (const { indent, text, equals } of run) {
      out.push(indent + (equals < 0 ? text : text.slice(0, equals) + ' '.repeat(column - equals) + text.slice(equals)))
    }
    at = end
  }
  return out
}

function isNeighbour(first: Laid | undefined, next: Laid | undefined): boolean {
  if (first === undefined || next === undefined) return false
  return first.equals >= 0 && next.equals >= 0 && first.indent === next.indent
}
