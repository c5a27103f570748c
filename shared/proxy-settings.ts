import { resolve } from 'node:path'
import { z } from 'zod'
import { Fault } from './fault.ts'
import type { Proxy } from './proxy.ts'
import { exceptionsIn, goesAround, isOwnMachine } from './proxy-exceptions.ts'
import { environmentVariable } from './settings/environment.ts'
import { readSecretFile } from './settings/secret-file.ts'

/** How a settings file says which HTTP proxy to go through; the environment may say it as well. */
export interface ProxySettings {
  /** `http://proxy.corp.example:3128` */
  readonly url: string
  readonly username?: string
  /** Relative to the settings file. */
  readonly passwordFile?: string
  /** Servers that are reached without it, as in `NO_PROXY`. */
  readonly except: readonly string[]
}

const text = z.string().min(1)

export const proxySettings: z.ZodType<ProxySettings> = z
  .strictObject({
    url: z
      .string()
      .superRefine((address, context) => {
        const message = whyNotProxy(address)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      })
      .describe('The proxy, as in http://proxy.corp.example:3128.'),
    username: text.exactOptional().describe('For a proxy that asks who we are (Basic).'),
    passwordFile: text.exactOptional().describe('File that holds the password and nothing else.'),
    except: z
      .array(text)
      .default([])
      .describe('Servers reached without it: host names with all below them, networks, or *.'),
  })
  .superRefine(({ username, passwordFile }, context) => {
    if ((username === undefined) === (passwordFile === undefined)) return
    const [path, message] =
      username === undefined
        ? ['passwordFile', 'needs username beside it']
        : ['username', 'needs passwordFile beside it']
    context.addIssue({ code: 'custom', path: [path], message })
  })

/**
 * The proxy of the settings; without one that of the environment (`HTTPS_PROXY`, `NO_PROXY`, in
 * capitals or not), which never holds for this machine itself.
 *
 * @param folder what relative file names are relative to
 * @returns `undefined` where there is no proxy
 * @throws Fault `settings` if a file cannot be read, or the environment names no proxy
 */
export async function readProxy(
  settings: ProxySettings | undefined,
  folder: string,
): Promise<Proxy | undefined> {
  if (settings === undefined) return proxyOfEnvironment()
  const { url, username, passwordFile, except } = settings
  const proxy: Proxy = { url: shown(new URL(url)), goesAround: (to) => goesAround(except, to) }
  if (username === undefined || passwordFile === undefined) return proxy
  const password = await readSecretFile(resolve(folder, passwordFile))
  return { ...proxy, authorization: basic(username, password) }
}

function proxyOfEnvironment(): Proxy | undefined {
  const found = inEnvironment('HTTPS_PROXY')
  if (found === undefined) return undefined
  // curl takes a bare host and port as well, and so people write one.
  const address = found.includes('://') ? found : `http://${found}`
  const url = URL.parse(address)
  const problem = whyNotProxy(address, { withPassword: true })
  if (url === null || problem !== undefined) {
    // Not quoted: there may be a password in it.
    throw new Fault('settings', `the environment variable HTTPS_PROXY ${problem}`)
  }
  const except = exceptionsIn(inEnvironment('NO_PROXY') ?? '')
  const { username, password } = url
  return {
    url: shown(url),
    goesAround: (to) => isOwnMachine(to.host) || goesAround(except, to),
    ...(username !== '' && {
      authorization: basic(decodeURIComponent(username), decodeURIComponent(password)),
    }),
  }
}

function inEnvironment(name: string): string | undefined {
  return environmentVariable(name) ?? environmentVariable(name.toLowerCase())
}

function whyNotProxy(address: string, may: { withPassword?: boolean } = {}): string | undefined {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return 'must be an address, as in http://proxy.corp.example:3128'
  }
  if (!may.withPassword && (url.username !== '' || url.password !== '')) {
    return 'must have no user name or password in it; use username and passwordFile'
  }
  return url.pathname === '/' && url.search === '' ? undefined : 'must end after the port'
}

function shown({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
