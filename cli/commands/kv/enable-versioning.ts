import { command } from '../../command.ts'
import { remote } from '../../failure.ts'
import { mountPath, trimPath } from '../../path.ts'
import { printLine } from '../../terminal.ts'

export const enableVersioning = command({
  usage: '[options] MOUNT',
  description: 'Gives a store without versions versions. There is no way back.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const tuned = session.client.write(`sys/mounts/${trimPath(given)}/tune`, { options: { version: '2' } })
    await remote(`Error tuning secrets engine ${mountPath(given)}`, tuned)
    printLine(`Success! Tuned the secrets engine at: ${mountPath(given)}`)
    return 0
  },
})
