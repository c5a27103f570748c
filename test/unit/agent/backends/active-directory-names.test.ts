import { expect } from 'chai'
import { filterOf, readingsOf } from '../../../../agent/backends/active-directory-names.ts'

describe('a name that somebody types for Active Directory', () => {
  const rules = {
    signInNames: ['userPrincipalName', 'downLevelName', 'sAMAccountName', 'proxyAddresses', 'mail'],
    domain: 'corp.example',
    netbiosName: 'CORP',
  }

  function readings(
    username: string,
    signInNames: readonly string[] = rules.signInNames,
  ): string[] {
    const localName = username.replace(/@corp\.example$/i, '')
    const found = readingsOf({ username, localName }, { ...rules, signInNames })
    return found.map(({ attribute, value }) => `${attribute}=${value}`)
  }

  const table: readonly [typed: string, readings: readonly string[]][] = [
    ['alice', ['userPrincipalName=alice@corp.example', 'sAMAccountName=alice', 'mail=alice']],
    [
      'alice@corp.example',
      [
        'userPrincipalName=alice@corp.example',
        'sAMAccountName=alice',
        'proxyAddresses=smtp:alice@corp.example',
        'mail=alice@corp.example',
      ],
    ],
    [
      'alice@other.example',
      [
        'userPrincipalName=alice@other.example',
        'proxyAddresses=smtp:alice@other.example',
        'mail=alice@other.example',
      ],
    ],
    ['CORP\\alice', ['sAMAccountName=alice', 'mail=CORP\\alice']],
    ['corp.example\\alice', ['sAMAccountName=alice', 'mail=corp.example\\alice']],
    ['OTHER\\alice', ['mail=OTHER\\alice']],
    ['alice\0', []],
  ]
  for (const [typed, expected] of table) {
    it(`is read in each way that the rules allow: ${JSON.stringify(typed)}`, () => {
      expect(readings(typed)).to.deep.equal(expected)
    })
  }

  it('is read in the order of the rules, and in no way that they do not name', () => {
    expect(readings('alice', ['mail', 'sAMAccountName'])).to.deep.equal([
      'mail=alice',
      'sAMAccountName=alice',
    ])
    expect(readings('CORP\\alice', ['userPrincipalName', 'sAMAccountName'])).to.deep.equal([])
  })

  it('is text in the filter, and never syntax', () => {
    expect(filterOf([{ attribute: 'mail', value: 'a*)(|(mail=\\' }])).to.equal(
      '(&(sAMAccountType=805306368)(|(mail=a\\2a\\29\\28|\\28mail=\\5c)))',
    )
  })
})
