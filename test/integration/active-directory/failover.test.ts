import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { BackendAnswer } from '../../../agent/backends/backend.ts'
import { asking, credentials } from '../../contracts/password-backend.ts'
import { connectionsTo } from '../../support/connections-to.ts'
import { eventually } from '../../support/eventually.ts'
import { password } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'

describe('two domain controllers', function suite() {
  this.timeout(60_000)
  let first: SambaServer
  let second: SambaServer
  let folder: string
  let caFile: string

  before(async () => {
    const started = await Promise.all([startSamba(), startSamba()])
    ;[first, second] = started
    folder = await mkdtemp(join(tmpdir(), 'postern-authorities-'))
    caFile = join(folder, 'both.pem')
    const authorities = await Promise.all(started.map((one) => readFile(one.caFile, 'utf8')))
    await writeFile(caFile, authorities.join('\n'))
  })
  after(async () => {
    await Promise.all([first, second].map((one) => one?.[Symbol.asyncDispose]()))
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const open = (more: Record<string, unknown> = {}) =>
    openActiveDirectory(first, {
      urls: [first.ldapsUrl, second.ldapsUrl],
      caFile,
      coolDown: 50,
      ...more,
    })
  const isBack = (ask: ReturnType<typeof asking>, server: SambaServer) =>
    eventually(async () => (await ask('ok', password)).directory === server.ldapsUrl, {
      within: 15_000,
    })

  it('stand in for each other when one is stopped, both ways', async () => {
    await using opened = await open()
    const ask = asking(opened.backend)
    expect(short(await ask('ok', password))).to.deep.equal(['ok', first.ldapsUrl])
    await first.kill()
    for (let count = 0; count < 5; count += 1) {
      expect(short(await ask('ok', password))).to.deep.equal(['ok', second.ldapsUrl])
      expect(short(await ask('ok', 'Wrong-1234'))).to.deep.equal(['wrongPassword', second.ldapsUrl])
    }
    await first.restart()
    await isBack(ask, first)
    await second.kill()
    expect(short(await ask('ok', password))).to.deep.equal(['ok', first.ldapsUrl])
    await first.kill()
    expect((await ask('ok', password)).outcome).to.include({ reason: 'directoryDown' })
    await second.restart()
    await isBack(ask, second)
    await first.restart()
    await isBack(ask, first)
  })

  it('let one question wait while one is frozen, and no other until it answers', async () => {
    await using opened = await open({ connectTimeout: 1_500, operationTimeout: 1_500 })
    const ask = asking(opened.backend)
    expect(short(await ask('ok', password))).to.deep.equal(['ok', first.ldapsUrl])
    const said = (what: string) =>
      opened
        .logged()
        .split('\n')
        .filter((line) => line.includes(what) && line.includes(first.ldapsUrl))
    first.pause()
    try {
      expect(short(await ask('ok', password))).to.deep.equal(['ok', second.ldapsUrl])
      // Long enough for it to be tried out more than once.
      for (const end = performance.now() + 3_500; performance.now() < end; ) {
        const signal = AbortSignal.timeout(1_200)
        const typed = { ...credentials('ok@lab.test', 'ok', password), signal }
        expect(short(await opened.backend.verify(typed))).to.deep.equal(['ok', second.ldapsUrl])
      }
      expect(said('is left alone')).to.have.lengthOf(1)
    } finally {
      first.resume()
    }
    await isBack(ask, first)
    expect(said('answers again')).not.to.have.lengthOf(0)
  })

  it('have no more connections than the pools hold, after 100 wrong passwords at once', async () => {
    await using opened = await open({ searchConnections: 2, bindConnections: 3 })
    const ask = asking(opened.backend)
    const people = ['ok', 'nobody', 'zoë', 'expired']
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => ask(people[index % 4] ?? '', `wrong ${index}`)),
    )
    for (const { outcome } of answers) {
      expect(outcome.name).to.be.oneOf(['wrongPassword', 'unknownUser', 'accountLocked'])
    }
    // Those of the test before may still be on their way out.
    await eventually(() => {
      expect(connectionsTo(first.address)).to.equal(5)
      expect(connectionsTo(second.address)).to.equal(0)
    })
  })
})

function short({ outcome, directory }: BackendAnswer): readonly (string | undefined)[] {
  return [outcome.name, directory]
}
