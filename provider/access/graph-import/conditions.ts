import { clientAppTypes, platforms, riskLevels, transferMethods, userActions } from '../policy.ts'
import {
  type GraphObject,
  group,
  keep,
  type Notes,
  named,
  noteOthers,
  says,
  texts,
} from './reading.ts'

const known = [
  'clientApplications',
  'users',
  'applications',
  'clientAppTypes',
  'locations',
  'platforms',
  'signInRiskLevels',
  'userRiskLevels',
  'authenticationFlows',
]

/**
 * PURE.
 * @param places names of locations by their id
 */
export function carryConditions(
  given: GraphObject,
  places: ReadonlyMap<string, string>,
  notes: Notes,
): object {
  if (says(given['clientApplications'])) {
    const message = 'apps that sign in by themselves; policies here are about people'
    notes.push({ path: 'conditions.clientApplications', message, effect: 'nothingLeft' })
  }
  noteOthers(given, known, notes, 'conditions.')
  return {
    users: carryUsers(group(given['users']), notes),
    applications: carryApplications(group(given['applications']), notes),
    ...carryList(given, 'clientAppTypes', [...clientAppTypes, 'all'], notes),
    ...(says(given['locations']) ? carryLocations(group(given['locations']), places, notes) : {}),
    ...(says(given['platforms']) ? carryPlatforms(group(given['platforms']), notes) : {}),
    ...carryList(given, 'signInRiskLevels', riskLevels, notes),
    ...carryList(given, 'userRiskLevels', riskLevels, notes),
    ...(says(given['authenticationFlows'])
      ? carryFlows(group(given['authenticationFlows']), notes)
      : {}),
  }
}

function carryUsers(users: GraphObject, notes: Notes): object {
  const lists = [
    'includeUsers',
    'excludeUsers',
    'includeGroups',
    'excludeGroups',
    'includeRoles',
    'excludeRoles',
  ] as const
  const guests = 'GuestsOrExternalUsers'
  const carried = Object.fromEntries(
    lists.flatMap((list) => {
      const all = texts(users[list])
      const path = `conditions.users.${list}`
      if (all.includes(guests)) {
        const effect = list.startsWith('include') ? 'changed' : 'none'
        notes.push({ path, message: `${guests}: there are none here`, effect })
      }
      const names = named(
        all.filter((name) => name !== guests),
        path,
        notes,
      )
      return names.length > 0 ? [[list, names]] : []
    }),
  )
  // People from elsewhere do not exist here, so nothing is lost by not excluding them.
  noteOthers(users, [...lists, 'excludeGuestsOrExternalUsers'], notes, 'conditions.users.')
  const included = lists.some((list) => list.startsWith('include') && list in carried)
  return included ? carried : { ...carried, includeUsers: ['None'] }
}

function carryApplications(applications: GraphObject, notes: Notes): object {
  const where = 'conditions.applications.'
  const lists = ['includeApplications', 'excludeApplications'] as const
  const carried = lists.flatMap((list) => {
    const all = texts(applications[list])
    const own = all.filter((name) => !suites.includes(name))
    if (own.length < all.length) {
      const message = `${all.filter((name) => suites.includes(name)).join(', ')}: there are none here`
      notes.push({
        path: where + list,
        message,
        effect: list === 'includeApplications' ? 'changed' : 'none',
      })
    }
    const names = named(own, where + list, notes)
    return names.length > 0 ? [[list, names] as const] : []
  })
  const actions = keep(texts(applications['includeUserActions']), userActions, {
    path: `${where}includeUserActions`,
    notes,
    harmless: true,
  })
  if (actions.length === 0 && says(applications['includeUserActions'])) {
    nothingLeft(`${where}includeUserActions`, notes)
  }
  const contexts = texts(applications['includeAuthenticationContextClassReferences'])
  const others = ['includeUserActions', 'includeAuthenticationContextClassReferences']
  noteOthers(applications, [...lists, ...others], notes, where)
  const targets = {
    ...Object.fromEntries(carried),
    ...(actions.length > 0 ? { includeUserActions: actions } : {}),
    ...(contexts.length > 0 ? { includeAuthenticationContextClassReferences: contexts } : {}),
  }
  const included = Object.keys(targets).some((list) => list.startsWith('include'))
  return included ? targets : { ...targets, includeApplications: ['None'] }
}

const suites: readonly string[] = ['Office365', 'MicrosoftAdminPortals']

/** A list that would be empty would hold for everything; what it was about does not exist here. */
function carryList(
  given: GraphObject,
  name: string,
  values: readonly string[],
  notes: Notes,
): object {
  const all = texts(given[name])
  if (all.length === 0) return {}
  const kept = keep(all, values, { path: `conditions.${name}`, notes, harmless: true })
  if (kept.length === 0) nothingLeft(`conditions.${name}`, notes)
  return { [name]: kept }
}

function carryLocations(
  locations: GraphObject,
  places: ReadonlyMap<string, string>,
  notes: Notes,
): object {
  const lists = ['includeLocations', 'excludeLocations'] as const
  const carried = lists.map((list) => {
    const names = texts(locations[list]).map((id) => places.get(id) ?? id)
    return [list, named(names, `conditions.locations.${list}`, notes)] as const
  })
  noteOthers(locations, lists, notes, 'conditions.locations.')
  return { locations: Object.fromEntries(carried) }
}

function carryPlatforms(given: GraphObject, notes: Notes): object {
  const where = 'conditions.platforms.'
  const include = texts(given['includePlatforms'])
  const included = keep(include, [...platforms, 'all'], {
    path: `${where}includePlatforms`,
    notes,
    harmless: true,
  })
  if (included.length === 0) nothingLeft(`${where}includePlatforms`, notes)
  const excluded = keep(texts(given['excludePlatforms']), platforms, {
    path: `${where}excludePlatforms`,
    notes,
    harmless: true,
  })
  noteOthers(given, ['includePlatforms', 'excludePlatforms'], notes, where)
  return { platforms: { includePlatforms: included, excludePlatforms: excluded } }
}

/** Graph writes several of them with commas. */
function carryFlows(given: GraphObject, notes: Notes): object {
  const { transferMethods: methods } = given
  const all = (typeof methods === 'string' ? methods.split(',') : texts(methods))
    .map((method) => method.trim())
    .filter((method) => method !== 'none' && method !== '')
  if (all.length === 0) return {}
  const kept = keep(all, transferMethods, {
    path: 'conditions.authenticationFlows.transferMethods',
    notes,
    harmless: true,
  })
  if (kept.length === 0) nothingLeft('conditions.authenticationFlows', notes)
  return { authenticationFlows: { transferMethods: kept } }
}

function nothingLeft(path: string, notes: Notes): void {
  notes.push({ path, message: 'is only about what does not exist here', effect: 'nothingLeft' })
}
