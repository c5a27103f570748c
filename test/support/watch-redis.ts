import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** What clients ask of a Redis, from the moment on that this resolves (`MONITOR`). */
export interface WatchedRedis {
  disconnect(): void
}

export interface AboutCommand {
  /** Seconds since the epoch, by the clock of Redis. */
  readonly time: number
  /** Address and port of the client. */
  readonly from: string
}

/**
 * Over a connection of its own: of a command that comes in one packet with the answer to MONITOR,
 * the client library says that its queue is broken.
 */
export async function watchRedis(
  url: string,
  onCommand: (args: readonly string[], about: AboutCommand) => void,
): Promise<WatchedRedis> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const lines = createInterface({ input: socket })
  const begun = once(lines, 'line')
  socket.write('MONITOR\r\n')
  const [answer] = (await begun) as [string]
  if (answer !== '+OK') throw new Error(answer)
  lines.on('line', (line) => onCommand(argumentsIn(line), aboutIn(line)))
  return { disconnect: () => socket.destroy() }
}

function aboutIn(line: string): AboutCommand {
  const [, time = '', from = ''] = /^\+([\d.]+) \[\d+ ([^\]]+)\]/.exec(line) ?? []
  return { time: Number(time), from }
}

// +1700000000.123456 [0 127.0.0.1:50000] "get" "a key"
function argumentsIn(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replaceAll(/\\(x[0-9a-f]{2}|.)/g, (_, escaped: string) => plain(escaped)),
  )
}

function plain(escaped: string): string {
  if (escaped.startsWith('x')) return String.fromCodePoint(Number.parseInt(escaped.slice(1), 16))
  return { n: '\n', r: '\r', t: '\t', a: '\u0007', b: '\b' }[escaped] ?? escaped
}
