import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { followFolder } from '../../../../shared/settings/follow-folder.ts'
import { eventually } from '../../../support/eventually.ts'

describe('a folder that is followed', () => {
  let top: string
  let stopped: AbortController
  let following: Promise<void>
  let times: number

  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'postern-follow-'))
    stopped = new AbortController()
    times = 0
    await mkdir(join(top, 'one'))
    await mkdir(join(top, 'two'))
  })
  afterEach(async () => {
    stopped.abort()
    await following
    await rm(top, { recursive: true })
  })

  const follow = (name: string, concerns?: (name: string) => boolean) => {
    const changed = async () => {
      times += 1
    }
    following = followFolder(join(top, name), stopped.signal, changed, concerns)
  }
  /** What comes after the last one that was told of. */
  const isToldOf = async (change: () => Promise<unknown>) => {
    const before = times
    await change()
    await eventually(() => times > before)
  }
  const write = (path: string) => writeFile(join(top, path), 'new')

  it('tells of its files, and of those alone that matter', async () => {
    follow('one', (name) => name === 'kept')
    await isToldOf(async () => {
      await write('one/other')
      await write('one/kept')
    })
    expect(times).to.equal(1)
  })

  it('is followed on when another one is put in its place', async () => {
    follow('one')
    await isToldOf(() => write('one/a'))
    await isToldOf(async () => {
      await rename(join(top, 'one'), join(top, 'gone'))
      await rename(join(top, 'two'), join(top, 'one'))
    })
    await isToldOf(() => write('one/b'))
  })

  it('is followed on when it is deleted and made anew', async () => {
    follow('one')
    await isToldOf(() => write('one/a'))
    await isToldOf(() => rm(join(top, 'one'), { recursive: true }))
    await isToldOf(() => mkdir(join(top, 'one')))
    await isToldOf(() => write('one/b'))
  })

  it('is followed on when a link leads to another one, also further up', async () => {
    await mkdir(join(top, 'one/policies'))
    await mkdir(join(top, 'two/policies'))
    await symlink('one', join(top, 'current'))
    follow('current/policies')
    await isToldOf(() => write('one/policies/a'))
    await isToldOf(async () => {
      await symlink('two', join(top, 'next'))
      await rename(join(top, 'next'), join(top, 'current'))
    })
    await isToldOf(() => write('two/policies/b'))
  })

  it('has to be there at the start', async () => {
    follow('none')
    const failed = following
    following = Promise.resolve()
    expect(await failed.catch((error: unknown) => error)).to.be.an('error')
  })
})
