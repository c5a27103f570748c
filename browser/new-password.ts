import { bannedTerms } from '../provider/passwords/banned.ts'
import { commonTerms } from '../provider/passwords/common-terms.ts'
import { namesOfOrganization, namesOfPerson } from '../provider/passwords/names.ts'
import { type Strength, strengthOf } from '../provider/passwords/strength.ts'
import { element } from './element.ts'

/**
 * On every page that asks for a new password: says how good it is while it is typed, by the rules
 * that the provider goes by afterwards, and can show what is typed. Sends nothing anywhere. The
 * organization's own list of banned words is not here: whoever asks for the page would read it.
 */
const box = element('strength', HTMLElement)
const words = element('strength-words', HTMLElement)
const field = element('new-password', HTMLInputElement)
const show = element('show-passwords', HTMLLabelElement)

const hint = words.textContent
const meter = box.querySelector('meter')
const username = field.form?.querySelector<HTMLInputElement>('[name=username]')?.value ?? ''
const rules = {
  terms: bannedTerms(commonTerms),
  names: [
    ...namesOfOrganization(box.dataset['organization'] ?? ''),
    ...namesOfPerson(username, box.dataset['fullName']),
  ],
}

function sayStrength(): void {
  const strength = strengthOf(field.value, rules)
  if (meter) meter.value = strength.points
  box.dataset['level'] = field.value === '' ? '' : strength.level
  const said = field.value === '' ? hint : wordsFor(strength)
  // A screen reader reads it out at each change, and a change to the same words is one, too.
  if (words.textContent !== said) words.textContent = said
}

function wordsFor({ level, because }: Strength): string {
  if (level === 'good') return 'Good.'
  if (level === 'fair') return 'Fair. More letters make it better.'
  if (because === 'containsName') return 'Too weak: a name is in it, yours or ours.'
  return because === 'tooShort' ? 'Too short so far.' : 'Too weak: little but common words.'
}

const passwords = [...(field.form?.querySelectorAll<HTMLInputElement>('[type=password]') ?? [])]

function showPasswords(isShown: boolean): void {
  for (const input of passwords) input.type = isShown ? 'text' : 'password'
}

field.setAttribute(
  'aria-describedby',
  [field.getAttribute('aria-describedby'), words.id].filter(Boolean).join(' '),
)
field.addEventListener('input', sayStrength)
const tick = show.querySelector('input')
tick?.addEventListener('change', () => showPasswords(tick.checked))
// Browsers keep what was sent in fields of text, and offer it to whoever types there next.
field.form?.addEventListener('submit', () => showPasswords(false))
box.hidden = false
show.hidden = false
sayStrength()
