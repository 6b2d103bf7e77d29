import { parseData } from '../../arguments.ts'
import { command } from '../../command.ts'
import { trimPath } from '../../path.ts'
import { makeIntermediate, NEW_INTERMEDIATE } from './new-intermediate.ts'
import { readTemplate, withChanges } from './template.ts'

export const issue = command({
  usage: '[options] PARENT CHILD-MOUNT KEY=VALUE...',
  description:
    'Makes an intermediate CA at CHILD-MOUNT that PARENT signs, a whole path such as pki/issuer/default. What it is like is ' +
    'given as to intermediate/generate and sign-intermediate: common_name=…, ttl=…, key_type=…',
  args: [3, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: NEW_INTERMEDIATE,
  async run({ args: [parent = '', mount = '', ...fields], flags, session }) {
    const data = await parseData(fields)
    const { type, issuer_name: name } = flags
    return makeIntermediate(session, { parent: trimPath(parent), mount: trimPath(mount), type, name, data })
  },
})

export const reissue = command({
  usage: '[options] PARENT TEMPLATE CHILD-MOUNT [KEY=VALUE...]',
  description:
    'Makes an intermediate CA at CHILD-MOUNT that PARENT signs, like the issuer TEMPLATE but for what is given. PARENT and ' +
    'TEMPLATE are whole paths. With -type=existing it gets the key of TEMPLATE, which CHILD-MOUNT has to have.',
  args: [3, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: NEW_INTERMEDIATE,
  async run({ args: [parent = '', template = '', mount = '', ...fields], flags, session }) {
    const changes = await parseData(fields)
    const { type, issuer_name: name } = flags
    const data = withChanges(await readTemplate(session.client, trimPath(template), type === 'existing'), changes)
    return makeIntermediate(session, { parent: trimPath(parent), mount: trimPath(mount), type, name, data })
  },
})
