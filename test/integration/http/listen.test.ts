import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { type Listening, listen } from '../../../provider/http/listen.ts'

/** What the connection has said when it has ended. */
async function heard(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}

async function open(server: Listening, said = ''): Promise<Socket> {
  const socket = connect(server.address.port)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(said)
  return socket
}

describe('a listening server', () => {
  let server: Listening
  before(async () => {
    server = await listen({ host: '127.0.0.1', port: 0 })
    server.serve(new Koa())
  })
  after(() => server.close())

  it('keeps connections longer than a reverse proxy does', async () => {
    const socket = await open(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(chunk.toString()).to.match(/^keep-alive: timeout=75\r$/im)
  })
})

describe('a listening server that is closed', () => {
  let server: Listening
  let app: Koa
  let asked: PromiseWithResolvers<void>

  beforeEach(async () => {
    server = await listen({ host: '127.0.0.1', port: 0 }, 1_000)
    app = new Koa()
    asked = Promise.withResolvers<void>()
  })

  it('waits for no connection on which nothing has been asked', async () => {
    server.serve(app)
    const silent = await open(server)
    const half = await open(server, 'GET / HTTP/1.1\r\nHost: x\r\n')
    await once(await open(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'data')
    const began = performance.now()
    await Promise.all([server.close(), heard(silent), heard(half)])
    expect(performance.now() - began).to.be.below(500)
  })

  it('waits for an answer that is on its way', async () => {
    const answered = Promise.withResolvers<string>()
    app.use(async (ctx) => {
      asked.resolve()
      ctx.body = await answered.promise
    })
    server.serve(app)
    const text = heard(await open(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    await asked.promise
    const closed = server.close()
    answered.resolve('here it is')
    await closed
    expect(await text).to.contain('here it is')
  })

  it('takes no more requests on a connection that is kept', async () => {
    app.use(async (ctx) => {
      asked.resolve()
      await once(ctx.app, 'go on')
      ctx.body = 'here it is'
    })
    server.serve(app)
    const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
    const busy = await open(server, request)
    const text = heard(busy)
    await asked.promise
    const began = performance.now()
    const closed = server.close()
    busy.on('data', () => busy.write(request))
    app.emit('go on')
    await closed
    expect(performance.now() - began).to.be.below(500)
    expect((await text).split('here it is')).to.have.length(2)
  })

  it('does not wait for ever for a request that never ends', async () => {
    app.use(async () => {
      asked.resolve()
      await new Promise(() => {})
    })
    server.serve(app)
    const slow = await open(server, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1')
    await asked.promise
    await Promise.all([server.close(), heard(slow)])
  })
})
