import { command } from '../../command.ts'
import { serialised } from '../../output/print.ts'
import { table } from '../../output/table.ts'
import { trimPath } from '../../path.ts'
import { printLine } from '../../terminal.ts'
import { readIssuer, relationOf } from './issuer.ts'

export const verifySign = command({
  usage: '[options] POSSIBLE-ISSUER POSSIBLE-ISSUED',
  description:
    'Says what speaks for one certificate having issued another: names, key ids, the signature, the chain, and trust. ' +
    'Both are whole paths, such as pki/issuer/default.',
  args: [2, 2],
  output: 'format',
  flags: {},
  async run({ args: [issuer = '', issued = ''], session }) {
    const [parent, child] = [trimPath(issuer), trimPath(issued)]
    const possible = await readIssuer(session.client, parent)
    const relation = relationOf(possible, await readIssuer(session.client, child), Date.now())
    if (session.format !== 'table') {
      printLine(await serialised(session.format, { ...relation }))
      return 0
    }
    printLine(`issuer:${parent}\nissued:${child}\n`)
    printLine(
      table(
        ['field', 'value'],
        Object.entries(relation).map(([name, value]) => [name, String(value)]),
      ),
    )
    return 0
  },
})
