import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { breachHash } from '../../../../provider/passwords/breach.ts'
import { breachFile, checkBreachFile } from '../../../../provider/passwords/breach-file.ts'
import { breachRange } from '../../../../provider/passwords/breach-range.ts'
import { expectFault } from '../../../support/rejection.ts'

describe('passwords known from a breach', () => {
  const breached = Array.from({ length: 500 }, (_, index) => `breached-${index}`)
  const lines = breached
    .map((password, index) => `${breachHash(password)}:${index * 97 + 1}`)
    .toSorted()
  const seen = (line: string) => Number(line.split(':')[1])

  describe('in a file', () => {
    let folder: string
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'postern-breach-'))
    })
    after(() => rm(folder, { recursive: true }))

    for (const [name, text] of Object.entries({
      'with a line at its end': `${lines.join('\n')}\n`,
      'without one': lines.join('\n'),
      'of Windows': `${lines.join('\r\n')}\r\n`,
    })) {
      it(`are found, each of them, and no others: ${name}`, async () => {
        const path = join(folder, 'hashes.txt')
        await writeFile(path, text)
        await checkBreachFile(path)
        const isBreached = breachFile(path)
        for (const password of breached) expect(await isBreached(password), password).to.equal(true)
        for (const password of ['good', 'breached-500', '']) {
          expect(await isBreached(password), password).to.equal(false)
        }
      })
    }

    const unfit: Readonly<Record<string, readonly string[]>> = {
      'not in order': lines.toSorted((one, other) => seen(other) - seen(one)),
      'in order for the first half alone': [...lines.slice(250), ...lines.slice(0, 250)],
      'no SHA-1 hash': lines.map((line) => line.slice(8)),
      'no SHA-1 hash, but for one': [lines[0] ?? '', ...breached],
      'no SHA-1 hash, nor lines': ['x'.repeat(10_000)],
      'no SHA-1 hash, nor anything else': [],
    }
    for (const [what, text] of Object.entries(unfit)) {
      it(`cannot be looked for where there is ${what}`, async () => {
        const path = join(folder, 'unfit.txt')
        await writeFile(path, text.join('\n'))
        const fault = await expectFault(checkBreachFile(path), 'settings')
        expect(fault.message).to.match(/unfit\.txt: .*(no SHA-1 hash|not in order)/)
      })
    }

    it('are none in an empty file', async () => {
      const path = join(folder, 'empty.txt')
      await writeFile(path, '')
      expect(await breachFile(path)('any')).to.equal(false)
    })
  })

  describe('at a range API', () => {
    const suffix = (password: string) => breachHash(password).slice(5)

    it('are asked for by five digits of their hash, and padding does not count', async () => {
      const asked: string[] = []
      await using api = await startApi((request, response) => {
        asked.push(request.url ?? '')
        response.end(`${suffix('breached')}:12\r\n${suffix('padding')}:0\r\n`)
      })
      const isBreached = breachRange(api.address)
      expect(await isBreached('breached')).to.equal(true)
      expect(await isBreached('padding')).to.equal(false)
      expect(await isBreached('good')).to.equal(false)
      expect(asked[0]).to.equal(`/range/${breachHash('breached').slice(0, 5)}`)
    })

    const failing: Readonly<Record<string, RequestListener>> = {
      'answers nothing': () => {},
      'stops in the middle': (_, response) => void response.write(`${suffix('breached')}:12\r\n`),
      'never ends': (_, response) => {
        const line = `${suffix('breached')}:12\r\n`
        const more = (): unknown => response.writable && response.write(line.repeat(1_000), more)
        more()
      },
      'has an error': (_, response) => void response.writeHead(503).end(),
      'is somewhere else': (_, response) => void response.writeHead(302, { location: '/' }).end(),
      'answers with a page': (_, response) => void response.end('<h1>Sign in to our network</h1>'),
      'hangs up': ({ socket }) => void socket.destroy(),
    }
    for (const [what, answer] of Object.entries(failing)) {
      it(`are not known to be none where it ${what}`, async () => {
        await using api = await startApi(answer)
        const said = await breachRange(
          api.address,
          200,
        )('breached').catch((error: unknown) => error)
        expect(said).to.be.instanceOf(Error)
      })
    }
  })
})

async function startApi(answer: RequestListener): Promise<AsyncDisposable & { address: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
