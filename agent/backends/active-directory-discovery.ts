import type { Logger } from '../../shared/log.ts'
import type { Dns } from './ldap-dns.ts'

/**
 * The domain controllers that DNS knows ([MS-ADTS] 6.3.2.3): those of the site first, which are
 * near, then all others.
 * @returns URLs without repetition; rejects if DNS does not answer
 */
export async function findControllers(
  dns: Dns,
  { domain, site, startTls }: { domain: string; site?: string; startTls: boolean },
): Promise<readonly string[]> {
  const names = [`_ldap._tcp.${domain}`]
  if (site !== undefined) names.unshift(`_ldap._tcp.${site}._sites.${domain}`)
  const looked = await Promise.allSettled(names.map((name) => dns.services(name)))
  const found = looked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const [failed] = looked.filter((one) => one.status === 'rejected')
  if (found.length === 0 && failed !== undefined) throw failed.reason
  // The port in DNS is that of ldap://; ldaps:// has its own, which DNS does not tell.
  const urls = found.map(({ host, port }) =>
    startTls ? `ldap://${host}:${port}` : `ldaps://${host}`,
  )
  return [...new Set(urls)]
}

/** Milliseconds. Controllers come and go with maintenance, and DNS itself remembers for ten minutes. */
const often = 5 * 60_000
const oftenWithoutAny = 5_000

/**
 * Looks for controllers now and from time to time. What was found is kept where DNS does not answer.
 * Resolves after the first look, whatever came of it.
 */
export async function keepDiscovering(
  find: () => Promise<readonly string[]>,
  { apply, log }: { apply: (urls: readonly string[]) => void; log: Logger },
): Promise<Disposable> {
  let known = ''
  let timer: NodeJS.Timeout | undefined
  let ended = false

  async function look(): Promise<void> {
    const urls = await find().catch((error: NodeJS.ErrnoException) => {
      log.warn({ detail: error.code }, 'DNS does not answer about domain controllers')
      return []
    })
    if (ended) return
    if (urls.length > 0 && urls.join() !== known) {
      known = urls.join()
      log.info({ directories: urls }, 'domain controllers found in DNS')
      apply(urls)
    } else if (known === '') log.warn({}, 'DNS knows no domain controllers')
    timer = setTimeout(() => void look(), known === '' ? oftenWithoutAny : often).unref()
  }

  await look()
  return {
    [Symbol.dispose]: () => {
      ended = true
      clearTimeout(timer)
    },
  }
}
