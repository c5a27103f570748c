import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { askWeb, type WebAnswer } from '../../shared/ask-web.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { openTunnel, type Proxy, type Server } from '../../shared/proxy.ts'
import type { AgentSettings } from '../settings.ts'
import type { KeyFiles } from './files.ts'
import { type Found, ok, problem } from './report.ts'

/** What the provider said to a request for its metadata, or why it said nothing. */
export type ProviderAnswer =
  | ({ readonly kind: 'answer' } & WebAnswer)
  | { readonly kind: 'silence'; readonly fault: Fault; readonly why: string }

/** Never rejects. OpenID Connect Discovery 1.0, section 4. */
export async function askProvider(
  { issuer }: AgentSettings,
  { issuerCa, proxy }: KeyFiles,
): Promise<ProviderAnswer> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  try {
    const how = { method: 'GET', proxy, ...(issuerCa !== undefined && { ca: issuerCa }) } as const
    return { kind: 'answer', ...(await askWeb(url, how)) }
  } catch (error) {
    const fault = asFault(error)
    const { cause } = fault
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    return { kind: 'silence', fault, why }
  }
}

/** Whether every host of the settings has an address; those behind a proxy are the proxy's to find. */
export async function checkDns(
  settings: AgentSettings,
  proxy: Proxy | undefined,
): Promise<Found<true>> {
  const all = [...hostsOf(settings)].filter(([, server]) => isIP(server.host) === 0)
  const own = all.filter(([, { isDirectory, ...server }]) => isDirectory || isDirect(proxy, server))
  const findings = await Promise.all(
    own.map(async ([, { host }]) => {
      try {
        const found = await lookup(host, { all: true })
        return ok(`is at ${found.map(({ address }) => address).join(', ')}`, host)
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        const advice = `is it spelt right, and do the DNS servers of this machine know it (getent hosts ${host})?`
        return problem(`has no address (${code})`, advice, host)
      }
    }),
  )
  const through = all.length - own.length
  const rest = through > 0 ? 'the proxy looks the others up' : 'there are no names to look up'
  return { value: true, findings: findings.length > 0 ? findings : [ok(rest)] }
}

/** The proxy of the settings or the environment: whether it lets us through to the provider. */
export async function checkProxy(
  { issuer }: AgentSettings,
  { proxy }: KeyFiles,
): Promise<Found<true>> {
  if (proxy === undefined) return { value: true, findings: [ok('none; everything is direct')] }
  const server = serverOf(issuer, 443)
  if (proxy.goesAround(server)) {
    return { value: true, findings: [ok('is not used for the provider', proxy.url)] }
  }
  try {
    const socket = await openTunnel(proxy, server, AbortSignal.timeout(5_000))
    socket.destroy()
    return { value: true, findings: [ok(`lets us through to ${server.host}`, proxy.url)] }
  } catch (error) {
    const advice = 'mend `proxy` in the settings or HTTPS_PROXY, or have the proxy allow this host'
    return { findings: [problem(asFault(error).message, advice)] }
  }
}

const tlsCodes = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|SSL|TLS/

/** Whether the provider can be connected to, and shows a certificate that will do. */
export async function checkTls(
  { issuer }: AgentSettings,
  answer: ProviderAnswer | undefined,
): Promise<Found<true>> {
  if (answer?.kind === 'answer') {
    const isTls = issuer.startsWith('https:')
    const says = isTls ? 'its certificate is trusted' : 'not encrypted, within this machine alone'
    return { value: true, findings: [ok(says, issuer)] }
  }
  const says = answer?.fault.message ?? 'the provider was not asked'
  const advice = tlsCodes.test(answer?.why ?? '')
    ? 'name the authority of its certificate in `issuerCaFile`; if something reads TLS on the way, have it let this through'
    : 'does the provider run, and does a firewall let this machine out to it?'
  return { findings: [problem(says, advice)] }
}

/** Whether who answers is the provider of the settings. */
export async function checkIssuer(
  { issuer }: AgentSettings,
  answer: ProviderAnswer | undefined,
): Promise<Found<true>> {
  if (answer?.kind !== 'answer') throw new Fault('internal', 'asked without an answer')
  const says = saidIssuer(answer)
  if (says === issuer) return { value: true, findings: [ok('answers as the issuer', issuer)] }
  const is = says === undefined ? `answers ${answer.status} and is no provider` : `is ${says}`
  const advice = "`issuer` must be as in the provider's settings, to the letter"
  return { findings: [problem(`what answers there ${is}`, advice, issuer)] }
}

function saidIssuer({ status, body }: WebAnswer): string | undefined {
  if (status !== 200) return undefined
  try {
    const said: unknown = JSON.parse(body)
    if (typeof said !== 'object' || said === null || !('issuer' in said)) return undefined
    return String(said.issuer).slice(0, 200)
  } catch {
    return undefined
  }
}

type Named = Server & { readonly isDirectory: boolean }

function hostsOf({ issuer, redis, realms }: AgentSettings): ReadonlyMap<string, Named> {
  const ofRedis = redis?.url ? [redis.url] : (redis?.sentinel?.hosts ?? redis?.cluster ?? [])
  const others = [serverOf(issuer, 443), ...ofRedis.map((url) => serverOf(url, 6_379))]
  const directories = realms.flatMap(({ backend }) =>
    'urls' in backend ? (backend.urls ?? []).map((url) => serverOf(url, 636)) : [],
  )
  const named = (servers: readonly Server[], isDirectory: boolean) =>
    servers.map((server): [string, Named] => [server.host, { ...server, isDirectory }])
  return new Map([...named(others, false), ...named(directories, true)])
}

function isDirect(proxy: Proxy | undefined, server: Server): boolean {
  return proxy === undefined || proxy.goesAround(server)
}

function serverOf(address: string, standardPort: number): Server {
  const { hostname, port } = new URL(address)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || standardPort }
}
