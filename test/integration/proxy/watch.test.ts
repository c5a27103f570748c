import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect } from 'chai'
import { type ProxyWatch, watchProxy } from '../../../agent/watch-proxy.ts'
import { systemClock } from '../../../shared/clock.ts'
import { openTunnel } from '../../../shared/proxy.ts'
import { freePort } from '../../support/free-port.ts'
import { startTinyproxy, type Tinyproxy } from '../../support/start-tinyproxy.ts'
import { type StoppedClock, stoppedClock } from '../../support/stopped-clock.ts'

describe('what an agent notices of its proxy', function () {
  this.timeout(20_000)
  let server: Server
  let port: number
  let tinyproxy: Tinyproxy
  let clock: StoppedClock
  before(async () => {
    port = await freePort()
    server = createServer((socket) => socket.on('error', () => undefined).resume())
    await once(server.listen(port, '127.0.0.1'), 'listening')
    tinyproxy = await startTinyproxy({ username: 'agent', password: 'sesame' })
    clock = stoppedClock(systemClock.now())
  })
  after(async () => {
    await tinyproxy?.[Symbol.asyncDispose]()
    server.close()
  })

  function watch(password = 'sesame'): ProxyWatch {
    const authorization = `Basic ${Buffer.from(`agent:${password}`).toString('base64')}`
    return watchProxy({ url: tinyproxy.url, authorization, goesAround: () => false }, clock)
  }
  async function isDownAfter(watching: ProxyWatch, to = port): Promise<boolean> {
    const place = { host: '127.0.0.1', port: to }
    await openTunnel(watching.proxy, place, AbortSignal.timeout(5_000)).then(
      (socket) => socket.destroy(),
      () => undefined,
    )
    return watching.isDown()
  }

  it('is that it works', async () => {
    expect(await isDownAfter(watch())).to.equal(false)
  })

  it('is that it does not accept the password', async () => {
    expect(await isDownAfter(watch('wrong'))).to.equal(true)
  })

  it('is not that a server behind it is gone', async () => {
    expect(await isDownAfter(watch(), await freePort())).to.equal(false)
  })

  it('is that it is gone, until it is back', async () => {
    const watching = watch()
    await tinyproxy.kill()
    expect(await isDownAfter(watching)).to.equal(true)
    await tinyproxy.restart()
    expect(await isDownAfter(watching)).to.equal(false)
  })

  it('is that it lets us reach one server and not another one', async () => {
    await using strict = await startTinyproxy({ ports: [port] })
    const watching = watchProxy({ url: strict.url, goesAround: () => false }, clock)
    expect(await isDownAfter(watching, await freePort())).to.equal(true)
    expect(await isDownAfter(watching), 'the other one is still refused').to.equal(true)
    clock.advance(11 * 60_000)
    expect(watching.isDown(), 'nobody asks for the other one any more').to.equal(false)
  })
})
