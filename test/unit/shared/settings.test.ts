import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { printProblem, SettingsFault } from '../../../shared/settings/problem.ts'
import { wholeNumber } from '../../../shared/settings/whole-number.ts'
import {
  checkSettings,
  checkSettingsText,
  readSettings,
  resolveBeside,
} from '../../../shared/settings.ts'

interface Garden {
  readonly name: string
  readonly rest: number
  readonly beds: readonly { readonly plant: string; readonly rows: number }[]
}

const garden: z.ZodType<Garden> = z.strictObject({
  name: z.string().min(1),
  rest: wholeNumber({ min: 1, max: 60 }, 'seconds').default(5),
  beds: z.array(z.strictObject({ plant: z.string(), rows: z.number() })).min(1),
})

/** What is printed about a text, without the file's name. */
function said(text: string, schema: z.ZodType = garden): string[] {
  const checked = checkSettingsText('garden.yaml', text, schema)
  if (!checked.problems) throw new Error('expected problems')
  return checked.problems.map((problem) => printProblem(problem).replace('garden.yaml:', ''))
}

describe('settings', () => {
  it('are the checked value, with defaults', () => {
    const checked = checkSettingsText('g', 'name: a\nbeds: [{ plant: leek, rows: 2 }]', garden)
    expect(checked).to.deep.equal({
      value: { name: 'a', rest: 5, beds: [{ plant: 'leek', rows: 2 }] },
    })
  })

  it('are frozen to the bottom', () => {
    const { value } = checkSettingsText('g', 'name: a\nbeds: [{ plant: leek, rows: 2 }]', garden)
    if (!value) throw new Error('expected settings')
    expect(value).to.be.frozen
    expect(value.beds).to.be.frozen
    expect(value.beds[0]).to.be.frozen
  })

  it('name every problem at once, in the order of the file', () => {
    const text = `
nmae: a
rest: 1.5
beds:
  - plant: 7
    rows: many
  - rows: 3
    colour: red
`
    expect(said(text)).to.deep.equal([
      '2:1: name: is missing',
      '2:1: nmae: is not a setting; did you mean "name"?',
      '3:7: rest: must be a whole number of seconds, 1 to 60',
      '5:12: beds[0].plant: must be text; put it in quotes',
      '6:11: beds[0].rows: must be a number',
      '7:5: beds[1].plant: is missing',
      '8:5: beds[1].colour: is not a setting; known here: plant, rows',
    ])
  })

  it('point at the name where the value is empty', () => {
    expect(said('name:\nbeds: [{ plant: leek, rows: 2 }]')).to.deep.equal([
      '1:1: name: has no value',
    ])
  })

  it('point at what an alias stands for', () => {
    const text = 'name: a\nbeds: [&leek { plant: leek, rows: x }, *leek]'
    expect(said(text)).to.deep.equal([
      '2:35: beds[0].rows: must be a number',
      '2:35: beds[1].rows: must be a number',
    ])
  })

  it('say of a choice what can be chosen, and what was probably meant', () => {
    const kind = z.strictObject({
      level: z.enum(['info', 'warn']),
      backend: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('ldap') })]),
    })
    expect(said('level: wran\nbackend: { type: ladp }', kind)).to.deep.equal([
      '1:8: level: must be one of info, warn; did you mean "warn"?',
      '2:18: backend.type: must be ldap',
    ])
  })

  it('judge a setting of several shapes by the shape that was meant', () => {
    const server = z.strictObject({ host: z.string(), port: z.number() })
    const shapes = z.strictObject({ at: z.union([z.string(), server, z.array(z.string())]) })
    expect(said('at: { host: a, prot: 1 }', shapes)).to.deep.equal([
      '1:1: at.port: is missing',
      '1:16: at.prot: is not a setting; did you mean "port"?',
    ])
    expect(said('at: true', shapes)).to.deep.equal([
      '1:5: at: must be text or a group of settings or a list',
    ])
  })

  it('never repeat a value, which may be a secret', () => {
    const text = 'name: [hunter2]\nbeds: hunter2\nrest: hunter2'
    expect(said(text).join('\n')).not.to.contain('hunter2')
  })

  it('name every mistake of YAML, and do not guess on', () => {
    expect(said('name: a\nname: b\nrest: !soon 3\nbeds: *none')).to.deep.equal([
      '2:1: not valid YAML: this name stands here twice',
      '3:7: not valid YAML: tags (!name) are not allowed',
      '4:7: no such anchor',
    ])
  })

  it('refuse the tags that YAML libraries know by themselves', () => {
    expect(said('name: !!binary aGk=')).to.deep.equal([
      '1:7: not valid YAML: tags (!name) are not allowed',
    ])
  })

  it('refuse a few lines that unfold to a great many', () => {
    const tenOf = (name: string): string => `[${Array.from({ length: 10 }, () => name).join()}]`
    const text = `a: &a ${tenOf('1')}\nb: &b ${tenOf('*a')}\nc: &c ${tenOf('*b')}\nd: ${tenOf('*c')}`
    expect(said(text)).to.deep.equal(['1:1: too many aliases'])
  })

  it('refuse an empty file and a second document', () => {
    expect(said('# nothing yet\n')).to.deep.equal(['1:1: has no settings in it'])
    expect(said('name: a\n---\nname: b\n')).to.deep.equal([
      '2:1: not valid YAML: a second document begins here; one file holds one',
    ])
  })
})

describe('settings files', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-settings-'))
    file = join(folder, 'garden.yaml')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('are read', async () => {
    await writeFile(file, 'name: a\nbeds: [{ plant: leek, rows: 2 }]')
    expect((await readSettings(file, garden)).name).to.equal('a')
  })

  it('throw one fault that prints all problems, one a line', async () => {
    await writeFile(file, 'nmae: a\nbeds: []')
    const fault = await readSettings(file, garden).catch((thrown: unknown) => thrown)
    if (!(fault instanceof SettingsFault)) throw new Error('expected a SettingsFault')
    expect(fault).to.be.instanceOf(Fault)
    expect(fault.kind).to.equal('settings')
    expect(fault.problems).to.have.length(3)
    expect(fault.message.split('\n')).to.deep.equal([
      `${file}:1:1: name: is missing`,
      `${file}:1:1: nmae: is not a setting; did you mean "name"?`,
      `${file}:2:7: beds: must list at least one`,
    ])
  })

  it('cannot drive the terminal, or break the line, by what they call a setting', async () => {
    const name = String.raw`"\u001b[2J\r\n\u009b1m\u007f\u2028\u202e"`
    await writeFile(file, `name: a\nbeds: [{ plant: leek, rows: 2 }]\n${name}: 1`)
    const [problem, ...others] = (await unreadable(file)).split(/[\r\n]/)
    expect(others).to.deep.equal([])
    expect(problem).to.match(/: is not a setting/)
    expect(problem).to.contain(String.raw`:3:1: \u001b[2J\u000d\u000a\u009b1m\u007f\u2028\u202e: `)
  })

  const unreadable = async (name: string): Promise<string> => {
    const { problems } = await checkSettings(name, garden)
    return (problems ?? []).map(printProblem).join('\n')
  }

  it('that are not there, or are folders, are one clear sentence', async () => {
    expect(await unreadable(file)).to.equal(`${file}: there is no such file`)
    expect(await unreadable(join(file, 'x'))).to.equal(`${join(file, 'x')}: there is no such file`)
    expect(await unreadable(folder)).to.equal(`${folder}: is a folder, not a file`)
  })

  it('in another encoding than UTF-8 are one clear sentence', async () => {
    await writeFile(file, Buffer.from('name: a', 'utf16le').fill(0xff, 0, 2))
    expect(await unreadable(file)).to.equal(`${file}: is not text in UTF-8`)
  })

  it('may begin with the byte order mark that some editors write', async () => {
    await writeFile(file, '\uFEFFname: a\nbeds: [{ plant: leek, rows: 2 }]')
    expect((await readSettings(file, garden)).name).to.equal('a')
  })

  it('that this user may not read are one clear sentence', async () => {
    await writeFile(file, 'name: a')
    await chmod(file, 0)
    expect(await asNobody(() => unreadable(file))).to.equal(`${file}: this user may not read it`)
  })

  /** Root may read everything, so root steps down for as long as this takes. */
  async function asNobody<T>(run: () => Promise<T>): Promise<T> {
    const root = process.geteuid?.() === 0
    await chmod(folder, 0o755)
    if (root) process.seteuid?.(65534)
    try {
      return await run()
    } finally {
      if (root) process.seteuid?.(0)
    }
  }

  it('name other files relative to themselves', () => {
    expect(resolveBeside('/etc/postern/provider.yaml', 'keys/a.pem')).to.equal(
      '/etc/postern/keys/a.pem',
    )
    expect(resolveBeside('/etc/postern/provider.yaml', '/run/a.pem')).to.equal('/run/a.pem')
  })
})
