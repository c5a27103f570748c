import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { Document, isMap, parseDocument, type YAMLMap } from 'yaml'
import type { EnrolmentRedis } from '../../shared/enrolment.ts'
import { Fault } from '../../shared/fault.ts'

/**
 * The settings file that an enrolment leaves behind. What somebody has written into it before stays,
 * with its comments and in its order; what only the provider knows is filled in.
 */
export interface EnrolledFacts {
  readonly name: string
  readonly issuer: string
  /** As typed; relative to where the command runs. */
  readonly issuerCaFile?: string
  /** Relative to the settings file, or absolute. */
  readonly identityDirectory: string
  readonly realms: readonly string[]
  readonly redis?: EnrolmentRedis
}

/** The directory, for those who have not written any settings yet. Files as typed. */
export interface DirectoryOptions {
  readonly ldapUrl?: readonly string[]
  readonly baseDn?: string
  readonly bindDn?: string
  readonly bindPasswordFile?: string
  readonly caFile?: string
}

/** Which options are still to be given where no file says what to ask; empty if none. */
export function missingOptions(given: DirectoryOptions): readonly string[] {
  const { ldapUrl = [], baseDn, bindDn, bindPasswordFile } = given
  return [
    ...(ldapUrl.length === 0 ? ['--ldap-url'] : []),
    ...(baseDn === undefined ? ['--base-dn'] : []),
    ...(bindDn === undefined ? ['--bind-dn'] : []),
    ...(bindPasswordFile === undefined ? ['--bind-password-file'] : []),
  ]
}

/** What matters of settings that are there already. */
export function statedIn(text: string): { hasRealms: boolean; identityDirectory?: string } {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) return { hasRealms: false }
  const folder: unknown = contents.get('identityDirectory')
  const hasRealms = contents.has('realms')
  return { hasRealms, ...(typeof folder === 'string' && { identityDirectory: folder }) }
}

/**
 * @param file where the text will stand, for the names of other files in it
 * @param text what stands there now
 * @param directory used where no realms stand there
 */
export function settingsText(
  file: string,
  text: string | undefined,
  facts: EnrolledFacts,
  directory: DirectoryOptions,
): string {
  const document = text === undefined ? newDocument() : parseDocument(text)
  const { contents } = document
  if (contents !== null && !isMap(contents)) {
    throw new Fault('settings', `${file}: must hold settings, as in name: value`)
  }
  if (contents === null) document.contents = document.createNode({}) as never
  document.set('name', facts.name)
  document.set('issuer', facts.issuer)
  if (facts.issuerCaFile !== undefined) {
    document.set('issuerCaFile', besideFile(file, facts.issuerCaFile))
  }
  document.set('identityDirectory', facts.identityDirectory)
  if (facts.redis) setRedis(document, facts.redis, facts.identityDirectory)
  if (!document.has('realms')) {
    document.set('realms', document.createNode(realms(file, facts.realms, directory)))
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

const opening = ` Settings of this agent, begun by \`postern agent enrol\`; everything that can be set
 is in docs/reference/settings.md. \`postern check FILE\` finds mistakes.`

function newDocument(): Document {
  const document = new Document({})
  document.commentBefore = opening
  return document
}

function setRedis(document: Document, redis: EnrolmentRedis, folder: string): void {
  if (!isMap(document.get('redis'))) document.set('redis', document.createNode({}))
  const map = document.get('redis') as YAMLMap
  const { url, sentinel, cluster, keyPrefix, username, password, ca } = redis
  for (const [name, value] of Object.entries({ url, sentinel, cluster })) {
    if (value === undefined) map.delete(name)
    else map.set(name, name === 'url' ? value : document.createNode(value))
  }
  if (username !== undefined) map.set('username', username)
  if (password !== undefined) {
    map.delete('passwordEnv')
    map.set('passwordFile', join(folder, 'redis.password'))
  }
  if (ca !== undefined && !map.has('caFile')) map.set('caFile', join(folder, 'redis-ca.pem'))
  map.set('keyPrefix', keyPrefix)
}

function realms(file: string, names: readonly string[], directory: DirectoryOptions): object[] {
  const { ldapUrl = [], baseDn, bindDn, bindPasswordFile = '', caFile } = directory
  const backend = {
    type: 'ldap',
    urls: [...ldapUrl],
    ...(caFile !== undefined && { caFile: besideFile(file, caFile) }),
    bindDn,
    bindPasswordFile: besideFile(file, bindPasswordFile),
    baseDn,
  }
  return names.map((name) => ({ name, backend: { ...backend, urls: [...ldapUrl] } }))
}

/** A name relative to where the command runs, as the settings file has to say it. */
function besideFile(file: string, name: string): string {
  const whole = resolve(name)
  const near = relative(dirname(resolve(file)), whole)
  return near.startsWith('..') || isAbsolute(near) ? whole : near
}
