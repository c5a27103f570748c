import { generateSync } from 'otplib'
import { pino } from 'pino'
import { createSecondFactors } from '../../provider/mfa/create-second-factors.ts'
import { createTotp } from '../../provider/mfa/totp.ts'
import { systemClock } from '../../shared/clock.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { openCarriers } from './redis-carriers.ts'

// A provider process that enrols somebody in TOTP, and stands still before one of its writes, for
// a test to kill it there: REDIS_URL DATA_KEY SUB WRITE, the key in hex, the first write is 0.
const [url = '', key = '', sub = '', write = ''] = process.argv.slice(2)
const clock = systemClock

/** Says so and waits for ever, once it comes to the write. */
function standingBefore(store: Store, wanted: number): Store {
  let writes = 0
  const counted = <Given extends unknown[], T>(run: (...given: Given) => Promise<T>) => {
    return async (...given: Given): Promise<T> => {
      if (writes === wanted) {
        process.stdout.write(`stands before write ${wanted}\n`)
        await new Promise(() => setInterval(() => {}, 60_000))
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

const carriers = await openCarriers({ url })
const sealed = sealedStore(carriers.store, Buffer.from(key, 'hex'), clock)
const door = createSecondFactors({
  store: standingBefore(sealed, Number(write)),
  clock,
  log: pino({ level: 'silent' }),
  factors: [createTotp({ issuer: 'Example', clock })],
})
const person = { sub, username: 'ada.lovelace@corp.example' }
const begun = await door.begin({ purpose: 'enrol', method: 'totp', person })
if ('refused' in begun) throw new Error(begun.refused)
const secret = String(begun.shown['typed']).replaceAll(' ', '')
const code = generateSync({ secret, epoch: Math.floor(clock.now() / 1000) })
const form = new Map([['code', code]])
const result = await door.enrol({ challenge: begun.id, sub, form })
process.stdout.write('enrolled' in result ? 'enrolled\n' : `refused: ${result.refused}\n`)
await carriers.dispose()
