import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { password, zoePassword } from './openldap-people.ts'

/** The web service that the example of `docs/custom-backend.md` asks, with the people of the suite. */
export interface PayrollService extends AsyncDisposable {
  readonly url: string
}

export async function startPayroll(): Promise<PayrollService> {
  const server = createServer((request, response) => {
    answer(request).then(
      (said) => response.setHeader('content-type', 'application/json').end(JSON.stringify(said)),
      () => response.writeHead(500).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Person {
  readonly number: number
  readonly first: string
  readonly last: string
  readonly teams: readonly string[]
  readonly password: string
  readonly result: string
}

const person = (number: number, login: string, result = 'welcome'): Person => {
  return { number, first: 'Given', last: `Sur-${login}`, teams: [], password, result }
}

const people = new Map<string, Person>([
  ['ok', { ...person(1001, 'ok'), teams: ['apps', 'sales, marketing'] }],
  [
    'zoë',
    { ...person(1002, 'zoë'), first: 'Zoë', last: 'Müller-Łukasz 山田', password: zoePassword },
  ],
  ['expired', person(1003, 'expired', 'password too old')],
  ['mustchange', person(1004, 'mustchange', 'new password needed')],
  ['gone', person(1005, 'gone', 'left')],
])

async function answer(request: IncomingMessage): Promise<object> {
  const asked = (await json(request)) as { user: string; password: string }
  const login = asked.user.toLowerCase()
  const found = people.get(login)
  if (found === undefined) return { result: 'no such person' }
  const { password: right, result, ...rest } = found
  if (asked.password !== right) return { result: 'wrong password' }
  const about = { ...rest, login, mail: `${login}@lab.test`, phone: '+31 20 1234567' }
  return { result, person: about }
}
