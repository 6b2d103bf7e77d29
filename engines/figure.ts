/** A number that metrics show of a mount. Names are of a closed set (server/observe/mount-figures.ts), without `egide_`. */
export interface Figure {
  readonly name: 'pki_stored_certificates' | 'pki_revoked_certificates'
  readonly value: number
}

/** `mount`: its path, relative to its namespace. */
export interface MountFigure extends Figure {
  readonly mount: string
}
