/** A statement that is parsed once a connection, under its name. Rows come as arrays. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export type Row = readonly unknown[]
