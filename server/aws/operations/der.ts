/** The DER in a PEM block, in base64. */
export function derOf(pem: unknown): string {
  return String(pem).replaceAll(/-----[A-Z ]+-----|\s/g, '')
}
