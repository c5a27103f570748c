import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import {
  hasIdentity,
  readIdentityFiles,
  settleIdentityFiles,
  writeIdentityFiles,
} from '../../../../agent/identity/identity-folder.ts'
import { startPostern } from '../../../support/postern-process.ts'
import { expectFault } from '../../../support/rejection.ts'

const whole = {
  'identity.key': 'a key\n',
  'certificate.pem': 'a certificate\n',
  'provider.json': '{}\n',
  'redis.password': 'a password\n',
}

describe('a folder with an identity', () => {
  let parent: string
  let folder: string
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'postern-identity-'))
    folder = join(parent, 'identity')
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  it('can be looked into by its owner alone, and so can each file', async () => {
    await writeIdentityFiles(folder, whole)
    expect((await stat(folder)).mode & 0o777).to.equal(0o700)
    expect(await readdir(folder)).to.have.members(Object.keys(whole))
    for (const name of Object.keys(whole)) {
      expect((await stat(join(folder, name))).mode & 0o777, name).to.equal(0o600)
    }
    expect(await readIdentityFiles(folder)).to.deep.equal(whole)
  })

  it('is refused if others can look into it, or read a file', async () => {
    await writeIdentityFiles(folder, whole)
    await chmod(join(folder, 'identity.key'), 0o640)
    const loose = await expectFault(readIdentityFiles(folder), 'settings')
    expect(loose.message).to.equal(
      `${folder}/identity.key: other users can read it; run: chmod 600 ${folder}/identity.key`,
    )
    await chmod(join(folder, 'identity.key'), 0o600)
    await chmod(folder, 0o750)
    const open = await expectFault(readIdentityFiles(folder), 'settings')
    expect(open.message).to.equal(
      `${folder}: other users can look into it; run: chmod 700 ${folder}`,
    )
    await expectFault(writeIdentityFiles(folder, whole), 'settings')
  })

  it('keeps what is not written anew', async () => {
    await writeIdentityFiles(folder, whole)
    await writeIdentityFiles(folder, { 'provider.json': '{"new":true}\n' })
    const read = await readIdentityFiles(folder)
    expect(read).to.deep.equal({ ...whole, 'provider.json': '{"new":true}\n' })
  })

  it('says what to do if there is no identity in it', async () => {
    expect(await hasIdentity(folder)).to.equal(false)
    const { message } = await expectFault(readIdentityFiles(folder), 'settings')
    expect(message).to.equal(`${folder}: holds no identity; \`postern agent enrol\` gets one`)
  })

  it('has all new files, once they have their name, before and after they are moved', async () => {
    await writeIdentityFiles(folder, whole)
    const newer = { 'identity.key': 'another key\n', 'certificate.pem': 'another certificate\n' }
    await mkdir(join(folder, 'next'), { mode: 0o700 })
    for (const [name, text] of Object.entries(newer)) {
      await writeFile(join(folder, 'next', name), text, { mode: 0o600 })
    }
    expect(await readIdentityFiles(folder)).to.deep.equal({ ...whole, ...newer })
    await rename(join(folder, 'next', 'identity.key'), join(folder, 'identity.key'))
    expect(await readIdentityFiles(folder)).to.deep.equal({ ...whole, ...newer })
    await settleIdentityFiles(folder)
    expect(await readdir(folder)).to.have.members(Object.keys(whole))
    expect(await readIdentityFiles(folder)).to.deep.equal({ ...whole, ...newer })
  })

  it('is whole whenever the process that renews it is killed', async function () {
    this.timeout(30_000)
    const program = fileURLToPath(new URL('../../../support/write-identities.ts', import.meta.url))
    const seen = new Set<string>()
    for (let round = 0; round < 8; round += 1) {
      const writer = startPostern([folder], { program })
      await writer.says('writing')
      // Anywhere in what it does from then on.
      await new Promise((resolve) => setTimeout(resolve, 7 * round))
      await writer.stop('SIGKILL')
      const read = await counts(folder)
      expect(new Set(read), 'files of one identity').to.have.length(1)
      seen.add(String(read[0]))
      await settleIdentityFiles(folder)
      expect(await counts(folder)).to.deep.equal(read)
    }
    expect(seen.size, 'it was killed at different moments').to.be.greaterThan(2)
  })
})

async function counts(folder: string): Promise<(string | undefined)[]> {
  const read: Readonly<Record<string, string>> = { ...(await readIdentityFiles(folder)) }
  return Object.values(read).map((text) => text.split(' ')[1])
}
