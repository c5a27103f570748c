import { jsonSchema, settingsFiles } from './json-schemas.ts'
import { outcomesReference } from './outcomes-reference.ts'
import { policiesPage } from './policies-page.ts'
import { riskReference } from './risk-reference.ts'
import { settingsReference } from './settings-reference.ts'
import { warningsReference } from './warnings-reference.ts'

/** Everything in the repository that code says better than a person: path and text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schemas = settingsFiles.map(
    (file) =>
      [
        `config/schemas/${file.name}.schema.json`,
        `${JSON.stringify(jsonSchema(file), null, 2)}\n`,
      ] as const,
  )
  return new Map([
    ...schemas,
    [
      'docs/reference/settings.md',
      settingsReference(settingsFiles.filter(({ page }) => page === 'settings')),
    ],
    ['docs/reference/outcomes.md', outcomesReference()],
    ['docs/policies.md', policiesPage()],
    ['docs/reference/risk.md', riskReference()],
    ['docs/reference/warnings.md', warningsReference()],
  ])
}
