import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in ticks of a hundredth of a second, on every processor we run on. */
const TICKS_PER_SECOND = 100
const MIB = 1024 * 1024

/** CPU time and memory of a process and its children, all threads. Zero where there is no /proc. */
export interface Usage {
  readonly cpuSeconds: number
  readonly residentMib: number
}

export function usageOf(pid: number): Usage {
  const family = familyOf(pid)
  return { cpuSeconds: cpuSecondsOf(family), residentMib: sum(family.map(residentOf)) }
}

/** CPU used since `before`; memory as it is now. */
export function usageSince(pid: number, before: Usage): Usage {
  const now = usageOf(pid)
  return { cpuSeconds: now.cpuSeconds - before.cpuSeconds, residentMib: now.residentMib }
}

/**
 * The process and all below it, as they are now. It looks at every process of the machine, for milliseconds: nothing for
 * while latency is measured.
 */
export function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of procEntries()) {
    const stat = statOf(name)
    if (stat !== undefined) parents.set(name, stat.parent)
  }
  const family = [pid]
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child)
  }
  return family
}

/** CPU that the processes `family` used so far. It reads one line for each. */
export const cpuSecondsOf = (family: readonly number[]): number =>
  sum(family.map((member) => statOf(member)?.cpuSeconds ?? 0))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function procEntries(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Fields as in proc(5), counted after the command name, which may itself hold spaces and brackets. */
function statOf(pid: number): { readonly parent: number; readonly cpuSeconds: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    return { parent, cpuSeconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_SECOND }
  } catch {
    return undefined
  }
}

function residentOf(pid: number): number {
  try {
    const pages = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    return (Number(/^Rss: *(\d+) kB/m.exec(pages)?.[1] ?? 0) * 1024) / MIB
  } catch {
    return 0
  }
}
