/** A longer word is no typing error of a name, and is not compared. */
const LONGEST = 40

/** `. Did you mean "get"?` for a word that is nearly one of `names`, with `prefix` before the name; else ''. */
export function suggestion(word: string, names: readonly string[], prefix = ''): string {
  if (word.length > LONGEST) return ''
  const most = Math.min(2, Math.floor(word.length / 2))
  let nearest: { readonly name: string; readonly edits: number } | undefined
  for (const name of names) {
    const edits = editsBetween(word, name)
    if (edits <= most && (nearest === undefined || edits < nearest.edits)) nearest = { name, edits }
  }
  return nearest === undefined ? '' : `. Did you mean "${prefix}${nearest.name}"?`
}

/** Letters to put in, take out, replace, or change with the next one (the distance of Damerau and Levenshtein, restricted). */
function editsBetween(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? at(beforeLast, j - 2) + 1
          : Number.POSITIVE_INFINITY
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1))
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
