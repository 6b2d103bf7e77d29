import { invalid } from '../../../engines/errors.ts'
import { HclError, type ObjectNode } from '../../hcl/ast.ts'
import { parseDocument } from '../../hcl/parse.ts'
import { attributesOf, blocksOf, integerOf } from '../../hcl/read.ts'
import { checkQuorum, type Quorum } from '../../seal/seal-config.ts'

const LIMITS = { maxLength: 4096, maxDepth: 8 }
const SHARES = 'shares'
const THRESHOLD = 'threshold'

/**
 * What `seal` says of a new namespace, in HCL or JSON, as OpenBao takes it: `seal "shamir" { shares = 5, threshold = 3 }`.
 * Throws `invalid_request`. https://openbao.org/api-docs/system/namespaces
 */
export function quorumIn(document: string): Quorum {
  try {
    return quorumOf(parseDocument(document, LIMITS))
  } catch (error) {
    if (!(error instanceof HclError)) throw error
    throw invalid(`unable to parse seal config: ${error.message}`)
  }
}

function quorumOf(root: ObjectNode): Quorum {
  const [block, ...others] = blocksOf(root, 'seal', 1)
  if (block === undefined || others.length > 0 || attributesOf(root).size !== 1)
    throw invalid('seal config must contain exactly one seal stanza')
  if (block.labels[0]?.name !== 'shamir') throw invalid('namespaces currently only support shamir seals')
  const said = attributesOf(block.body)
  const unknown = [...said.keys()].find((name) => name !== SHARES && name !== THRESHOLD)
  if (unknown !== undefined) throw invalid(`invalid seal config: ${unknown} is unknown: shares and threshold there are`)
  const count = (name: string): number => {
    const item = said.get(name)
    return item === undefined ? 0 : integerOf(item.value, name)
  }
  const quorum = { shares: count(SHARES), threshold: count(THRESHOLD) }
  checkQuorum('seal', quorum, { mayBeNone: false })
  return quorum
}
