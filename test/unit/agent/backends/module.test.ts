import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { createModuleBackend } from '../../../../agent/backends/module.ts'
import { credentials } from '../../../contracts/password-backend.ts'
import { expectFault } from '../../../support/rejection.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('a backend of the customer’s own', () => {
  let folder: string
  let count = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-module-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  /** @param text of the module */
  const open = async (text: string, options: Record<string, unknown> = {}) => {
    count += 1
    const module = `./backend-${count}.mjs`
    await writeFile(join(folder, module), text)
    const parts = { log: pino({ level: 'silent' }), clock: stoppedClock(), folder }
    return createModuleBackend({ type: 'module', module, options }, parts)
  }
  const returning = (text: string) => open(`export const createBackend = () => (${text})`)
  const answering = (text: string) => returning(`{ verify: async () => (${text}) }`)
  const typed = () => credentials('ok@lab.test', 'ok', 'secret of ok')

  it('is made of its options, with a log, a clock and the folder of the settings', async () => {
    const backend = await open(
      `export async function createBackend({ host }, { log, clock, folder }) {
        const directory = [host, typeof log.info, typeof clock.now, folder].join(' ')
        return { verify: ({ localName }) => ({ outcome: { name: 'ok', account: { id: localName, claims: {} } }, directory }) }
      }`,
      { host: 'h' },
    )
    expect(await backend.verify(typed())).to.deep.equal({
      outcome: { name: 'ok', account: { id: 'ok', claims: {} } },
      directory: `h function function ${folder}`,
    })
  })

  it('may be an instance of a class, and do more than check passwords', async () => {
    const backend = await open(`
      export const createBackend = () => new Backend()
      class Backend {
        #calls = []
        #done(name) { this.#calls.push(name); return { outcome: { name: 'unknownUser' }, directory: this.#calls.join() } }
        async verify() { return this.#done('verify') }
        async changePassword({ newPassword }) { return this.#done(newPassword) }
        async lookUp({ id }) { return this.#done(id) }
        async [Symbol.asyncDispose]() { this.#done('closed') }
      }`)
    await backend.verify(typed())
    await backend.changePassword?.({ ...typed(), newPassword: 'new' })
    const signal = AbortSignal.timeout(1_000)
    const { directory } = (await backend.lookUp?.({ id: '7', signal })) ?? {}
    expect(directory).to.equal('verify,new,7')
    await backend[Symbol.asyncDispose]?.()
    expect(await backend.verify(typed())).to.have.property(
      'directory',
      'verify,new,7,closed,verify',
    )
  })

  it('has none of the methods that it does not have', async () => {
    expect(Object.keys(await answering('null'))).to.deep.equal(['verify'])
  })

  const unusable: readonly [string, string, string][] = [
    ['does not parse', 'export const', 'cannot be loaded'],
    ['fails while it is loaded', 'throw new Error("no licence")', 'cannot be loaded: no licence'],
    ['exports nothing of that name', 'export default () => ({})', 'no function createBackend'],
    ['exports something else', 'export const createBackend = {}', 'no function createBackend'],
    [
      'fails when it is made',
      'export const createBackend = () => { throw new Error("url is missing") }',
      'createBackend failed: url is missing',
    ],
    ['makes nothing', 'export const createBackend = () => {}', 'has no method verify'],
    ['cannot verify', 'export const createBackend = () => ({ verify: 1 })', 'has no method verify'],
    [
      'has something else of the name of a method',
      'export const createBackend = () => ({ verify() {}, lookUp: true })',
      'lookUp is not a method',
    ],
  ]
  for (const [what, text, message] of unusable) {
    it(`is a fault of the settings if it ${what}`, async () => {
      const fault = await expectFault(open(text), 'settings')
      expect(fault.message).to.match(/^\.\/backend-\d+\.mjs/)
      expect(fault.message).to.contain(message)
    })
  }

  it('is a fault of the settings if it is not there', async () => {
    const parts = { log: pino({ level: 'silent' }), clock: stoppedClock(), folder }
    const settings = { type: 'module', module: './nowhere.mjs', options: {} } as const
    await expectFault(createModuleBackend(settings, parts), 'settings')
  })

  const wrong = [
    'undefined',
    'true',
    '{ outcome: "ok" }',
    '{ outcome: { name: "yes" } }',
    '{ outcome: { name: "ok" } }',
    '{ outcome: { name: "ok", account: { id: "", claims: {} } } }',
    '{ outcome: { name: "ok", account: { id: "1", claims: { a: { b: "secret of ok" } } } } }',
    '{ outcome: { name: "unavailable", reason: "tired" } }',
    '{ outcome: { name: "wrongPassword" }, password: "secret of ok" }',
  ]
  for (const text of wrong) {
    it(`is at fault for answering ${text}`, async () => {
      const backend = await answering(text)
      const fault = await expectFault(backend.verify(typed()), 'settings')
      expect(fault.message).to.contain('not an answer')
      expect(fault.message).not.to.contain('secret')
    })
  }
})
