import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a loopback server, sees every byte, and may cut the line. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** All that clients have said so far. */
  sent(): Buffer
  /** How many connections there have been. */
  connections(): number
  /** Breaks all connections, and every new one, until `mend`. */
  cut(): void
  /**
   * Nothing gets through any more and nobody is told, as when packets are lost, until `mend`: what
   * was said in between arrives then, late.
   */
  hold(): void
  mend(): void
}

export interface ProxyOptions {
  /** To listen on; a free one unless given. */
  readonly port?: number
  /** Called with each piece a client sends, before it is passed on. */
  readonly onSent?: (piece: Buffer, line: Line) => void
  /** What the client hears in place of a piece from the server. */
  readonly onReply?: (piece: Buffer, line: Line) => Buffer
}

export interface Line {
  /** Which connection, from 1. */
  readonly number: number
  /** The client hears nothing more and is hung up on; the server gets what was said. */
  cut(): void
}

export async function startTcpProxy(target: number, options: ProxyOptions = {}): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const pieces: Buffer[] = []
  let count = 0
  let isDown = false
  let isHeld = false
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((client) => {
    keep(client)
    if (isDown) {
      client.destroy()
      return
    }
    const upstream = keep(connect(target, '127.0.0.1'))
    count += 1
    let isCut = false
    const line: Line = {
      number: count,
      cut: () => {
        isCut = true
        client.destroy()
      },
    }
    client.on('data', (piece: Buffer) => {
      pieces.push(piece)
      options.onSent?.(piece, line)
      upstream.write(piece)
    })
    upstream.on('data', (piece: Buffer) => {
      if (!isCut) client.write(options.onReply?.(piece, line) ?? piece)
      else upstream.end()
    })
    if (isHeld) for (const socket of [client, upstream]) socket.pause()
    client.once('close', () => {
      if (!isCut) upstream.destroy()
    })
    upstream.once('close', () => client.destroy())
  }).listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  return {
    port: address.port,
    sent: () => Buffer.concat(pieces),
    connections: () => count,
    cut: () => {
      isDown = true
      for (const socket of sockets) socket.destroy()
    },
    hold: () => {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    mend: () => {
      isDown = false
      isHeld = false
      for (const socket of sockets) socket.resume()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
