import type { CrossCheck, CrossProblem } from '../shared/settings/cross-check.ts'
import { type Entry, entriesOf, repeats } from '../shared/settings/repeats.ts'
import { breakGlassRealm } from './break-glass/realm.ts'
import { builtInStrengths } from './mfa/strengths.ts'
import type { ProviderSettings } from './settings.ts'

/** What settings of a provider must not say together. */
export const crossChecks: readonly CrossCheck<ProviderSettings>[] = [
  {
    of: ['realms'],
    problems: ({ realms }) => twice(entriesOf('realms', realms, 'name'), "is another realm's name"),
  },
  {
    of: ['realms'],
    problems: ({ realms }) => {
      const suffixes = realms.flatMap((realm, at) =>
        realm.suffixes.map((text, index) => ({ text, path: ['realms', at, 'suffixes', index] })),
      )
      return twice(suffixes, 'stands twice; a suffix belongs to one realm')
    },
  },
  {
    of: ['realms'],
    problems: ({ realms }) => {
      const names = realms.flatMap(({ netbiosNames = [] }, at) =>
        netbiosNames.map((name, index) => {
          return { text: name.toLowerCase(), path: ['realms', at, 'netbiosNames', index] }
        }),
      )
      return twice(names, 'stands twice; a domain belongs to one realm')
    },
  },
  {
    of: ['realms'],
    problems: ({ realms }) => {
      const defaults = realms.flatMap((realm, at) => (realm.default ? [at] : []))
      return defaults
        .slice(1)
        .map((at) => ({ path: ['realms', at, 'default'], message: 'only one realm can be it' }))
    },
  },
  {
    of: ['realms'],
    problems: ({ realms }) =>
      realms.flatMap(({ default: isDefault, suffixes, netbiosNames = [] }, at) => {
        if (isDefault || suffixes.length + netbiosNames.length > 0) return []
        const message = 'no user name leads here: give it suffixes, or make it the default'
        return [{ path: ['realms', at], message }]
      }),
  },
  {
    of: ['realms'],
    problems: ({ realms }) =>
      realms.flatMap(({ name, suffixes, netbiosNames = [] }, at) => [
        ...reserved([name], () => ['realms', at, 'name']),
        ...reserved(suffixes, (index) => ['realms', at, 'suffixes', index]),
        ...reserved(netbiosNames, (index) => ['realms', at, 'netbiosNames', index]),
      ]),
  },
  {
    of: ['termsOfUse'],
    problems: ({ termsOfUse }) =>
      twice(entriesOf('termsOfUse', termsOfUse, 'name'), 'is the name of other terms'),
  },
  {
    of: ['authenticationStrengths'],
    problems: ({ authenticationStrengths: all }) =>
      twice(entriesOf('authenticationStrengths', all, 'name'), 'is the name of another strength'),
  },
  {
    of: ['authenticationStrengths'],
    problems: ({ authenticationStrengths: all }) =>
      all.flatMap(({ name }, at) => {
        const message = 'is a strength that there always is'
        const path = ['authenticationStrengths', at, 'name']
        return builtInStrengths.includes(name) ? [{ path, message }] : []
      }),
  },
  {
    of: ['resources'],
    problems: ({ resources }) =>
      twice(entriesOf('resources', resources, 'identifier'), "is another resource's identifier"),
  },
]

/** Who signs in there needs no agent, and no policy applies to them. */
function reserved(
  names: readonly string[],
  pathOf: (index: number) => readonly (string | number)[],
): CrossProblem[] {
  return names.flatMap((name, index) =>
    name.toLowerCase() === breakGlassRealm
      ? [{ path: pathOf(index), message: 'belongs to the accounts of breakGlass' }]
      : [],
  )
}

function twice(entries: readonly Entry[], message: string): CrossProblem[] {
  return repeats(entries).map(({ path }) => ({ path, message }))
}
