import { generateSync } from 'otplib'
import { pino } from 'pino'
import { createSecondFactors } from '../../provider/mfa/create-second-factors.ts'
import type { Factor } from '../../provider/mfa/factor.ts'
import { createPasskey } from '../../provider/mfa/passkey.ts'
import { passkeySettings } from '../../provider/mfa/passkey-settings.ts'
import { createRecoveryCodes } from '../../provider/mfa/recovery-codes.ts'
import type { Begun } from '../../provider/mfa/second-factors.ts'
import { createTotp } from '../../provider/mfa/totp.ts'
import { systemClock } from '../../shared/clock.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { openCarriers } from './redis-carriers.ts'
import { passkeyForm, softwareAuthenticator } from './software-authenticator.ts'

// A provider process that enrols three people, each in a method of their own, and stands still
// before one of the writes of each, for a test to kill it there: REDIS_URL DATA_KEY SUB WRITE, the
// key in hex, the first write is 0. It says in JSON who stands and who is enrolled.
const [url = '', key = '', sub = '', write = ''] = process.argv.slice(2)
const clock = systemClock

/** For ever, once it comes to the write. */
function standingBefore(store: Store, wanted: number, stands: () => void): Store {
  let writes = 0
  const counted = <Given extends unknown[], T>(run: (...given: Given) => Promise<T>) => {
    return async (...given: Given): Promise<T> => {
      if (writes === wanted) {
        stands()
        await new Promise(() => {})
      }
      writes += 1
      return run(...given)
    }
  }
  return {
    ...store,
    set: counted((...given) => store.set(...given)),
    take: counted((...given) => store.take(...given)),
    delete: counted((...given) => store.delete(...given)),
    append: counted((...given) => store.append(...given)),
    claim: counted((...given) => store.claim(...given)),
  }
}

type Answer = (shown: Begun['shown']) => ReadonlyMap<string, string>

const relyingParty = { id: 'localhost', name: 'Example', origin: 'http://localhost' }
const settings = passkeySettings.parse({})
const authenticator = softwareAuthenticator({ origin: relyingParty.origin })
const ways: readonly (readonly [Factor, Answer])[] = [
  [createTotp({ issuer: 'Example', clock }), (shown) => new Map([['code', codeOf(shown)]])],
  [
    createPasskey({ relyingParty, settings, clock }),
    ({ options }) => passkeyForm(authenticator.create(options)),
  ],
  [createRecoveryCodes({ clock }), () => new Map()],
]

function codeOf(shown: Begun['shown']): string {
  const secret = String(shown['typed']).replaceAll(' ', '')
  return generateSync({ secret, epoch: Math.floor(clock.now() / 1000) })
}

async function enrol(store: Store, factor: Factor, answer: Answer): Promise<string> {
  const door = createSecondFactors({
    store,
    clock,
    log: pino({ level: 'silent' }),
    factors: [factor],
  })
  const { method } = factor
  const person = { sub: `${sub}-${method}`, username: 'ada.lovelace@corp.example' }
  const begun = await door.begin({ purpose: 'enrol', method, person })
  if ('refused' in begun) throw new Error(begun.refused)
  const form = answer(begun.shown)
  const result = await door.enrol({ challenge: begun.id, sub: person.sub, form })
  return 'enrolled' in result ? 'enrolled' : result.refused
}

const carriers = await openCarriers({ url })
const sealed = sealedStore(carriers.store, Buffer.from(key, 'hex'), clock)
const came = ways.map(async ([factor, answer]) => {
  const stood = Promise.withResolvers<string>()
  const store = standingBefore(sealed, Number(write), () => stood.resolve('stands'))
  return [factor.method, await Promise.race([stood.promise, enrol(store, factor, answer)])]
})
process.stdout.write(`${JSON.stringify(Object.fromEntries(await Promise.all(came)))}\n`)
setInterval(() => {}, 60_000)
