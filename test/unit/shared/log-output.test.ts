import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type LogOutput, logOutput } from '../../../shared/log-output.ts'

describe('the output of a log', () => {
  let fd: number
  let told: string[]
  const outputTo = (opened: number): LogOutput => {
    fd = opened
    told = []
    return logOutput(opened, {
      begins: (code) => told.push(code),
      ends: (lost) => told.push(`${lost} lost`),
    })
  }
  afterEach(() => closeSync(fd))

  it('loses what a full disk does not take, and says so once', () => {
    const output = outputTo(openSync('/dev/full', 'w'))
    for (const line of ['one\n', 'two\n', 'three\n']) output.write(line)
    expect(told).to.deep.equal(['ENOSPC'])
  })

  describe('whose reader hangs', () => {
    let folder: string
    const line = `${'x'.repeat(999)}\n`
    const read = (): string => {
      const buffer = Buffer.alloc(1_000_000)
      return buffer.toString('utf8', 0, readSync(fd, buffer))
    }
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'postern-log-'))
    })
    afterEach(() => rm(folder, { recursive: true }))

    it('waits for it a second in all, then loses lines until it reads again', () => {
      const pipe = join(folder, 'pipe')
      execFileSync('mkfifo', [pipe])
      const output = outputTo(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK))
      const began = performance.now()
      for (let count = 0; count < 200; count += 1) output.write(line)
      expect(performance.now() - began).to.be.within(1_000, 1_900)
      expect(told).to.deep.equal(['EAGAIN'])

      const kept = read()
      output.write('again\n')
      expect(told[1]).to.match(/^1\d\d lost$/)
      const lines = `${kept}${read()}`.split('\n')
      expect(lines.at(-2)).to.equal('again')
      expect(new Set(lines.slice(0, -2)), 'each of them whole').to.deep.equal(
        new Set([line.trimEnd()]),
      )
    }).timeout(5_000)
  })
})
