import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'

const DESCRIPTION = 'How old a version may get before the key is rotated by itself; 0 never, else at least an hour.'

export const autoRotateField = (fallback: number) => field.duration({ default: fallback, description: DESCRIPTION })
export const changedAutoRotateField = field.duration({ description: DESCRIPTION })

const HOUR_SECONDS = 3600

export function checkRotationPeriod(seconds: number): number {
  if (seconds !== 0 && seconds < HOUR_SECONDS) {
    throw invalid('auto rotate period must be 0 to disable or at least an hour')
  }
  return seconds
}
