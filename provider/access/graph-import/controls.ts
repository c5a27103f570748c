import { type AuthenticationStrength, builtInControls, graphStrengths } from '../policy.ts'
import {
  group,
  isObject,
  keep,
  type Notes,
  named,
  noteOthers,
  says,
  text,
  texts,
} from './reading.ts'

/**
 * PURE.
 * @returns `undefined` if it asks for nothing, or for nothing that exists here
 */
export function carryGrantControls(given: unknown, notes: Notes): object | undefined {
  if (!isObject(given)) return undefined
  const where = 'grantControls.'
  const controls = keep(texts(given['builtInControls']), builtInControls, {
    path: `${where}builtInControls`,
    notes,
    harmless: false,
  })
  const strength = carryStrength(given['authenticationStrength'], notes)
  const terms = named(texts(given['termsOfUse']), `${where}termsOfUse`, notes)
  noteOthers(
    given,
    ['operator', 'builtInControls', 'authenticationStrength', 'termsOfUse'],
    notes,
    where,
  )
  if (controls.length + terms.length === 0 && strength === undefined) return undefined
  return {
    operator: given['operator'] === 'OR' ? 'OR' : 'AND',
    ...(controls.length > 0 ? { builtInControls: controls } : {}),
    ...(strength === undefined ? {} : { authenticationStrength: strength }),
    ...(terms.length > 0 ? { termsOfUse: terms } : {}),
  }
}

/** Those that every tenant has; their ids are the same everywhere. */
const ids: ReadonlyMap<string, AuthenticationStrength> = new Map([
  ['00000000-0000-0000-0000-000000000002', 'multifactor'],
  ['00000000-0000-0000-0000-000000000003', 'passwordless'],
  ['00000000-0000-0000-0000-000000000004', 'phishingResistant'],
])

function carryStrength(given: unknown, notes: Notes): AuthenticationStrength | undefined {
  // Where a tool has put names in place of ids.
  if (typeof given === 'string') return carryStrength({ displayName: given }, notes)
  if (!isObject(given)) return undefined
  const carried =
    ids.get(text(given['id']) ?? '') ?? graphStrengths.get(text(given['displayName']) ?? '')
  if (carried === undefined) {
    const message = `${text(given['displayName']) ?? 'it'}: there is no such strength here`
    notes.push({ path: 'grantControls.authenticationStrength', message, effect: 'changed' })
  }
  return carried
}

/** PURE. */
export function carrySessionControls(given: unknown, notes: Notes): object | undefined {
  if (!isObject(given)) return undefined
  const { signInFrequency, persistentBrowser } = given
  noteOthers(given, ['signInFrequency', 'persistentBrowser'], notes, 'sessionControls.')
  const carried = {
    ...(isObject(signInFrequency) && says(signInFrequency)
      ? { signInFrequency: carryFrequency(signInFrequency) }
      : {}),
    ...(isObject(persistentBrowser) && says(persistentBrowser)
      ? { persistentBrowser: { mode: persistentBrowser['mode'] } }
      : {}),
  }
  return Object.keys(carried).length > 0 ? carried : undefined
}

function carryFrequency(given: ReturnType<typeof group>): object {
  const authenticationType = text(given['authenticationType'])
  const type = authenticationType === undefined ? {} : { authenticationType }
  if (given['frequencyInterval'] === 'everyTime') return { frequencyInterval: 'everyTime', ...type }
  return { value: given['value'], type: given['type'], ...type }
}
