import { expect } from 'chai'
import { bannedTerms } from '../../../../../provider/passwords/banned.ts'
import { createNewPasswordRules } from '../../../../../provider/passwords/passwords.ts'
import { newPasswordStep } from '../../../../../provider/signin/password/new-password-step.ts'

describe('the form for a new password', () => {
  const rules = createNewPasswordRules({
    terms: bannedTerms(['password']),
    names: ['Example'],
    isBreached: async (password) => password === 'known-from-a-breach',
  })
  const step = (password: string, newPassword: string, again = newPassword) => {
    const form = new Map(
      Object.entries({ password, 'new-password': newPassword, 'new-password-again': again }),
    )
    return newPasswordStep(form, { username: 'CORP\\jane.smith@corp.example', rules })
  }

  it('gives the old and the new one', async () => {
    expect(await step('old', 'a whole new thing')).to.deep.equal({
      password: 'old',
      newPassword: 'a whole new thing',
    })
  })

  const table: readonly [problem: string, ...typed: [string, string, string?]][] = [
    ['noPassword', '', 'a whole new thing'],
    ['noNewPassword', 'old', ''],
    ['newPasswordsDiffer', 'old', 'a whole new thing', 'a whole new thong'],
    ['samePassword', 'a whole new thing', 'a whole new thing'],
    ['newPasswordTooLong', 'old', 'x'.repeat(1025)],
    ['banned', 'old', 'P@ssw0rd12'],
    ['containsName', 'old', 'for example this one'],
    ['containsName', 'old', 'that is what Smith likes'],
    ['breached', 'old', 'known-from-a-breach'],
  ]
  for (const [problem, ...typed] of table) {
    it(`says ${problem} before anybody is asked`, async () => {
      expect(await step(...typed)).to.deep.equal({ problem })
    })
  }

  it('takes a form without fields for an empty one', async () => {
    const typed = await newPasswordStep(new Map(), { username: 'jane', rules })
    expect(typed).to.deep.equal({ problem: 'noPassword' })
  })
})
