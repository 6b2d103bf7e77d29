import { misuse } from '../../failure.ts'
import { askHidden, readStdin } from '../../terminal.ts'

/** Key shares: the one given, those on the lines of stdin (`-`), or one that is asked for and not shown. */
export async function sharesFrom(given: string | undefined, what: string, interactive: boolean): Promise<string[]> {
  if (given === '-') return linesOf(await readStdin())
  if (given !== undefined) return [given.trim()]
  if (!interactive)
    throw misuse('Refusing to ask for a key share with -non-interactive: give "-" to read it from stdin.')
  return [await askHidden(what)]
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const shares = lines.filter((line) => line !== '')
  if (shares.length === 0) throw misuse('There was no key share on stdin.')
  return shares
}
