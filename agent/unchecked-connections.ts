import { isLoopbackHost } from '../shared/loopback-host.ts'
import { type RedisSettings, usesTls } from '../shared/redis/settings.ts'
import { environmentVariable } from '../shared/settings/environment.ts'
import type { AgentSettings } from './settings.ts'

/**
 * The connections of an agent of which nobody checks where they lead: whoever stands between can
 * read or be the other end. Plain LDAP is named also on a loopback address, since what listens
 * there is most often the near end of a tunnel.
 * @returns what they lead to, for the log; empty if all is well
 */
export function uncheckedConnections(
  settings: Pick<AgentSettings, 'redis' | 'realms'>,
): readonly string[] {
  const directories = settings.realms.flatMap(({ backend }) => {
    if (backend.type !== 'ldap' || backend.startTls) return []
    return backend.urls.filter((url) => url.startsWith('ldap:'))
  })
  // Node's own switch: with it every certificate of every server passes.
  const isOff = environmentVariable('NODE_TLS_REJECT_UNAUTHORIZED') === '0'
  return [
    ...(isOff ? ['NODE_TLS_REJECT_UNAUTHORIZED=0'] : []),
    ...directories,
    ...(settings.redis === undefined ? [] : plainRedis(settings.redis)),
  ]
}

/** Addresses of a Redis that is reached over a network without TLS. */
function plainRedis(settings: RedisSettings): readonly string[] {
  if (usesTls(settings)) return []
  const { url, sentinel, cluster } = settings
  const addresses = url === undefined ? (sentinel?.hosts ?? cluster ?? []) : [url]
  return addresses.filter((address) => !isLoopbackHost(URL.parse(address)?.hostname ?? ''))
}
