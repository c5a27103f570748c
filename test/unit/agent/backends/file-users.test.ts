import { fileURLToPath } from 'node:url'
import { verify } from '@node-rs/argon2'
import { expect } from 'chai'
import { z } from 'zod'
import { outcomeOfState, type UsersFile, usersFile } from '../../../../agent/backends/file-users.ts'
import { refusedNames, unavailableReasons } from '../../../../shared/outcome.ts'
import { checkSettingsText, readSettings } from '../../../../shared/settings.ts'

describe('a users file', () => {
  const passwordHash = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$SqlVijFGiPG+935vDSGEsA'

  const problems = (...users: object[]) =>
    (checkSettingsText('users.yaml', JSON.stringify({ users }), usersFile).problems ?? []).map(
      ({ path, message }) => `${path}: ${message}`,
    )

  it('may leave out claims and state', () => {
    expect(problems({ username: 'alice', id: '1', passwordHash })).to.deep.equal([])
  })

  it('knows every state but ok', () => {
    for (const state of [
      ...refusedNames,
      ...unavailableReasons.map((one) => `unavailable/${one}`),
    ]) {
      expect(problems({ username: 'alice', id: '1', passwordHash, state }), state).to.deep.equal([])
    }
    for (const state of ['ok', 'unavailable', 'unavailable/', 'unavailable/ok', 'lockd']) {
      expect(problems({ username: 'alice', id: '1', passwordHash, state }), state).to.have.length(1)
    }
  })

  it('takes no hash but argon2id', () => {
    for (const hash of ['postern', '$2b$10$abc', passwordHash.replace('argon2id', 'argon2i'), '']) {
      const [problem] = problems({ username: 'alice', id: '1', passwordHash: hash })
      expect(problem).to.equal(
        'users[0].passwordHash: must be an argon2id hash, such as $argon2id$v=19$m=19456,t=2,p=1$…$…',
      )
    }
  })

  it('has nobody twice, neither by name nor by id', () => {
    const found = problems(
      { username: 'Alice@a.example', id: '1', passwordHash },
      { username: 'alice@A.example', id: '2', passwordHash },
      { username: 'bob', id: '1', passwordHash },
    )
    expect(found).to.deep.equal([
      'users[1].username: belongs to an earlier user',
      'users[2].id: belongs to an earlier user',
    ])
  })

  it('describes itself in a JSON Schema', () => {
    const schema = JSON.stringify(z.toJSONSchema(usersFile, { io: 'input' }))
    expect(schema).to.contain('"required":["username","id","passwordHash"]')
    expect(schema).to.contain('unavailable/directoryTimeout')
  })
})

describe('the people of local mode', () => {
  let people: UsersFile['users']

  before(async () => {
    const file = fileURLToPath(new URL('../../../../config/local/users.yaml', import.meta.url))
    people = (await readSettings(file, usersFile)).users
  })

  it('have the password that is shown for them', async () => {
    for (const { username, passwordHash, developmentPassword } of people) {
      expect(await verify(passwordHash, developmentPassword ?? ''), username).to.equal(true)
    }
  })

  it('all have the password postern, and a name in the realm', () => {
    for (const { username, developmentPassword } of people) {
      expect(developmentPassword, username).to.equal('postern')
      expect(username).to.match(/@postern\.local$/)
    }
  })

  it('are one for every outcome that has to do with an account or a directory', () => {
    const outcomes = people.flatMap(({ state }) => (state ? [outcomeOfState(state)] : []))
    const shown = outcomes.map((outcome) =>
      outcome.name === 'unavailable' ? outcome.reason : outcome.name,
    )
    // The last one answers another question than a sign-in asks.
    const ofNobody = ['wrongPassword', 'unknownUser', 'cannotLookUp']
    const wanted = [...refusedNames, ...unavailableReasons].filter(
      (name) => !ofNobody.includes(name),
    )
    expect(shown).to.have.members(wanted)
  })

  it('include alice, about whom every claim is known, and who is in groups', () => {
    const alice = people.find(({ username }) => username === 'alice@postern.local')
    expect(alice?.state).to.equal(undefined)
    expect(alice?.claims).to.include.keys('name', 'given_name', 'family_name', 'email', 'groups')
  })
})
