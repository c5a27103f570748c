import { expect } from 'chai'
import { createSigningRequest } from '../../../../agent/identity/signing-request.ts'
import {
  createAuthority,
  createAuthorityKeys,
  readSigningRequest,
} from '../../../../provider/agents/authority.ts'
import { createIdentity } from '../../../../shared/envelope-keys.ts'
import { expectFault } from '../../../support/rejection.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const day = 86_400_000

async function start() {
  const clock = stoppedClock()
  let keys = await createAuthorityKeys(clock)
  const authority = createAuthority({ clock, files: { read: async () => keys } })
  const { publicKey } = await createIdentity()
  const wanted = { name: 'corp-1', enrolment: 'ab12', realms: ['corp', 'lab'], publicKey }
  const rotate = async () => {
    keys = await createAuthorityKeys(clock, keys)
  }
  return { clock, authority, wanted, rotate, keys: () => keys }
}

describe('the authority of agents', () => {
  it('certifies who an agent is, for a week', async () => {
    const { clock, authority, wanted } = await start()
    const said = await authority.verify(await authority.issue(wanted))
    const { starts, ends, ...about } = said
    expect(about).to.deep.equal(wanted)
    expect(ends).to.equal(clock.now() + 7 * day)
    expect(starts).to.be.below(clock.now())
  })

  it('certifies nobody for longer than the approval', async () => {
    const { clock, authority, wanted } = await start()
    const approvedUntil = clock.now() + 2 * day
    const said = await authority.verify(await authority.issue({ ...wanted, approvedUntil }))
    expect(said).to.include({ approvedUntil, ends: approvedUntil })
  })

  it('believes no certificate that has ended', async () => {
    const { clock, authority, wanted } = await start()
    const certificate = await authority.issue(wanted)
    clock.advance(7 * day - 1)
    await authority.verify(certificate)
    clock.advance(1)
    await expectFault(authority.verify(certificate), 'forgedMessage')
  })

  it('believes no other authority, nor one that took its name', async () => {
    const { authority, wanted } = await start()
    const other = await start()
    await expectFault(authority.verify(await other.authority.issue(wanted)), 'forgedMessage')
  })

  it('believes no altered certificate', async () => {
    const { authority, wanted } = await start()
    const certificate = await authority.issue(wanted)
    const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
    const at = der.indexOf('corp-1')
    expect(at).to.be.greaterThan(0)
    der.write('corp-2', at)
    await expectFault(authority.verify(der.toString('base64')), 'forgedMessage')
  })

  it('takes no authority for an agent, nor anything else', async () => {
    const { authority, keys } = await start()
    await expectFault(authority.verify(keys().certificates[0] ?? ''), 'badMessage')
    await expectFault(authority.verify('nothing'), 'badMessage')
    await expectFault(authority.verify('A'.repeat(20_000)), 'badMessage')
  })

  it('goes on believing what its key before has certified, until that has ended', async () => {
    const { clock, authority, wanted, rotate, keys } = await start()
    const before = await authority.issue(wanted)
    await rotate()
    clock.advance(2_000)
    const after = await authority.issue(wanted)
    await authority.verify(before)
    await authority.verify(after)
    expect(keys().certificates).to.have.length(2)
    clock.advance(9 * day)
    await rotate()
    expect(keys().certificates).to.have.length(2)
    await expectFault(authority.verify(before), 'forgedMessage')
  })
})

describe('a signing request', () => {
  it('gives the key of whoever made it', async () => {
    const { csr, publicKey } = await createSigningRequest()
    expect(await readSigningRequest(csr)).to.equal(publicKey)
  })

  it('is refused when it is not signed by its own key', async () => {
    const [one, other] = await Promise.all([createSigningRequest(), createSigningRequest()])
    const der = (csr: string) => csr.replaceAll(/-----[^-]+-----|\s/g, '')
    const bytes = Buffer.from(der(one.csr), 'base64')
    const at = bytes.indexOf(Buffer.from(one.publicKey, 'base64'))
    expect(at).to.be.greaterThan(0)
    Buffer.from(other.publicKey, 'base64').copy(bytes, at)
    await expectFault(readSigningRequest(bytes.toString('base64')), 'badMessage')
    await expectFault(readSigningRequest('nothing'), 'badMessage')
  })
})
