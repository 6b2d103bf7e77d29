import { Absent } from './client-programs.ts'

/** A client program; skips the test with the reason where this machine has none. */
export async function unlessAbsent(prepare: () => Promise<string>, skip: (why: string) => void): Promise<string> {
  try {
    return await prepare()
  } catch (error) {
    if (error instanceof Absent) skip(error.message)
    throw error
  }
}
