import type { CrossCheck, CrossProblem } from '../../shared/settings/cross-check.ts'
import { nearest } from '../../shared/settings/nearest.ts'
import {
  authenticationStrengths,
  type BuiltInControl,
  type GrantControls,
  graphStrengths,
  type Policy,
  type SessionControls,
  type TimeConditions,
} from './policy.ts'

/** What a policy must not say. */
export const policyChecks: readonly CrossCheck<Policy>[] = [
  { of: ['grantControls', 'sessionControls'], problems: idle },
  { of: ['grantControls'], problems: ({ grantControls }) => grants(grantControls) },
  {
    of: ['grantControls', 'conditions.applications'],
    problems: (policy) => skips(policy),
  },
  { of: ['sessionControls'], problems: ({ sessionControls }) => frequency(sessionControls) },
  { of: ['conditions.users'], problems: nobody },
  { of: ['conditions.applications'], problems: targets },
  ...(['users', 'applications', 'locations'] as const).map(
    (group): CrossCheck<Policy> => ({
      of: [`conditions.${group}`],
      problems: ({ conditions }) => wordLists[group](conditions).flatMap(misspelt),
    }),
  ),
  {
    of: ['conditions.locations'],
    problems: ({ conditions: { locations } }) =>
      locations && locations.includeLocations.length + locations.excludeLocations.length === 0
        ? [{ path: ['conditions', 'locations'], message: 'names no location' }]
        : [],
  },
  { of: ['conditions.times'], problems: ({ conditions }) => windows(conditions.times) },
  {
    of: ['exceptions'],
    problems: ({ exceptions }) =>
      exceptions.flatMap(({ users, groups, roles }, at) =>
        users.length + groups.length + roles.length > 0
          ? []
          : [{ path: ['exceptions', at], message: 'is for nobody: name users, groups or roles' }],
      ),
  },
]

/** Whether the locations that a policy names are there. */
export function locationCheck(known: readonly string[]): CrossCheck<Policy> {
  return {
    of: ['conditions.locations'],
    problems: ({ conditions }) =>
      (['includeLocations', 'excludeLocations'] as const).flatMap((list) =>
        (conditions.locations?.[list] ?? []).flatMap((name, at): CrossProblem[] => {
          if (locationWords.includes(name) || known.includes(name)) return []
          const meant = nearest(name, [...known, ...locationWords])
          const hint = meant === undefined ? knownOnes(known) : `; did you mean "${meant}"?`
          const path = ['conditions', 'locations', list, at]
          return [{ path, message: `is no location of locations.yaml${hint}` }]
        }),
      ),
  }
}

/** Whether the terms that a policy names are there. */
export function termsCheck(known: readonly string[]): CrossCheck<Policy> {
  return {
    of: ['grantControls'],
    problems: ({ grantControls }) =>
      (grantControls?.termsOfUse ?? []).flatMap((name, at): CrossProblem[] => {
        if (known.includes(name)) return []
        const meant = nearest(name, known)
        const hint = meant === undefined ? knownOnes(known) : `; did you mean "${meant}"?`
        const message = `is none of termsOfUse in provider.yaml${hint}`
        return [{ path: ['grantControls', 'termsOfUse', at], message }]
      }),
  }
}

/**
 * Whether the strength that a policy names is there.
 * @param own those of the settings; left out if they are not known, and then only one that is
 *   misspelt is found
 */
export function strengthCheck(own?: readonly string[]): CrossCheck<Policy> {
  const known = [...authenticationStrengths, ...(own ?? [])]
  return {
    of: ['grantControls'],
    problems: ({ grantControls }) => {
      const name = grantControls?.authenticationStrength
      if (name === undefined || known.includes(name)) return []
      const meant = graphStrengths.get(name) ?? nearest(name, known)
      if (meant === undefined && own === undefined) return []
      const hint = meant === undefined ? knownOnes(known) : `; did you mean "${meant}"?`
      const message = `is none of authenticationStrengths in provider.yaml${hint}`
      return [{ path: ['grantControls', 'authenticationStrength'], message }]
    },
  }
}

const locationWords: readonly string[] = ['All', 'AllTrusted']

function knownOnes(known: readonly string[]): string {
  return known.length === 0 ? ', which has none' : `; known: ${known.join(', ')}`
}

function idle({ grantControls, sessionControls }: Policy): CrossProblem[] {
  if (grantControls || Object.keys(sessionControls ?? {}).length > 0) return []
  return [{ path: [], message: 'does nothing: give it grantControls or sessionControls' }]
}

function grants(grant: GrantControls | undefined): CrossProblem[] {
  if (grant === undefined) return []
  const { builtInControls, authenticationStrength, termsOfUse } = grant
  const strengths = authenticationStrength === undefined ? 0 : 1
  const count = builtInControls.length + termsOfUse.length + strengths
  if (count === 0) return [{ path: ['grantControls'], message: 'asks for nothing' }]
  return builtInControls.flatMap((control, at): CrossProblem[] => {
    const message = whyNot(control, grant, count)
    return message === undefined
      ? []
      : [{ path: ['grantControls', 'builtInControls', at], message }]
  })
}

function whyNot(control: BuiltInControl, grant: GrantControls, count: number): string | undefined {
  const { operator, builtInControls, authenticationStrength } = grant
  const strong = authenticationStrength !== undefined
  if (control === 'block' && count > 1) {
    return 'leaves nothing to ask for: it must stand alone'
  }
  if (control === 'mfa' && strong) return 'is a part of authenticationStrength; name one of them'
  const proven = operator === 'AND' && (strong || builtInControls.includes('mfa'))
  // Or whoever has stolen the password could change it, and have it for themselves.
  return control === 'passwordChange' && !proven
    ? 'needs mfa or an authenticationStrength beside it, and operator AND'
    : undefined
}

function skips({ grantControls, conditions }: Policy): CrossProblem[] {
  const { registrationSkips, builtInControls = [], authenticationStrength } = grantControls ?? {}
  if (registrationSkips === undefined) return []
  const hasFactor = builtInControls.includes('mfa') || authenticationStrength !== undefined
  const message = whyNoSkips(hasFactor, {
    // Or whoever has stolen the password could put the factor off, and change it.
    givesPassword: builtInControls.includes('passwordChange'),
    isForRegistration: conditions.applications.includeUserActions.length > 0,
  })
  return message === undefined ? [] : [{ path: ['grantControls', 'registrationSkips'], message }]
}

function whyNoSkips(
  hasFactor: boolean,
  { givesPassword, isForRegistration }: { givesPassword: boolean; isForRegistration: boolean },
): string | undefined {
  if (!hasFactor) return 'needs mfa or an authenticationStrength beside it'
  if (givesPassword) return 'cannot stand beside passwordChange, which a second factor protects'
  return isForRegistration ? 'cannot stand in a policy about setting up a second factor' : undefined
}

function frequency(session: SessionControls | undefined): CrossProblem[] {
  const { signInFrequency } = session ?? {}
  if (signInFrequency === undefined) return []
  const path = ['sessionControls', 'signInFrequency']
  const { frequencyInterval, value, type } = signInFrequency
  if (frequencyInterval === 'timeBased') {
    if (value !== undefined && type !== undefined) return []
    return [{ path, message: 'needs value and type, or frequencyInterval: everyTime' }]
  }
  if (value === undefined && type === undefined) return []
  return [{ path, message: 'has no value and no type with everyTime' }]
}

function nobody({ conditions: { users } }: Policy): CrossProblem[] {
  const { includeUsers, includeGroups, includeRoles } = users
  if (includeUsers.length + includeGroups.length + includeRoles.length > 0) return []
  const message = 'is about nobody: includeUsers, includeGroups or includeRoles must name someone'
  return [{ path: ['conditions', 'users'], message }]
}

function targets({ conditions: { applications } }: Policy): CrossProblem[] {
  const lists = [
    'includeApplications',
    'includeUserActions',
    'includeAuthenticationContextClassReferences',
  ] as const
  const used = lists.filter((list) => applications[list].length > 0)
  const path = ['conditions', 'applications']
  if (used.length === 0) {
    return [{ path, message: `is about nothing: ${lists.join(' or ')} must name something` }]
  }
  return used.slice(1).map((list) => ({
    path: [...path, list],
    message: `stands beside ${used[0]}; a policy is about one of them`,
  }))
}

interface WordList {
  readonly path: readonly string[]
  readonly entries: readonly string[]
  /** The words that may stand here. */
  readonly known: readonly string[]
}

/** A word with the wrong letters would be taken for a name that nobody has. */
function misspelt({ path, entries, known }: WordList): CrossProblem[] {
  return entries.flatMap((entry, at): CrossProblem[] => {
    const message = whyNotWord(entry, entries, known)
    return message === undefined ? [] : [{ path: [...path, at], message }]
  })
}

function whyNotWord(
  entry: string,
  entries: readonly string[],
  known: readonly string[],
): string | undefined {
  if (known.includes(entry)) {
    if (entries.length === 1 || entry === 'AllTrusted') return undefined
    return `${entry} stands alone; the others say nothing beside it`
  }
  const folded = entry.toLowerCase()
  if (folded === 'guestsorexternalusers') {
    return 'means nobody here: everyone comes from your directories'
  }
  const meant = allWords.find((word) => word.toLowerCase() === folded)
  if (meant === undefined) return undefined
  return known.includes(meant) ? `must be written ${meant}` : `cannot be ${meant} here`
}

const allWords: readonly string[] = ['All', 'None', 'AllTrusted']

type Group = 'users' | 'applications' | 'locations'
type Conditions = Policy['conditions']

const wordLists: { readonly [group in Group]: (conditions: Conditions) => WordList[] } = {
  users: ({ users }) => [
    words(['users', 'includeUsers'], users.includeUsers, ['All', 'None']),
    words(['users', 'excludeUsers'], users.excludeUsers, []),
  ],
  applications: ({ applications: { includeApplications, excludeApplications } }) => [
    words(['applications', 'includeApplications'], includeApplications, ['All', 'None']),
    words(['applications', 'excludeApplications'], excludeApplications, []),
  ],
  locations: ({ locations: { includeLocations = [], excludeLocations = [] } = {} }) => [
    words(['locations', 'includeLocations'], includeLocations, ['All', 'AllTrusted']),
    words(['locations', 'excludeLocations'], excludeLocations, ['AllTrusted']),
  ],
}

function words(
  path: readonly string[],
  entries: readonly string[],
  known: readonly string[],
): WordList {
  return { path: ['conditions', ...path], entries, known }
}

function windows(times: TimeConditions | undefined): CrossProblem[] {
  if (times === undefined) return []
  const lists = ['includeTimes', 'excludeTimes'] as const
  const path = ['conditions', 'times']
  if (lists.every((list) => times[list].length === 0)) {
    return [{ path, message: 'names no time: give it includeTimes or excludeTimes' }]
  }
  return lists.flatMap((list) =>
    times[list].flatMap(({ from, to }, at): CrossProblem[] => {
      const here = [...path, list, at]
      if ((from === undefined) !== (to === undefined)) {
        return [{ path: here, message: 'needs both from and to, or neither for the whole day' }]
      }
      if (from === undefined || from !== to) return []
      return [{ path: here, message: 'ends as it begins; for the whole day leave out from and to' }]
    }),
  )
}
