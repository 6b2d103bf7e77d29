import type { MountFigure } from '../../../engines/figure.ts'
import type { LiveMount } from './router.ts'

/** What the engines tell metrics of their mounts. */
export async function figuresOf(mounts: readonly LiveMount[]): Promise<readonly MountFigure[]> {
  const found = mounts.map(async ({ entry, engine, context }) => {
    const figures = (await engine.figures?.(context)) ?? []
    return figures.map((figure) => ({ ...figure, mount: entry.path }))
  })
  return (await Promise.all(found)).flat()
}
