import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Fault } from '../../../../shared/fault.ts'
import { readPrivateFile, readSecretFile } from '../../../../shared/settings/secret-file.ts'

describe('secret files', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-secret-'))
    file = join(folder, 'secret')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const refusal = async (read: Promise<string>): Promise<string> => {
    const thrown = await read.catch((error: unknown) => error)
    if (thrown instanceof Fault && thrown.kind === 'settings') return thrown.message
    throw new Error('expected a settings fault', { cause: thrown })
  }

  it('are read without the white space around them', async () => {
    await writeFile(file, '  open sesame\r\n')
    expect(await readSecretFile(file)).to.equal('open sesame')
  })

  it('are refused when missing, empty or a folder, in one sentence that names them', async () => {
    expect(await refusal(readSecretFile(file))).to.equal(`${file}: there is no such file`)
    await writeFile(file, ' \n')
    expect(await refusal(readSecretFile(file))).to.equal(`${file}: is empty`)
    expect(await refusal(readSecretFile(folder))).to.equal(`${folder}: is a folder, not a file`)
  })

  it('that are private are refused when others can read them, with the remedy', async () => {
    await writeFile(file, 'key', { mode: 0o640 })
    expect(await refusal(readPrivateFile(file))).to.equal(
      `${file}: other users can read it; run: chmod 600 ${file}`,
    )
    await writeFile(join(folder, 'own'), 'key', { mode: 0o600 })
    expect(await readPrivateFile(join(folder, 'own'))).to.equal('key')
  })

  it('that are handed out by a container runtime may be readable by others', async () => {
    await writeFile(file, 'key', { mode: 0o444 })
    expect(await readSecretFile(file)).to.equal('key')
  })
})
