import { FieldDescriptorProto_Label as Label, type FieldDescriptorProto_Type as Type } from '@bufbuild/protobuf/wkt'

/** Parts of the descriptors of messages that programs make. */

/** A field with one value; `typeName` of a message or enum, as '.package.Name'. */
export function singular(name: string, number: number, type: Type, typeName = '') {
  return { name, number, type, typeName, label: Label.OPTIONAL }
}

/** A field with any number of values. */
export function repeated(name: string, number: number, type: Type, typeName = '') {
  return { name, number, type, typeName, label: Label.REPEATED }
}
