import { beforeAll, beforeEach } from 'vitest'
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

/** What all tests of a file need: where this machine lacks a program of it they are skipped with the reason. */
export function beforeAllUnlessAbsent(prepare: () => Promise<void>): void {
  let absent = ''
  beforeAll(async () => {
    try {
      await prepare()
    } catch (error) {
      if (!(error instanceof Absent)) throw error
      absent = error.message
    }
  }, 300_000)
  beforeEach(({ skip }) => skip(absent !== '', absent))
}
