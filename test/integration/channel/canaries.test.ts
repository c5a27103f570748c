import { expect } from 'chai'
import type { Mistrust } from '../../../provider/broker/mistrust.ts'
import { createReference } from '../../../provider/http/reference.ts'
import { systemClock } from '../../../shared/clock.ts'
import { type Directory, no, openChannel, yes } from '../../support/channel.ts'
import { type Seen, startCuriousAgent } from '../../support/curious-agent.ts'
import { eventually } from '../../support/eventually.ts'

const plain = { secondOpinion: false, secondOpinionGroups: [] }
const canaries = { names: ['kim.fell@corp.example'] }
const corp = { name: 'corp', suffixes: ['corp.example'], ...plain, canaries }
const lab = { ...corp, name: 'lab', suffixes: ['lab.example'], canaries: { names: [] } }

/** Ten a second: a hundred milliseconds apart, more or less. */
const often = { realms: [corp], perHour: 36_000 }

/** What those who are found out are told of. */
function found() {
  const lies: string[] = []
  const onLie: Mistrust['onLie'] = async ({ agent }) => void lies.push(agent)
  return { lies, onLie }
}

describe('an agent that says yes to everything', () => {
  it('is found out by a canary, and an honest one beside it is not', async () => {
    const { lies, onLie } = found()
    const mistrust = { ...often, onLie }
    await using channel = await openChannel(['lying', 'honest'], { mistrust })
    await channel.startAgent('honest', async () => no)
    await channel.startAgent('lying', async () => yes)
    await eventually(() => {
      expect(lies).to.include('lying')
      expect(channel.logged().split('"msg":"canary"')).to.have.length.above(3)
    })
    expect(lies).not.to.include('honest')
  })

  it('is found out when it is the only agent there is', async () => {
    const { lies, onLie } = found()
    await using channel = await openChannel(['lying'], { mistrust: { ...often, onLie } })
    await channel.startAgent('lying', async () => yes)
    await eventually(() => lies.includes('lying'))
  })

  it('is found out if it first looks up who exists, and lies about those alone', async () => {
    const { lies, onLie } = found()
    await using channel = await openChannel(['lying'], { mistrust: { ...often, onLie } })
    const exists = new Set(['kim.fell@corp.example', 'alice@corp.example'])
    await channel.startAgent('lying', async ({ username }) => {
      return exists.has(username) ? yes : { outcome: { name: 'unknownUser' } }
    })
    await eventually(() => lies.includes('lying'))
  })

  it('is found out if it has learnt which names never come in, and tells the truth of them', async () => {
    const { lies, onLie } = found()
    await using channel = await openChannel(['lying'], { mistrust: { ...often, onLie } })
    await channel.startAgent('lying', async ({ username }) => {
      return username === 'kim.fell@corp.example' ? no : yes
    })
    await eventually(() => lies.includes('lying'))
  })

  it('gets canaries for every realm it serves', async () => {
    const names = new Set<string>()
    const directory: Directory = async ({ username }) => {
      names.add(username.split('@')[1] ?? '')
      return no
    }
    const mistrust = { ...often, realms: [corp, lab] }
    const realms = { both: ['corp', 'lab'] }
    await using channel = await openChannel(['both'], { mistrust, realms })
    await channel.startAgent('both', directory)
    await eventually(() => names.size === 2)
    expect([...names]).to.have.members(['corp.example', 'lab.example'])
  })
})

describe('an agent that does not say yes to a canary', () => {
  const answers: Record<string, Directory> = {
    'is wrong': async () => no,
    'has no such user': async () => ({ outcome: { name: 'unknownUser' } }),
    'is locked': async () => ({ outcome: { name: 'accountLocked' } }),
    'has expired': async () => ({ outcome: { name: 'passwordExpired' } }),
    'cannot be asked': async () => ({ outcome: { name: 'unavailable', reason: 'directoryDown' } }),
  }
  for (const [what, directory] of Object.entries(answers)) {
    it(`is left in peace if it says that the account ${what}`, async () => {
      const { lies, onLie } = found()
      await using channel = await openChannel(['a'], { mistrust: { ...often, onLie } })
      await channel.startAgent('a', directory)
      await eventually(() => channel.logged().split('"kind":"').length > 3)
      expect(lies).to.deep.equal([])
    })
  }

  it('is asked as often as before, however its canaries ended', async () => {
    const down = async () =>
      ({ outcome: { name: 'unavailable', reason: 'directoryDown' } }) as const
    const isCanary = (name: string) => name !== 'alice'
    await using channel = await openChannel(['a', 'b'], { mistrust: often })
    let asked = 0
    await channel.startAgent('b', async () => yes)
    await channel.startAgent('a', async ({ username }) => {
      if (isCanary(username)) return down()
      asked += 1
      return yes
    })
    await eventually(() => {
      const lines = channel.logged().split('\n')
      return lines.filter((line) => /"agent":"a".*directoryDown.*"canary"/.test(line)).length > 5
    })
    for (let count = 0; count < 16; count += 1) await channel.ask()
    expect(asked).to.be.above(0)
    expect(channel.logged()).not.to.contain('left alone for a while')
  })
})

describe('a canary, to an agent that looks at everything', () => {
  it('is as the sign-in of a person: same fields, same sizes, same session', async () => {
    const mistrust = { realms: [{ ...corp, canaries: { names: [] } }], perHour: 36_000 }
    await using channel = await openChannel(['a'], { mistrust, deadline: 3_000 })
    await using agent = await startCuriousAgent(channel, 'a')
    const isPersons = ({ question }: Seen) =>
      'username' in question && question.username === 'maria.svensson@corp.example'
    const canaryOf = () => agent.seen.find((one) => !isPersons(one))
    await eventually(() => canaryOf() !== undefined)
    const asked = { username: 'maria.svensson@corp.example', password: 'Sommer2024!' }
    const reference = createReference(systemClock)
    const answer = channel.broker.verify({ realm: 'corp', ...asked, reference })
    await eventually(() => agent.seen.some(isPersons))
    const [person, canary] = [agent.seen.find(isPersons), canaryOf()]
    if (person === undefined || canary === undefined) throw new Error('both have been seen')

    expect(sizes(canary.entry)).to.deep.equal(sizes(person.entry))
    expect(canary.entry['session'], 'of one session').to.equal(person.entry['session'])
    expect(Object.keys(canary.header)).to.deep.equal(Object.keys(person.header))
    expect(Object.keys(canary.question)).to.deep.equal(Object.keys(person.question))
    for (const name of ['v', 'agent', 'realm', 'instance'] as const) {
      expect(canary.question[name], name).to.equal(person.question[name])
    }
    for (const { question, header } of [canary, person]) {
      expect(question.id).to.match(/^[\w-]{22}$/)
      expect(question.reference).to.match(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/)
      expect(question.expires - question.at).to.be.within(2_900, 3_000)
      expect(header['expires']).to.equal(question.expires)
      expect(question)
        .to.have.property('username')
        .that.matches(/^[a-z]+\.[a-z]+@corp\.example$/)
      expect(question)
        .to.have.property('password')
        .that.matches(/^[\x20-\x7E]{8,48}$/)
    }
    await answer
  })
})

describe('a canary', () => {
  it('is no sign-in: it has a line of its own, with no name and no password', async () => {
    const seen: string[] = []
    await using channel = await openChannel(['a'], { mistrust: often })
    await channel.startAgent('a', async ({ username, password }) => {
      seen.push(username, password)
      return no
    })
    await eventually(() => channel.logged().includes('"msg":"canary"'))
    expect(channel.logged()).not.to.contain('"msg":"sign-in"')
    for (const secret of seen) expect(channel.logged()).not.to.contain(secret)
  })

  it('does not come where the setting is 0', async () => {
    let asked = 0
    const mistrust = { realms: [corp], perHour: 0 }
    await using channel = await openChannel(['a'], { mistrust })
    await channel.startAgent('a', async () => {
      asked += 1
      return no
    })
    await eventually(() => channel.logged().includes('agent heard'))
    await channel.ask()
    expect(asked).to.equal(1)
  })
})

const sizes = (entry: Readonly<Record<string, string>>) =>
  Object.entries(entry).map(([name, value]) => [
    name,
    ...value.split('.').map(({ length }) => length),
  ])
