import { columns } from '../columns.ts'
import type { RunningLocal } from './local.ts'

/** What local mode says of itself when it is ready. */
export function announcement({ issuer, people, clients }: RunningLocal): string {
  return `
Postern is ready. This is local mode, for trying and testing: nothing is safe, all is gone at the end.

${columns([
  ['Issuer', issuer],
  ['Discovery', `${issuer}/.well-known/openid-configuration`],
  ['Demo app', `${issuer}/demo`],
])}

People, with or without @postern.local
${columns(people.map(({ username, password, note, code }) => [username, password, code, note]))}

Apps, with any redirect address on this machine
${columns(clients.map(({ clientId, clientSecret, note }) => [clientId, clientSecret ?? 'no secret', note]))}

How to connect an app of yours: docs/apps.md. Ctrl+C ends it.
`
}

/** The same for a script: one line of JSON. */
export function announcementJson({ issuer, people, clients }: RunningLocal): string {
  return JSON.stringify({
    issuer,
    clients: clients.map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
    })),
    users: people.map(({ username, password, outcome }) => ({ username, password, outcome })),
  })
}
