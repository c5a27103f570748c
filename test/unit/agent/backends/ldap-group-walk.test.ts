import { expect } from 'chai'
import {
  dnKey,
  type GroupsAround,
  groupOf,
  isBelow,
  walkGroups,
} from '../../../../agent/backends/ldap-group-walk.ts'

describe('the walk through groups in groups', () => {
  /** Which groups each is in, by the first letters of their DNs. */
  const aroundIn =
    (parents: Record<string, readonly string[]>): GroupsAround =>
    async (dns) => ({
      value: dns.flatMap((dn) => (parents[dn] ?? []).map((parent) => groupOf(parent))),
    })
  const walk = async (
    start: readonly string[],
    parents: Record<string, readonly string[]>,
    deepest = 10,
  ) => {
    const walked = await walkGroups(
      start.map((dn) => groupOf(dn)),
      { around: aroundIn(parents), deepest },
    )
    if ('failure' in walked) return walked.failure.reason
    return 'problem' in walked.value
      ? walked.value.problem
      : walked.value.groups.map(({ dn }) => dn)
  }

  it('comes by each group once, whichever way leads there', async () => {
    const parents = { 'cn=a': ['cn=c', 'cn=d'], 'cn=b': ['cn=d'], 'cn=d': ['cn=c'] }
    expect(await walk(['cn=a', 'cn=b'], parents)).to.deep.equal(['cn=a', 'cn=b', 'cn=c', 'cn=d'])
    expect(await walk([], parents)).to.deep.equal([])
  })

  it('comes to an end in a circle, however its names are written', async () => {
    const parents = { 'cn=a': ['cn=b,dc=lab'], 'cn=b,dc=lab': ['CN=A', 'CN=B, DC=Lab'] }
    expect(await walk(['cn=a'], parents)).to.deep.equal(['cn=a', 'cn=b,dc=lab'])
  })

  it('goes as deep as it may, and cuts nothing short below that', async () => {
    const parents = { 'cn=1': ['cn=2'], 'cn=2': ['cn=3'] }
    expect(await walk(['cn=1'], parents, 3)).to.deep.equal(['cn=1', 'cn=2', 'cn=3'])
    expect(await walk(['cn=1'], parents, 2)).to.equal(
      'groups in groups are more than 2 levels deep',
    )
  })

  it('gives up where there are more than anybody could use', async () => {
    const many = Array.from({ length: 5001 }, (_, index) => `cn=${index}`)
    expect(await walk(['cn=all'], { 'cn=all': many })).to.equal('more than 5000 groups')
  })

  it('is told why the directory does not answer', async () => {
    const failure = {
      step: 'search',
      reason: 'directoryTimeout',
      detail: '',
      ofServer: true,
      lost: false,
    } as const
    const walked = await walkGroups([groupOf('cn=a')], {
      around: async () => ({ failure }),
      deepest: 10,
    })
    expect(walked).to.deep.equal({ failure })
  })
})

describe('the DN of a group', () => {
  it('is the same in any case and with spaces between its parts, but not within', () => {
    expect(dnKey('CN=Sales Team , OU=Groups,DC=lab')).to.equal('cn=sales team,ou=groups,dc=lab')
    expect(dnKey('cn=a\\, b,dc=lab')).to.equal('cn=a\\, b,dc=lab')
  })

  it('is below another if it ends with all of it', () => {
    expect(isBelow('cn=a,ou=Groups, dc=lab', 'OU=groups,dc=lab')).to.equal(true)
    expect(isBelow('ou=groups,dc=lab', 'ou=groups,dc=lab')).to.equal(true)
    expect(isBelow('cn=a,ou=mygroups,dc=lab', 'groups,dc=lab')).to.equal(false)
    expect(isBelow('cn=a,ou=roles,dc=lab', 'ou=groups,dc=lab')).to.equal(false)
  })

  it('gives its name, or else the entry does', () => {
    expect(groupOf('cn=Doe\\, Jane,dc=lab', 'Other').name).to.equal('Doe, Jane')
    expect(groupOf('gidNumber=5,dc=lab', 'staff').name).to.equal('staff')
    expect(groupOf('ou=staff,dc=lab').name).to.equal('staff')
    expect(groupOf('nonsense').name).to.equal('nonsense')
  })
})
