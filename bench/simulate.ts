// What the model of a request's costs says of many nodes on one PostgreSQL: `bin/with-node node bench/simulate.ts`.
import { type Shape, simulate } from './simulation/cluster.ts'
import { MEASURED, SHARED } from './simulation/measured.ts'

/** A machine for each node, and a bigger one for the database, in one place. */
const APART = { processors: { node: 2, database: 16 }, roundTrip: 400 } as const
const MIXES = { reads: 0, 'a tenth writes': 10, writes: 100 } as const

function print(where: string, shape: Omit<Shape, 'writePercent'>): void {
  for (const [mix, writePercent] of Object.entries(MIXES)) {
    const { perSecond, p50Ms, p99Ms, databaseBusy, lockHeld, writesPerCommit } = simulate(MEASURED, {
      ...shape,
      writePercent,
    })
    const cells = [
      where.padEnd(20),
      `${shape.nodes}`.padStart(4),
      `${shape.clientsPerNode}`.padStart(4),
      mix.padEnd(14),
      perSecond.toFixed(0).padStart(8),
      p50Ms.toFixed(1).padStart(7),
      p99Ms.toFixed(1).padStart(7),
      databaseBusy.toFixed(1).padStart(6),
      `${(lockHeld * 100).toFixed(0)} %`.padStart(6),
      writesPerCommit.toFixed(1).padStart(6),
    ]
    process.stdout.write(`${cells.join('  ')}\n`)
  }
}

process.stdout.write(
  'machines            nodes  clients of each  mix  requests/s  p50 ms  p99 ms  processors of the database  lock held  writes a commit\n',
)
for (const nodes of [1, 2, 3]) print('one, 2 processors', { nodes, clientsPerNode: 16, ...SHARED })
for (const nodes of [1, 3, 10, 100]) print('apart, database 16', { nodes, clientsPerNode: 64, ...APART })
