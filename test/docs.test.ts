import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { Ajv } from 'ajv'
import { expect } from 'chai'
import { parse } from 'yaml'
import { type LockFile, missingPackages } from '../scripts/complete-lock-file.ts'
import { generatedFiles } from '../scripts/generated-files.ts'
import { type JsonSchema, jsonSchema, settingsFiles } from '../scripts/json-schemas.ts'
import { printProblem } from '../shared/settings/problem.ts'
import { checkSettings } from '../shared/settings.ts'
import { importsOf, root, sourceFiles } from './support/source-files.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const product = sourceFiles('provider', 'agent', 'shared', 'cli', 'browser')
const rest = sourceFiles('test', 'scripts')

describe('docs: settings files of ours', () => {
  for (const path of globSync('config/**/*.yaml', { cwd: root })) {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.+)$/m.exec(read(path)) ?? []
    const file = settingsFiles.find(({ name }) => basename(schema) === `${name}.schema.json`)

    it(`${path} is right`, async () => {
      if (!file) throw new Error(`${path} has no # yaml-language-server: $schema=… of ours`)
      const { problems } = await checkSettings(join(root, path), file.schema)
      expect((problems ?? []).map(printProblem)).to.deep.equal([])
    })

    it(`${path} is right for an editor, too, which finds its schema`, () => {
      const validate = new Ajv({ strict: false, validateFormats: false }).compile(
        JSON.parse(read(join(dirname(path), schema))) as object,
      )
      const settings = parse(read(path)) as object
      expect(validate(settings), JSON.stringify(validate.errors)).to.equal(true)
      expect(validate({ ...settings, misspelt: 1 })).to.equal(false)
    })
  }

  for (const file of settingsFiles.slice(0, 2)) {
    const path = `config/${file.name}.example.yaml`

    it(`${path} has every setting, with its default`, () => {
      const found = differences(parse(read(path)), jsonSchema(file), '')
      expect(found.filter((line) => !isCommented(line, read(path)))).to.deep.equal([])
    })
  }
})

// What excludes something else, and has no default, can only be shown in a comment.
function isCommented(difference: string, text: string): boolean {
  const [, name] = /(\w+) is missing, and has no default$/.exec(difference) ?? []
  return name !== undefined && new RegExp(`^ *# +${name}:`, 'm').test(text)
}

// Where an example says more than the default would.
const telling = /\[\]\.default$|^trustedProxies$|^resources$|\.suffixes$|\.scopes$|\.claims$/

/** Settings that an example lacks, or has with another value than the default. */
function differences(value: unknown, schema: JsonSchema, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each) => differences(each, schema.items ?? {}, `${path}[]`))
  }
  const shape = variant(value, schema)
  return Object.entries(shape.properties ?? {}).flatMap(([name, part]) => {
    const here = path === '' ? name : `${path}.${name}`
    const own = (value as Record<string, unknown> | undefined)?.[name]
    if (own === undefined && part.default === undefined) {
      return [`${here} is missing, and has no default`]
    }
    if (own === undefined) return [`${here} is missing`]
    const free = part.default === undefined || part.type === 'object' || telling.test(here)
    const other = !free && JSON.stringify(own) !== JSON.stringify(part.default)
    return [...(other ? [`${here} is not the default`] : []), ...differences(own, part, here)]
  })
}

function variant(value: unknown, schema: JsonSchema): JsonSchema {
  const type = (value as { type?: unknown } | undefined)?.type
  const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]
  return variants.find((each) => each.properties?.['type']?.const === type) ?? schema
}

describe('docs: generated files', () => {
  for (const [path, text] of generatedFiles()) {
    it(`${path} is what \`npm run generate\` writes`, () => {
      expect(existsSync(join(root, path)) && read(path)).to.equal(text)
    })
  }

  it('describe every setting', () => {
    const silent = settingsFiles.flatMap((file) => withoutDescription(jsonSchema(file), file.name))
    expect(silent).to.deep.equal([])
  })
})

function withoutDescription(schema: JsonSchema, path: string): string[] {
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => [
    ...(part.description === undefined ? [`${path}.${name}`] : []),
    ...withoutDescription(part, `${path}.${name}`),
  ])
  const parts = [schema.items, schema.additionalProperties, ...(schema.oneOf ?? [])]
  return [...members, ...parts.flatMap((part) => (part ? withoutDescription(part, path) : []))]
}

describe('docs: folders', () => {
  const folders = new Set(product.map(({ path }) => dirname(path)))

  for (const folder of folders) {
    it(`${folder}/ says what it is for`, () => {
      const fronts = [`${folder}/${basename(folder)}.ts`, `${folder}.ts`, `${folder}/main.ts`]
      const explained =
        existsSync(join(root, folder, 'README.md')) ||
        fronts.some((path) => existsSync(join(root, path)) && opening(read(path)) !== '') ||
        product.some(({ path, text }) => dirname(path) === folder && speaksOfFolder(text))
      const ways = 'in README.md, atop its namesake or main.ts, or in a comment on "this folder"'
      expect(explained, ways).to.equal(true)
    })
  }

  it('of tests are told apart in test/README.md', () => {
    const text = read('test/README.md')
    const kinds = globSync('test/*/', { cwd: root }).map((path) => basename(path))
    expect(kinds.filter((kind) => !text.includes(`\`${kind}/\``))).to.deep.equal([])
  })
})

/** The comment that comes before the first thing declared. */
function opening(text: string): string {
  const body = text.replace(/^#!.*\n/, '').replaceAll(/^import\b[^'"]*?['"][^'"]+['"]\n/gm, '')
  return /^\s*(\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(body)?.[1] ?? ''
}

function speaksOfFolder(text: string): boolean {
  return /\bthis folder\b/i.test(opening(text).replaceAll(/\s+\*?\s*/g, ' '))
}

describe('docs: links', () => {
  const pages = globSync(['*.md', '{docs,deploy,provider,agent,shared,cli,config,test}/**/*.md'], {
    cwd: root,
  })

  for (const page of pages) {
    it(`in ${page} lead somewhere`, () => {
      const prose = read(page).replaceAll(/^```.*?^```$/gms, '')
      const links = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"\s]+)"/g)]
        .map(([, markdown, html]) => markdown ?? html ?? '')
        .filter((link) => !/^[a-z]+:/.test(link))
      expect(links.filter((link) => !leadsSomewhere(page, link))).to.deep.equal([])
    })
  }
})

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? page : normalize(join(dirname(page), file))
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || headings(read(target)).includes(anchor)
}

/** As GitHub makes anchors of headings. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

describe('docs: security.md', () => {
  const page = read('docs/security.md')

  it('names tests that there are', () => {
    const named = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+\.test\.ts)\)/g)]
    expect(named.length).to.be.greaterThan(30)
    const gone = named.filter(([, title = '', file = '']) => !titles(read(file)).includes(title))
    expect(gone.map(([link]) => link)).to.deep.equal([])
  })

  it('has every attack that is known, with its test', () => {
    const tested = titles(read('test/integration/attacks.test.ts'))
    const attacks = tested.filter((title) => /^A\d+: /.test(title))
    expect(attacks).to.have.length(11)
    expect(attacks.filter((title) => !page.includes(`[${title}]`))).to.deep.equal([])
  })
})

/** Of suites and tests; of one that is made in a loop, what comes before the first part that changes. */
function titles(text: string): string[] {
  const quoted = /\b(?:describe|it)\(\s*(?:'([^']+)'|"([^"]+)"|`([^`$]+))/g
  return [...text.matchAll(quoted)].map(
    ([, one, two, three]) => one ?? two ?? three?.replace(/:? *$/, '') ?? '',
  )
}

describe('docs: package.json', () => {
  const manifest = JSON.parse(read('package.json')) as {
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
    scripts: Record<string, string>
  }
  const runtime = Object.keys(manifest.dependencies)
  const development = Object.keys(manifest.devDependencies)
  const imported = (files: typeof product): Set<string> =>
    new Set(
      files.flatMap((file) =>
        importsOf(file)
          .filter(({ kind }) => kind === 'package')
          .map(({ to }) => to),
      ),
    )

  it('has what the program imports, and nothing it does not', () => {
    expect([...imported(product)].toSorted()).to.deep.equal(runtime.toSorted())
  })

  it('has what tests and scripts import', () => {
    const known = [...runtime, ...development]
    expect([...imported(rest)].filter((name) => !known.includes(name))).to.deep.equal([])
  })

  // Used by name of their command, or by another package; each with the place that does.
  const commands: Readonly<Record<string, () => boolean>> = {
    typescript: () => /\btsc\b/.test(read('scripts/test.ts')),
    oxlint: () => read('scripts/test.ts').includes("'oxlint'"),
    'oxlint-tsgolint': () => read('scripts/test.ts').includes('--type-aware'),
    '@biomejs/biome': () => read('scripts/test.ts').includes("'biome'"),
    node: () => manifest.scripts['start']?.startsWith('node ') === true,
  }

  it('has no development package that nothing uses', () => {
    const used = imported([...product, ...rest])
    const idle = development.filter((name) => {
      if (used.has(name)) return false
      const typed = name.replace(/^@types\//, '')
      if (typed !== name) return typed !== 'node' && !used.has(typed)
      return commands[name]?.() !== true
    })
    expect(idle).to.deep.equal([])
  })

  it('has no script that runs a file which is gone', () => {
    const named = Object.values(manifest.scripts).flatMap(
      (script) => /\bnode ([\w./-]+\.ts)\b/.exec(script)?.[1] ?? [],
    )
    expect(named.length).to.be.greaterThan(4)
    expect(named.filter((path) => !existsSync(join(root, path)))).to.deep.equal([])
  })

  it('is locked for every platform, and to no registry', () => {
    const lock = JSON.parse(read('package-lock.json')) as LockFile
    expect(missingPackages(lock).map(({ name }) => name)).to.deep.equal([])
    expect(read('package-lock.json')).not.to.contain('"resolved"')
  })
})
