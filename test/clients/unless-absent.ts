import { Absent } from './client-programs.ts'

/** A client program; skips the test with the reason where this machine has none. */
export async function unlessAbsent<T>(prepare: () => Promise<T>, skip: (why: string) => void): Promise<T> {
  try {
    return await prepare()
  } catch (error) {
    if (error instanceof Absent) skip(error.message)
    throw error
  }
}
