import { withControlsShown } from '../terminal.ts'

const GAP = '    '
const EMPTY = 'n/a'

/** Columns under a header and a line of dashes. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return columns([header, header.map((name) => '-'.repeat(widthOf(name))), ...rows])
}

/** Columns, each as wide as its widest cell; an empty cell reads `n/a`, and no line ends in blanks. */
export function columns(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(cellOf))
  const widths: number[] = []
  for (const row of cells) {
    // A cell in the last column pushes nothing aside, so its width does not matter.
    for (const [at, cell] of row.slice(0, -1).entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))
  }
  return cells.map((row) => row.map((cell, at) => padded(cell, row, at, widths)).join(GAP)).join('\n')
}

function padded(cell: string, row: readonly string[], at: number, widths: readonly number[]): string {
  return at === row.length - 1 ? cell : cell + ' '.repeat(Math.max((widths[at] ?? 0) - widthOf(cell), 0))
}

function cellOf(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' ? EMPTY : withControlsShown(trimmed)
}

function widthOf(text: string): number {
  return [...text].length
}

/** `== Title ==`, as wide as `width` where that leaves room. */
export function heading(title: string, width: number): string {
  const room = width - title.length - 2
  const signs = '='.repeat(Math.ceil((room > 0 ? room : 4) / 2))
  return `${signs} ${title} ${signs}`
}

/** Breaks a paragraph at blanks, so that no line is longer than 78 characters. */
export function wrapped(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= 78) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}
