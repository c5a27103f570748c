import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import type { Client } from 'ldapts'
import { type LdapConnection, wrapSocket } from '../../../agent/backends/ldap-connection.ts'

describe('an LDAP connection', () => {
  let server: Server
  let accepted: Socket
  let connection: LdapConnection

  const limit = 100
  const search = (client: Client) => client.search('dc=lab')
  const failureOf = async (ran: ReturnType<typeof connection.run>) => {
    const result = await ran
    return 'failure' in result ? [result.failure.reason, result.failure.lost] : 'no failure'
  }

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    const peer = new Promise<Socket>((resolve) => server.once('connection', resolve))
    await once(socket, 'connect')
    accepted = await peer
    accepted.on('error', () => {}).resume()
    connection = wrapSocket(socket, { host: `127.0.0.1:${port}`, limit })
  })

  afterEach(async () => {
    connection.destroy()
    accepted.destroy()
    server.close()
    await once(server, 'close')
  })

  it('ends an operation that gets no answer, and itself with it', async () => {
    expect(await failureOf(connection.run('search', search))).to.deep.equal([
      'directoryTimeout',
      false,
    ])
    expect(connection.isOpen()).to.equal(false)
  })

  it('ends an operation when somebody else has waited long enough', async () => {
    const running = connection.run('search', search)
    connection.destroy()
    expect(await failureOf(running)).to.deep.equal(['directoryTimeout', false])
  })

  it('is lost when the server hangs up in the middle', async () => {
    const running = connection.run('search', search)
    accepted.destroy()
    expect(await failureOf(running)).to.deep.equal(['directoryDown', true])
  })

  it('is lost at once when the server had hung up before, and is not made anew', async () => {
    const closed = new Promise<void>((resolve) => connection.onClose(resolve))
    accepted.destroy()
    await closed
    expect(connection.isOpen()).to.equal(false)
    server.once('connection', () => expect.fail('connected again'))
    const started = performance.now()
    expect(await failureOf(connection.run('bind', search))).to.deep.equal(['directoryDown', true])
    expect(performance.now() - started).to.be.lessThan(limit)
  })

  it('is not made anew by ldapts either, once it has been used', async () => {
    let client: Client | undefined
    const running = connection.run('search', (one) => {
      client = one
      return search(one)
    })
    accepted.destroy()
    await running
    server.once('connection', () => expect.fail('connected again'))
    const again = await client?.search('dc=lab').catch((error: Error) => error.message)
    expect(again).to.equal('closed')
  })

  it('says goodbye when it is closed', async () => {
    const heard: Buffer[] = []
    accepted.on('data', (piece: Buffer) => heard.push(piece))
    const running = connection.run('search', search)
    await once(accepted, 'data')
    const ended = once(accepted, 'end')
    await connection.close()
    await ended
    await running
    // UnbindRequest (RFC 4511 section 4.3): application tag 2, no content.
    expect(Buffer.concat(heard).subarray(-2).toString('hex')).to.equal('4200')
  })

  it('does not wait for ever when it is closed on a server that hears nothing', async () => {
    accepted.pause()
    const filler = connection.run('search', (client) =>
      client.compare('dc=lab', 'x', 'y'.repeat(2 ** 24)),
    )
    await connection.close()
    expect(connection.isOpen()).to.equal(false)
    await filler
  })
})
