import { readStdin } from '../../terminal.ts'

/** A token given as an argument; `-` reads it from stdin, which keeps it out of process lists. */
export async function tokenArgument(given: string | undefined): Promise<string | undefined> {
  const token = given === '-' ? await readStdin() : given
  return token?.trim()
}
