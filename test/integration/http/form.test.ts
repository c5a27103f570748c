import { request } from 'node:http'
import { expect } from 'chai'
import { type PageServer, startPages } from '../../support/start-pages.ts'

describe('a form', () => {
  let pages: PageServer
  let path: string
  before(async () => {
    pages = await startPages()
  })
  after(() => pages[Symbol.asyncDispose]())
  beforeEach(() => {
    path = `${pages.begin()}/username`
  })

  const fields = { username: 'alice@corp.example' }

  it('is taken from our own page', async () => {
    expect((await pages.post(path, fields)).status).to.equal(303)
  })

  it('is taken again when the person loads the answer again', async () => {
    expect((await pages.post(path, fields, { 'sec-fetch-site': 'none' })).status).to.equal(303)
  })

  for (const site of ['cross-site', 'same-site']) {
    it(`is refused when the browser says it is ${site}, and changes nothing`, async () => {
      const answer = await pages.post(path, fields, { 'sec-fetch-site': site })
      expect(answer.status).to.equal(403)
      expect(await answer.text()).to.include('That form was sent from another site')
      expect(await (await pages.get(path.replace('/username', ''))).text()).to.include(
        '<h1>Sign in</h1>',
      )
    })
  }

  it('is judged by its origin in a browser that says nothing else', async () => {
    const from = (origin: string) => plainPost(pages.origin + path, { origin })
    expect(await from(pages.origin)).to.equal(303)
    for (const origin of ['https://evil.example', 'null', `${pages.origin}.evil.example`]) {
      expect(await from(origin), origin).to.equal(403)
    }
  })

  it('is refused when it is no form', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await pages.post(path, '{"username":"alice"}', { 'content-type': type })
      expect(answer.status, type).to.equal(400)
      expect(await answer.text()).to.include('That form could not be read')
    }
  })

  it('is refused when it is larger than any of ours can be', async () => {
    const answer = await pages.post(path, { username: 'x'.repeat(100_000) })
    expect(answer.status).to.equal(400)
    expect(answer.headers.get('connection')).to.equal('close')
  })

  it('is refused when a field stands in it twice', async () => {
    const answer = await pages.post(path, 'username=alice%40corp.example&username=bob')
    expect(answer.status).to.equal(400)
  })

  it('may be empty', async () => {
    const answer = await pages.post(path, '')
    expect(answer.status).to.equal(303)
  })

  it('may hold the longest password there is, in the longest encoding', async () => {
    const uid = path.replace('/username', '')
    await pages.post(path, fields)
    const password = '𝕏'.repeat(512)
    expect((await pages.post(`${uid}/password`, { ...fields, password })).status).to.equal(303)
    expect(pages.asked.at(-1)?.password).to.equal(password)
  })

  it('that breaks off is dropped, and the next one is served', async () => {
    await breakOff(pages.origin + path)
    expect((await pages.post(path, fields)).status).to.equal(303)
  })
})

/** A POST without the headers that `fetch` adds by itself. */
function plainPost(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const type = 'application/x-www-form-urlencoded'
    const options = { method: 'POST', headers: { ...headers, 'content-type': type } }
    const sent = request(url, options, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end('username=alice%40corp.example')
  })
}

/** Promises more than it sends, and goes away. */
function breakOff(url: string): Promise<void> {
  return new Promise((resolve) => {
    const type = 'application/x-www-form-urlencoded'
    const headers = { 'content-type': type, 'content-length': '1000' }
    const sent = request(url, { method: 'POST', headers })
    sent.on('error', () => {})
    sent.on('close', () => resolve())
    sent.write('username=ali', () => sent.destroy())
  })
}
