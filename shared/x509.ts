/**
 * The library for X.509 (RFC 5280), loaded when it is first needed: it takes a tenth of a second
 * and 20 MB, which a start need not wait for. It wants the decorators' metadata there before it.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
