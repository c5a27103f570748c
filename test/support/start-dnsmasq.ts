import { spawn } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { ended, endWithUs } from './child-process.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'

/** A DNS server of the test's own, which knows what it is told and asks nobody else. */
export interface DnsServer extends AsyncDisposable {
  /** Host and port. */
  readonly address: string
  /** Starts it anew with other records. */
  restart(records: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** @param records options of dnsmasq(8), such as `--host-record=dc1.lab.test,127.0.0.1` */
export async function startDnsmasq(records: readonly string[]): Promise<DnsServer> {
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const start = async (known: readonly string[]) => {
    const args = [
      ...'--keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --local=/test/ --bind-interfaces'.split(
        ' ',
      ),
      '--listen-address=127.0.0.1',
      `--port=${port}`,
      '--pid-file=',
      '--user=',
      ...known,
    ]
    const child = spawn('dnsmasq', args, {
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
      stdio: 'ignore',
    })
    endWithUs(child)
    const resolver = new Resolver({ timeout: 200, tries: 1 })
    resolver.setServers([address])
    const ready = eventually(async () => {
      if (child.exitCode !== null) throw new Error('dnsmasq ended at once')
      // It says that there is no such name, or what it is: both are answers.
      await resolver.resolve4('ready.test').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ETIMEOUT' || error.code === 'ECONNREFUSED') throw error
      })
    })
    try {
      await ready
    } catch (error) {
      // Left running it would hold up the whole run.
      await ended(child, 'SIGKILL')
      throw error
    }
    return child
  }
  let child = await start(records)
  const stop = () => ended(child, 'SIGKILL')
  return {
    address,
    stop,
    restart: async (known) => {
      await stop()
      child = await start(known)
    },
    [Symbol.asyncDispose]: stop,
  }
}
