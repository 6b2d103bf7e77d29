import { count, invalid, text } from './members.ts'
import type { Asked, Data } from './operation.ts'

/** `Limit`, `Marker`, `NextMarker` and `Truncated`, as all lists of the API have them. */

const MARKER_MAX_CHARS = 1024

interface Bounds {
  readonly most: number
  readonly usual: number
}

/** Asks for one item more than is shown, to learn whether there is more. The marker is the name of the last one shown. */
export function pageAsked(input: Data, path: string, bounds: Bounds): Asked {
  return { operation: 'list', path, data: { after: markerOf(input), limit: limitOf(input, bounds) + 1 } }
}

/** The names that are shown of those that were asked for, and where the next page begins. */
export function pageShown(
  reply: Data,
  input: Data,
  bounds: Bounds,
): { readonly names: readonly string[]; readonly more: Data } {
  const keys = Array.isArray(reply.keys) ? reply.keys.map(String) : []
  const limit = limitOf(input, bounds)
  const names = keys.slice(0, limit)
  return { names, more: moreOf(keys.length > limit, names.at(-1)) }
}

/** A page of what is there as a whole; the marker is how many came before. */
export function pageOf<T>(
  all: readonly T[],
  input: Data,
  bounds: Bounds,
): { readonly shown: readonly T[]; readonly more: Data } {
  const marker = markerOf(input)
  if (!/^\d{0,6}$/.test(marker)) throw invalid('Marker is not one that was given')
  const end = Number(marker) + limitOf(input, bounds)
  return { shown: all.slice(Number(marker), end), more: moreOf(end < all.length, String(end)) }
}

function moreOf(isTruncated: boolean, marker: string | undefined): Data {
  return isTruncated ? { Truncated: true, NextMarker: marker } : { Truncated: false }
}

export const limitOf = (input: Data, bounds: Bounds): number => count(input, 'Limit', { least: 1, ...bounds })

export function markerOf(input: Data): string {
  const marker = text(input, 'Marker') ?? ''
  if (marker.length > MARKER_MAX_CHARS) throw invalid('Marker is not one that was given')
  return marker
}
