import { type ScalarTag, stringify } from 'yaml'
import { isRawNumber, type JsonValue } from '../../sdk/json.ts'

/** Numbers that no double can carry are written digit for digit. */
const exactNumber: ScalarTag = {
  identify: isRawNumber,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  resolve: (text) => text,
  stringify: ({ value }) => (isRawNumber(value) ? value.rawJSON : String(value)),
}

/** YAML 1.1 quoting, because many readers still take `y` or `on` for a boolean. */
export function formatYaml(value: JsonValue): string {
  return stringify(value, {
    version: '1.1',
    indentSeq: false,
    lineWidth: 0,
    sortMapEntries: true,
    aliasDuplicateObjects: false,
    customTags: (tags) => [exactNumber, ...tags],
  }).trimEnd()
}
