import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { openRiskModule } from '../../../../provider/risk/module.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { expectFault } from '../../../support/rejection.ts'

const question = {
  sub: 'corp:1',
  names: ['ada@corp.example'],
  at: 0,
  isFresh: true,
  facts: { unknownDevice: 1 },
}

describe('a module that adds to risk', () => {
  let folder: string
  let lines: string[]
  let count = 0
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-risk-'))
    lines = []
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function open(text: string, options: object = {}) {
    count += 1
    const module = `./module-${count}.mjs`
    await writeFile(join(folder, module), text)
    const log = pino({}, { write: (line: string) => lines.push(line) })
    const settings = { module, options: { ...options }, timeout: 20 }
    return openRiskModule(settings, { folder, log, clock: systemClock })
  }
  const measuring = (body: string) =>
    `export const createRiskSignal = () => ({ async measure(question) { ${body} } })`
  const problem = async (text: string) =>
    (await expectFault(open(text), 'settings')).message.replace(/module-\d+/, 'module')

  it('gets its options and the question, and gives points with their text', async () => {
    const asked = await open(
      `export const createRiskSignal = ({ points }) => ({
        measure: ({ names, facts }) =>
          ({ signIn: [{ points, text: names[0] }], user: [{ points: facts.unknownDevice, text: 'new' }] })
      })`,
      { points: 30 },
    )
    expect(await asked.ask(question)).to.deep.equal({
      signIn: [{ fact: 'module', points: 30, text: 'ada@corp.example' }],
      user: [{ fact: 'module', points: 1, text: 'new' }],
    })
  })

  it('may have nothing to add', async () => {
    const asked = await open(measuring('return {}'))
    expect(await asked.ask(question)).to.deep.equal({ signIn: [], user: [] })
  })

  it('says what is wrong with it before the provider starts', async () => {
    expect(await problem('export {')).to.match(/^\.\/module\.mjs cannot be loaded: /)
    expect(await problem('export const create = 1')).to.equal(
      './module.mjs exports no function createRiskSignal',
    )
    const failing = 'export const createRiskSignal = () => { throw new Error("no file") }'
    expect(await problem(failing)).to.equal('./module.mjs: createRiskSignal failed: no file')
    for (const made of ['{}', 'undefined', 'null', '{ measure: 1 }']) {
      const idle = `export const createRiskSignal = () => (${made})`
      expect(await problem(idle), made).to.equal(
        './module.mjs: what createRiskSignal returns has no method measure',
      )
    }
  })

  it('leaves the risk unknown, and the log says why, whatever it does instead of answering', async () => {
    for (const [body, why] of [
      ['throw new Error("no network")', 'no network'],
      ['throw undefined', 'undefined'],
      ['return new Promise(() => {})', 'no answer within 20 ms'],
      ['return undefined', 'not an answer'],
      ['return { signIn: [{ points: -10, text: "a friend" }] }', 'not an answer: signIn.0.points'],
      ['return { signIn: [{ points: 101, text: "x" }] }', 'not an answer: signIn.0.points'],
      ['return { signIn: [{ points: NaN, text: "x" }] }', 'not an answer: signIn.0.points'],
      ['return { level: "none" }', 'not an answer'],
    ] as const) {
      const asked = await open(measuring(body))
      expect(await asked.ask(question), body).to.equal(undefined)
      expect(String(lines.at(-1)), body).to.include(why)
    }
  })

  it('is told to end', async () => {
    const opened = await open(
      `export const createRiskSignal = ({ ended }) => ({
        measure: () => ({}), [Symbol.asyncDispose]: async () => { ended.push('yes') } })`,
      { ended: lines },
    )
    await opened.stop()
    expect(lines).to.deep.equal(['yes'])
  })
})
