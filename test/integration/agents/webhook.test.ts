import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import {
  createWebhook,
  type Webhook,
  type WebhookTiming,
} from '../../../provider/agents/webhook.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { Store } from '../../../shared/store.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type Post, startReceiver } from '../../support/start-receiver.ts'

const secret = Buffer.alloc(32, 7)
const quick: WebhookTiming = {
  timeout: 200,
  shortestPause: 20,
  longestPause: 100,
  lifetime: 60_000,
  lease: 300,
}
const alert = { name: 'agentQuarantined', agent: 'dc1', detail: 'canary' } as const

interface Opened extends AsyncDisposable, Webhook {
  logged(): string
}

function open(url: string, more: { timing?: Partial<WebhookTiming>; store?: Store } = {}): Opened {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const store = more.store ?? createMemoryStore(systemClock)
  const timing = { ...quick, ...more.timing }
  const webhook = createWebhook({ url, secret, clock: systemClock, log, store, timing })
  return { ...webhook, logged: () => lines.join(''), [Symbol.asyncDispose]: () => webhook.stop() }
}

/** As a receiver checks it, by the words of the specification. */
function isGenuine({ id, timestamp, signature, body }: Post): boolean {
  const mac = createHmac('sha256', secret).update([id, timestamp, body].join('.')).digest('base64')
  const age = Math.abs(systemClock.now() / 1000 - Number(timestamp))
  return signature === `v1,${mac}` && age < 60
}

describe('the webhook', () => {
  it('posts an alert once, signed', async () => {
    await using receiver = await startReceiver()
    await using webhook = open(receiver.url)
    webhook.tell(alert)
    await eventually(() => receiver.posts.length === 1)
    const [post] = receiver.posts
    expect(post && isGenuine(post)).to.equal(true)
    expect(JSON.parse(post?.body ?? '')).to.have.property('type', 'agentQuarantined')
  })

  it('tries again while the receiver refuses, hangs or is gone, with the same id, and in order', async () => {
    const port = await freePort()
    await using webhook = open(`http://127.0.0.1:${port}/postern`)
    webhook.tell({ ...alert, detail: 'first' })
    webhook.tell({ ...alert, detail: 'second' })
    await eventually(() => webhook.isFailing())
    await using receiver = await startReceiver(port)
    receiver.answer(503)
    await eventually(() => receiver.posts.length >= 2)
    receiver.answer('hang')
    const before = receiver.posts.length
    await eventually(() => receiver.posts.length >= before + 2)
    receiver.answer(204)
    const told = () => receiver.posts.map(({ body }) => (body.includes('second') ? 2 : 1))
    await eventually(() => told().includes(2))
    expect(told()).to.deep.equal(told().toSorted((a, b) => a - b))
    expect(new Set(receiver.posts.map(({ id }) => id)).size).to.equal(2)
    expect(receiver.posts.every(isGenuine)).to.equal(true)
    await eventually(() => !webhook.isFailing())
  })

  it('does not follow anybody elsewhere', async () => {
    await using other = await startReceiver()
    await using receiver = await startReceiver()
    receiver.answer({ redirect: other.url })
    await using webhook = open(receiver.url)
    webhook.tell(alert)
    await eventually(() => webhook.isFailing())
    expect(other.posts).to.deep.equal([])
  })

  it('gives a message up when its time is over, and says so', async () => {
    await using receiver = await startReceiver()
    receiver.answer(500)
    await using webhook = open(receiver.url, { timing: { lifetime: 100 } })
    webhook.tell(alert)
    await eventually(() => webhook.logged().includes('is given up'))
  })

  it('keeps no more than two hundred, and says which it lost', async () => {
    await using receiver = await startReceiver()
    receiver.answer('hang')
    await using webhook = open(receiver.url)
    for (let count = 0; count < 210; count += 1) webhook.tell({ ...alert, detail: String(count) })
    expect(webhook.logged().split('one is lost').length - 1).to.equal(10)
  })

  it('ends at once when it is stopped, whatever the receiver does', async () => {
    await using receiver = await startReceiver()
    receiver.answer('hang')
    const webhook = open(receiver.url, { timing: { timeout: 60_000 } })
    webhook.tell(alert)
    await eventually(() => receiver.posts.length === 1)
    const began = systemClock.now()
    await webhook.stop()
    expect(systemClock.now() - began).to.be.lessThan(1_000)
    expect(webhook.logged()).to.contain('"lost":1')
  })
})

describe('the webhooks of two provider processes', () => {
  it('post what both of them noticed once', async () => {
    await using receiver = await startReceiver()
    const store = createMemoryStore(systemClock)
    await using one = open(receiver.url, { store })
    await using other = open(receiver.url, { store })
    for (const webhook of [one, other]) webhook.tell({ ...alert, occasion: 'e1 7' })
    one.tell({ ...alert, occasion: 'e1 8' })
    other.tell({ ...alert, occasion: 'e1 9' })
    await eventually(() => receiver.posts.length === 3)
    expect(new Set(receiver.posts.map(({ id }) => id)).size).to.equal(3)
  })

  it('post it though the one whose turn it was has died', async () => {
    await using receiver = await startReceiver()
    const store = createMemoryStore(systemClock)
    receiver.answer('hang')
    await using first = open(receiver.url, { store, timing: { timeout: 60_000 } })
    first.tell({ ...alert, occasion: 'e1 7' })
    await eventually(() => receiver.posts.length === 1)
    receiver.answer(204)
    await using second = open(receiver.url, { store })
    second.tell({ ...alert, occasion: 'e1 7' })
    await eventually(() => receiver.posts.length === 2)
  })

  it('post though the store is down', async () => {
    await using receiver = await startReceiver()
    const down = () => Promise.reject(new Error('down'))
    const store: Store = { ...createMemoryStore(systemClock), claim: down, get: down, set: down }
    await using webhook = open(receiver.url, { store })
    webhook.tell(alert)
    await eventually(() => receiver.posts.length === 1)
  })
})
