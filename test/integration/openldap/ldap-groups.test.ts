import { expect } from 'chai'
import { asking } from '../../contracts/password-backend.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password, resetDn } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'

describe('groups in OpenLDAP', () => {
  let directory: OpenldapServer
  // More than a server sends at once unless it is asked for pages.
  const crowd = 700

  before(async () => {
    directory = await startOpenldap({ crowd, log: true })
  })
  after(() => directory.stop())

  const outcomeFor = async (person: string, more: Record<string, unknown>) => {
    await using ldap = await openLdap(directory, more)
    return (await asking(ldap.backend)(person, password)).outcome
  }
  const groupsOf = async (person: string, groups: object, more: Record<string, unknown> = {}) => {
    const outcome = await outcomeFor(person, { groups, ...more })
    if (outcome.name !== 'ok') throw new Error(`not ok but ${JSON.stringify(outcome)}`)
    return outcome.account.claims['groups']
  }

  it('are those an entry names, and those that these are in, in a circle or not', async () => {
    const nested = ['inner', 'middle', 'outer']
    expect(await groupsOf('nested', { from: 'memberOf' })).to.deep.equal(nested)
    expect(await groupsOf('nested', {})).to.deep.equal(nested)
    expect(await groupsOf('nested', { from: 'memberOf', nested: false })).to.deep.equal(['inner'])
  })

  it('are those that name the entry, by DN or by uid, and those that name these', async () => {
    expect(await groupsOf('nested', { from: 'member' })).to.deep.equal([
      'inner',
      'middle',
      'outer',
      'posix',
      'unique',
      'unique-outer',
    ])
    expect(await groupsOf('nested', { from: 'member', nested: false })).to.deep.equal([
      'inner',
      'posix',
      'unique',
    ])
  })

  it('are found with letters in their names that mean something in a DN or a filter', async () => {
    for (const from of ['memberOf', 'member']) {
      expect(await groupsOf('ok', { from }), from).to.deep.equal(['apps', 'sales, marketing'])
    }
  })

  it('are looked for where the settings say that they are', async () => {
    const elsewhere = { baseDn: `ou=service,${directory.baseDn}` }
    for (const from of ['memberOf', 'member']) {
      expect(await groupsOf('nested', { from, ...elsewhere }), from).to.equal(undefined)
    }
    const people = { baseDn: `ou=people,${directory.baseDn}` }
    const there = { baseDn: `ou=groups,${directory.baseDn}` }
    expect(await groupsOf('ok', { from: 'member', ...there }, people)).to.have.lengthOf(2)
    expect(await groupsOf('ok', { from: 'member' }, people)).to.equal(undefined)
  })

  it('are said to be none where those of others can be seen', async () => {
    for (const from of ['memberOf', 'member']) {
      expect(await groupsOf('changer1', { from }), from).to.deep.equal([])
    }
  })

  it('leave the building only if the settings let them', async () => {
    expect(await groupsOf('nested', { only: ['OUT*', 'middle'] })).to.deep.equal([
      'middle',
      'outer',
    ])
    expect(await groupsOf('nested', { only: ['nothing'] })).to.deep.equal([])
    expect(await groupsOf('nested', { from: 'none' })).to.equal(undefined)
  })

  it('are a claim of the settings’ own where there is one', async () => {
    const claims = { groups: { from: ['memberOf'], as: 'list' } }
    expect(await groupsOf('nested', {}, { claims })).to.deep.equal([
      `cn=inner,ou=groups,${directory.baseDn}`,
    ])
  })

  it('are all there, page by page where the server lets the account have them', async () => {
    for (const from of ['memberOf', 'member']) {
      expect(await groupsOf('crowded', { from }), from).to.have.lengthOf(crowd)
    }
    const limited = { groups: { from: 'member' }, bindDn: resetDn }
    expect(await outcomeFor('crowded', limited)).to.include({
      name: 'unavailable',
      reason: 'misconfigured',
    })
  })

  for (const from of ['memberOf', 'member']) {
    it(`are never cut short: too many or too deep is a refusal, by ${from}`, async () => {
      const refusal = async (person: string, groups: object) => {
        const outcome = await outcomeFor(person, { groups: { from, ...groups } })
        expect(outcome).to.include({ name: 'unavailable', reason: 'misconfigured' })
        return outcome.name === 'unavailable' ? outcome.detail : undefined
      }
      expect(await refusal('nested', { most: 2 })).to.equal('more than 2 groups')
      expect(await refusal('crowded', { most: crowd - 1 })).to.contain('more than')
      expect(await refusal('nested', { deepest: 2 })).to.contain('more than 2 levels deep')
    })
  }

  it('that are in groups are asked about once a minute, and those of a person each time', async () => {
    await using ldap = await openLdap(directory)
    const searches = () => directory.operations().filter(({ kind }) => kind === 'SRCH').length
    const before = searches()
    const ask = asking(ldap.backend)
    await ask('nested', password)
    const first = searches()
    // The person, and inner, middle and outer. A line for what is asked, and one for the attributes.
    expect(first - before).to.equal(2 * 4)
    await ask('nested', password)
    expect(searches() - first).to.equal(2)
  })

  it('are the same when the account is looked up', async () => {
    await using ldap = await openLdap(directory, { groups: { from: 'member' } })
    const { outcome } = await asking(ldap.backend)('nested', password)
    if (outcome.name !== 'ok' || !('lookUp' in ldap.backend)) throw new Error(outcome.name)
    const lookUp = ldap.backend.lookUp as (sought: object) => Promise<unknown>
    const sought = { id: outcome.account.id, signal: AbortSignal.timeout(5_000) }
    expect(await lookUp(sought)).to.deep.include({ outcome })
  })
})
