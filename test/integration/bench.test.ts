import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'

/** What the benchmarks say, not how fast anything is: this machine may be busy with other tests. */
describe('npm run bench', function () {
  this.timeout(60_000)

  it('verify says how an agent compares with the directory alone', async () => {
    const said = await lastLine('verify')
    expect(numbersOf(said)).to.include.all.keys('perSecond', 'direct', 'ratio', 'addedP50Ms')
    expect(said['ratio']).to.be.within(0, 1)
    expect(said['levels']).to.have.length(3)
    expect(said['targets']).to.have.keys('perSecond', 'ratio', 'addedP50Ms')
  })

  it('login says how whole sign-ins compare with the bare library', async () => {
    const said = await lastLine('login')
    expect(numbersOf(said)).to.include.all.keys('perSecond', 'bare', 'ratio')
    expect(said['targets']).to.have.keys('ratio')
  })

  it('start says how long local mode takes, and how much memory', async () => {
    const said = await lastLine('start')
    expect(numbersOf(said)).to.include.all.keys('seconds', 'bareSeconds')
    expect(said['targets']).to.include.keys('seconds')
  })

  it('agents says what many of them cost beside one', async () => {
    const said = await lastLine('agents')
    expect(numbersOf(said)).to.include.all.keys('ratio', 'idlePerSecond', 'bytesPerRequest')
    expect(said['bytesRatio']).to.be.within(0.9, 1.1)
  })

  it('policies says how long it takes to ask many of them', async () => {
    const said = await lastLine('policies')
    expect(numbersOf(said)).to.include.all.keys('p50Ms', 'growth')
    expect(said['sizes']).to.have.length(3)
    expect(said['targets']).to.have.keys('p50Ms', 'growth')
  })

  it('directory says what a large one costs beside a small one', async () => {
    const said = await lastLine('directory')
    expect(numbersOf(said)).to.include.all.keys('perSecond', 'ratio')
    expect(said['people']).to.deep.equal([10, 100])
    expect(said['targets']).to.have.keys('ratio')
  })

  it('shows what it can do to whoever asks for something else', async () => {
    const { code, errors } = await ended(bench('speed'))
    expect(code).to.equal(2)
    expect(errors).to.include('npm run bench -- NAME').and.to.include('login')
  })

  it('stops everything it has started when it is interrupted', async () => {
    const child = bench('verify', '--quick')
    const end = ended(child)
    let errors = ''
    child.stderr?.on('data', (text: string) => {
      errors += text
    })
    await eventually(() => errors.includes('warming up'), { within: 30_000 })
    const started = descendants(child.pid ?? -1)
    expect(started, 'Redis, slapd, an agent, a provider').to.have.length.at.least(4)
    child.kill('SIGINT')
    expect((await end).code).not.to.equal(0)
    await eventually(() => !processes().some(({ pid }) => started.includes(pid)))
  })
})

function bench(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['test/bench/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout?.setEncoding('utf8')
  child.stderr?.setEncoding('utf8')
  return child
}

async function ended(child: ChildProcess) {
  let output = ''
  let errors = ''
  child.stdout?.on('data', (text: string) => {
    output += text
  })
  child.stderr?.on('data', (text: string) => {
    errors += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}

async function lastLine(name: string): Promise<Record<string, unknown>> {
  const { code, output, errors } = await ended(bench(name, '--quick'))
  expect(code, errors).to.equal(0)
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
}

function numbersOf(said: Record<string, unknown>): Record<string, number> {
  const numbers = Object.entries(said).filter(([, value]) => Number.isFinite(value))
  return Object.fromEntries(numbers) as Record<string, number>
}

function descendants(pid: number): number[] {
  const all = processes()
  const below = (parent: number): number[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one.pid, ...below(one.pid)])
  return below(pid)
}

function processes(): { pid: number; parent: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return lines.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number)
    return pid && parent !== undefined ? [{ pid, parent }] : []
  })
}
