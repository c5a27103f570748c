import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stringify } from 'yaml'
import type { AgentSettings } from '../../agent/settings.ts'
import { Fault } from '../../shared/fault.ts'
import { command } from './files.ts'
import type { ReadableLog } from './readable-log.ts'

/** An agent as a process of its own, started as an operator would: `postern agent run`. */
export interface AgentChild {
  /** Rejects when it ends without having been told to. */
  readonly failed: Promise<never>
  /** Waits for its clean end. */
  stop(): Promise<void>
}

export interface AgentChildParts {
  readonly settings: AgentSettings
  /** For its settings; its identity is in there. */
  readonly folder: string
  /** Gets its lines. */
  readonly log: ReadableLog
}

export async function startAgentChild(parts: AgentChildParts): Promise<AgentChild> {
  const { settings, folder, log } = parts
  const config = join(folder, 'agent.yaml')
  await writeFile(config, stringify(settings), { mode: 0o600 })
  // Nothing is ever said on the channel (`ipc`). By its end the agent learns that we are gone,
  // however we went, and goes too.
  const child = spawn(process.execPath, [command, 'agent', 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl+C is for us; the agent has to outlive the provider's last question.
    detached: true,
  })
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface(output).on('line', (line) => log.write(`${line}\n`))
  }
  return { failed: unexpectedEnd(child), stop: () => end(child) }
}

function unexpectedEnd(child: ChildProcess): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new Fault('internal', `the agent has ended by itself (${signal ?? code})`))
    })
  })
  // Not every caller waits for it, and when it is stopped nobody should.
  failed.catch(() => undefined)
  return failed
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
