import { expect, test } from 'vitest'
import { fillPath, type Input, type Operation } from './operation.ts'

const pathOf = (verb: Operation['verb'], path: string, input: Input): string =>
  fillPath({ service: '', rpc: '', verb, path, safe: false, answers: 'data', shape: 'any' }, input).path

test.each<[Operation['verb'], string, Input, string]>([
  ['GET', '{mount}/data/{path=**}', { mount: 'kv/team', path: 'a/b' }, 'kv/team/data/a/b'],
  ['LIST', '{mount}/metadata/{path=**}', { mount: 'kv' }, 'kv/metadata/'],
  ['SCAN', '{mount}/metadata/{path=**}', { mount: 'kv', path: '' }, 'kv/metadata/'],
  ['POST', 'lock{/path=**}', {}, 'lock'],
  ['POST', 'lock{/path=**}', { path: '' }, 'lock'],
  ['POST', 'lock{/path=**}', { path: 'a/b' }, 'lock/a/b'],
])('%s of %s with %j is at %s', (verb, path, input, filled) => expect(pathOf(verb, path, input)).toBe(filled))

test.each<[Operation['verb'], string, Input, string]>([
  ['GET', 'sys/mounts/{path=**}', {}, 'path must be text'],
  ['GET', 'sys/mounts/{path=**}', { path: '' }, 'path must not be empty'],
  ['DELETE', '{mount}/data/{path=**}', { mount: 'kv', path: '' }, 'path must not be empty'],
  ['POST', '{mount}/keys/{name}', { mount: 'kv', name: '' }, 'name must not be empty'],
  ['POST', '{mount}/keys/{name}', { mount: 'kv', name: 'a/b' }, 'name must not hold a slash'],
  ['LIST', 'role/{name}/secret-id', { name: '' }, 'name must not be empty'],
])('%s of %s with %j is refused', (verb, path, input, words) => expect(() => pathOf(verb, path, input)).toThrow(words))
