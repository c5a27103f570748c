import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { expect } from 'chai'
import { type Import, importsOf, root, sourceFiles } from './support/source-files.ts'

/** Who must not import what, and why. Names are globs of files, packages, or `node:` modules. */
interface ImportRule {
  readonly say: string
  readonly because: string
  readonly from: readonly string[]
  readonly except?: readonly string[]
  readonly to: readonly string[]
}

const product = ['provider/**', 'agent/**', 'shared/**', 'cli/**', 'browser/**']
const httpServers = ['koa', '@koa/router', 'koa-mount', 'oidc-provider', 'helmet', 'hono']
const features = ['access', 'broker', 'mfa', 'risk', 'signin-log', 'terms']
const pureAccess = [
  'combine',
  'condition',
  'conditions',
  'decision',
  'evaluate',
  'facts',
  'local-time',
  'outstanding',
  'policy',
  'prepare',
  'signals',
  'times',
].map((name) => `provider/access/${name}.ts`)
const pureMfa = ['factor-limits', 'guessing', 'shown-method', 'strengths'].map(
  (name) => `provider/mfa/${name}.ts`,
)

const rulesForBrowsers = ['banned', 'common-terms', 'names', 'strength'].map(
  (name) => `provider/passwords/${name}.ts`,
)

const importRules: readonly ImportRule[] = [
  {
    say: 'shared imports neither side, nor what one side alone needs',
    because: 'what both sides agree on knows neither',
    from: ['shared/**'],
    to: ['provider/**', 'agent/**', 'ldapts', ...httpServers],
  },
  {
    say: 'the provider never imports the agent',
    because: 'they meet on the bus alone',
    from: ['provider/**'],
    to: ['agent/**', 'ldapts'],
  },
  {
    say: 'the agent never imports the provider, nor an HTTP server',
    because: 'it ships alone and listens to nothing',
    from: ['agent/**'],
    to: ['provider/**', 'node:http', 'node:https', 'node:http2', ...httpServers],
  },
  {
    say: 'nothing imports the command, the tests or the scripts',
    because: 'nothing depends on what starts it',
    from: ['provider/**', 'agent/**', 'shared/**'],
    to: ['cli/**', 'test/**', 'scripts/**'],
  },
  {
    say: 'what runs in the browser imports nothing but itself and rules that are pure',
    because: 'a browser has neither Node nor packages, and whatever is sent to it anybody can read',
    from: ['browser/**', ...rulesForBrowsers],
    to: [
      'node:*',
      'agent/**',
      'shared/**',
      'cli/**',
      'ioredis',
      'pino',
      'zod',
      ...httpServers,
      'provider/{access,account,agents,broker,http,metrics,mfa,oidc,signin,signin-log}/**',
      'provider/passwords/{breach,breach-file,breach-range,open-rules}.ts',
    ],
  },
  {
    say: 'nothing imports what runs in the browser',
    because: 'it is sent there as a file',
    from: ['provider/**', 'agent/**', 'shared/**', 'cli/**'],
    to: ['browser/**'],
  },
  {
    say: 'the command does not import tests or scripts',
    because: 'neither is in the package',
    from: ['cli/**'],
    to: ['test/**', 'scripts/**'],
  },
  {
    say: 'decisions import no input, output, time or chance',
    because: 'the same question must have the same answer, in a test and in the night',
    from: [
      'provider/broker/routing.ts',
      'provider/signin/next-step.ts',
      'provider/risk/{rules,score,facts,lessons,place}.ts',
      ...pureAccess,
      ...pureMfa,
    ],
    to: [
      'node:*',
      'ioredis',
      'pino',
      ...httpServers,
      'shared/{bus,clock,log,store}*.ts',
      'shared/redis/**',
    ],
  },
  ...features.map((feature) => ({
    say: `${feature} imports no other feature`,
    because: 'signin joins them, so that each can be read alone',
    from: [`provider/${feature}/**`],
    to: ['signin', 'account', ...features.filter((other) => other !== feature)].map(
      (other) => `provider/${other}/**`,
    ),
  })),
  {
    say: 'nothing but the composition root and a person’s own pages imports signin',
    because:
      'it joins features and calls down; those pages stand above it and show some of its own',
    from: product,
    except: ['provider/signin/**', 'provider/account/**', 'provider/main.ts'],
    to: ['provider/signin/**'],
  },
  {
    say: 'nothing but the composition root imports account',
    because: 'it is at the very top',
    from: product,
    except: ['provider/account/**', 'provider/main.ts'],
    to: ['provider/account/**'],
  },
  {
    say: 'ldapts stays in its backends',
    because: 'a directory is behind the port PasswordBackend',
    from: product,
    except: ['agent/backends/ldap*.ts', 'agent/backends/active-directory*.ts'],
    to: ['ldapts'],
  },
  {
    say: 'ioredis stays in the Redis folder',
    because: 'Redis is behind the ports Bus and Store',
    from: product,
    except: ['shared/redis/**'],
    to: ['ioredis'],
  },
  {
    say: 'node-jose stays in the envelope',
    because: 'what it is swapped for has one place to be swapped in, and to be audited',
    from: product,
    except: ['shared/envelope*.ts'],
    to: ['node-jose'],
  },
  {
    say: 'oidc-provider stays in provider/oidc',
    because: 'the sign-in pages see a small Interaction of our own',
    from: product,
    except: ['provider/oidc/**'],
    to: ['oidc-provider'],
  },
]

/** What code must not say, and why; `only` may say it. */
interface CodeRule {
  readonly say: string
  readonly because: string
  readonly pattern: RegExp
  readonly only: readonly string[]
}

const codeRules: readonly CodeRule[] = [
  {
    say: 'the environment is read in one place',
    because: 'settings arrive as a checked value, and what the environment changes can be found',
    pattern: /\bprocess\.env\b/,
    only: ['shared/settings/environment.ts'],
  },
  {
    say: 'real time is read by the clock alone',
    because: 'a test must be able to stop it',
    pattern: /\bDate\.now\b|\bnew Date\(\)|(?<!new )\bDate\(\)/,
    only: ['shared/clock.ts'],
  },
  {
    say: 'chance comes from the clock alone',
    because: 'a test must be able to foretell it, and Math.random is not for secrets',
    pattern:
      /\bMath\.random\b|\brandomUUID\b|\brandomInt\b|\bgetRandomValues\b|(?<!\.)\brandomBytes\b(?!\(size: number\))/,
    only: ['shared/clock.ts'],
  },
  {
    say: 'the console belongs to the command',
    because: 'everything else is logged by pino, which takes secrets out',
    pattern: /\bconsole\./,
    only: ['cli/**'],
  },
]

const files = sourceFiles('provider', 'agent', 'shared', 'cli', 'browser')
const imports = files.flatMap(importsOf)
const packages = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object })
    .dependencies,
)

const isAny = (path: string, globs: readonly string[]): boolean =>
  globs.some((glob) => matchesGlob(path, glob))
const print = ({ from, to }: Import): string => `${from} imports ${to}`

describe('architecture: imports', () => {
  it('are seen at all', () => {
    expect(files.length).to.be.greaterThan(100)
    expect(imports.length).to.be.greaterThan(300)
    for (const kind of ['file', 'package', 'node']) {
      expect(imports.filter((each) => each.kind === kind).length, kind).to.be.greaterThan(50)
    }
  })

  for (const { say, because, from, except = [], to } of importRules) {
    it(`${say}: ${because}`, () => {
      const wrong = imports.filter(
        (each) => isAny(each.from, from) && !isAny(each.from, except) && isAny(each.to, to),
      )
      expect(wrong.map(print)).to.deep.equal([])
    })
  }

  // A rule about a name that is gone forbids nothing: whoever renames has to come by here.
  for (const { say, from, except = [], to } of importRules) {
    it(`still exist where "${say}" speaks of them`, () => {
      const exists = (name: string): boolean =>
        name.startsWith('node:') || packages.includes(name) || isPath(name)
      expect([...from, ...to].filter((name) => !exists(name))).to.deep.equal([])
      const unused = except.filter(
        (glob) => !imports.some((each) => matchesGlob(each.from, glob) && isAny(each.to, to)),
      )
      expect(unused, 'exceptions that nothing needs').to.deep.equal([])
    })
  }

  it('make no circle', () => {
    expect(circles(imports)).to.deep.equal([])
  })
})

describe('architecture: code', () => {
  for (const { say, because, pattern, only } of codeRules) {
    it(`${say}: ${because}`, () => {
      const said = files.filter(({ code }) => pattern.test(code)).map(({ path }) => path)
      expect(said.filter((path) => !isAny(path, only))).to.deep.equal([])
      expect(said.length, 'the rule sees the exception').to.be.greaterThan(0)
    })
  }

  it('has no default exports: a thing has one name everywhere', () => {
    const wrong = files.filter(({ code }) => /^export default\b|\bas default\b/m.test(code))
    expect(wrong.map(({ path }) => path)).to.deep.equal([])
  })

  it('has no barrels: a name is imported from where it is written', () => {
    const wrong = files.filter(
      ({ path, code }) => path.endsWith('/index.ts') || /^export\b[^;'"=]*?\bfrom '/m.test(code),
    )
    expect(wrong.map(({ path }) => path)).to.deep.equal([])
  })

  it('has no file over 300 lines', () => {
    const wrong = files.filter(({ text }) => text.trimEnd().split('\n').length > 300)
    expect(wrong.map(({ path }) => path)).to.deep.equal([])
  })

  it('has no folder of a kind', () => {
    const kinds = new Set(['utils', 'util', 'helpers', 'lib', 'services', 'types', 'common'])
    const wrong = files.filter(({ path }) => path.split('/').some((word) => kinds.has(word)))
    expect(wrong.map(({ path }) => path)).to.deep.equal([])
  })
})

function isPath(glob: string): boolean {
  const tests = ['test/architecture.test.ts', 'scripts/test.ts']
  return [...files.map(({ path }) => path), ...tests].some((path) => matchesGlob(path, glob))
}

/** Files that import each other in a circle, each circle once, as `a > b > a`. */
function circles(edges: readonly Import[]): string[] {
  const next = Map.groupBy(
    edges.filter(({ kind }) => kind === 'file'),
    ({ from }) => from,
  )
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.add([...path.slice(at), file].join(' > '))
    if (at >= 0 || done.has(file)) return
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return [...found]
}
