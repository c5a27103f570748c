import { expect } from 'chai'
import {
  BusyError,
  type Client,
  InsufficientAccessError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
} from 'ldapts'
import type { LdapConnection, Ran } from '../../../../agent/backends/ldap-connection.ts'
import { failureOf } from '../../../../agent/backends/ldap-failure.ts'
import { createFindGroups } from '../../../../agent/backends/ldap-groups.ts'
import type { Work } from '../../../../agent/backends/ldap-pool.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('groups that an entry names', () => {
  const person = { dn: 'uid=ok,dc=lab', memberOf: ['cn=near,dc=lab', 'cn=far,dc=lab'] }
  const groups = { from: 'memberOf', nested: true, deepest: 10, only: ['*'], most: 10 } as const

  /** Asks a server that answers about groups in this way. */
  function finder(clock = stoppedClock()) {
    const asked: string[] = []
    const answers = new Map<string, string[] | Error>()
    const client = {
      search: async (dn: string) => {
        asked.push(dn)
        const answer = answers.get(dn) ?? []
        if (answer instanceof Error) throw answer
        return { searchEntries: [{ dn, memberOf: answer }] }
      },
    } as unknown as Client
    const connection = {
      run: async <T>(_: string, operation: (one: Client) => Promise<T>): Promise<Ran<T>> =>
        operation(client).then(
          (value) => ({ value }),
          (error: unknown) => ({ failure: failureOf(error, { step: 'search', host: 'h' }) }),
        ),
    } as unknown as LdapConnection
    const found = createFindGroups({ groups, baseDn: 'dc=lab', operationTimeout: 1_000 }, clock)
    const ask = async () => {
      const result = await found.of(person, <T>(work: Work<T>) => work(connection))
      if ('failure' in result) return result.failure.reason
      if (result.value === undefined) return undefined
      return 'groups' in result.value ? result.value.groups.map(({ name }) => name) : 'problem'
    }
    return { ask, asked, answers, clock }
  }

  for (const refusal of [
    new NoSuchObjectError(),
    new InsufficientAccessError(),
    new InvalidDNSyntaxError(),
  ]) {
    it(`count by their names also if the server answers ${refusal.name}`, async () => {
      const { ask, answers } = finder()
      answers.set('cn=near,dc=lab', refusal).set('cn=far,dc=lab', ['cn=outer,dc=lab'])
      expect(await ask()).to.deep.equal(['near', 'far', 'outer'])
    })
  }

  it('are not known if the server cannot say, and are asked about again', async () => {
    const { ask, answers } = finder()
    answers.set('cn=near,dc=lab', new BusyError())
    expect(await ask()).to.equal('overloaded')
    answers.delete('cn=near,dc=lab')
    expect(await ask()).to.deep.equal(['near', 'far'])
  })

  it('are asked about again after a minute', async () => {
    const { ask, asked, answers, clock } = finder()
    await ask()
    answers.set('cn=near,dc=lab', ['cn=outer,dc=lab'])
    clock.advance(59_999)
    expect(await ask()).to.deep.equal(['near', 'far'])
    expect(asked).to.have.lengthOf(2)
    clock.advance(1)
    expect(await ask()).to.deep.equal(['near', 'far', 'outer'])
  })
})
