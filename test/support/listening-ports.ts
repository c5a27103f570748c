import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * The ports that a process listens on, TCP, UDP and UNIX sockets alike: each of its sockets, as the
 * kernel lists them (proc(5)). Linux only.
 */
export function listeningOn(pid: number): readonly string[] {
  const own = new Set(socketsOf(pid))
  const inet = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    tableOf(pid, kind)
      // 0A is listening; 07 is how a UDP socket is shown that has a port and no partner.
      .filter(([, , , state]) => state === '0A' || state === '07')
      .filter((row) => own.has(row[9] ?? ''))
      .map(([, local = '']) => `${kind} ${local}`),
  )
  // Of flags, 10000 (__SO_ACCEPTCON) says that a UNIX socket accepts connections.
  const unix = tableOf(pid, 'unix')
    .filter(([, , , flags]) => flags === '00010000')
    .filter((row) => own.has(row[6] ?? ''))
    .map((row) => `unix ${row[7] ?? ''}`)
  return [...inet, ...unix]
}

/** Inodes. */
export function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // It was closed in the meantime.
      return []
    }
  })
}

function tableOf(pid: number, name: string): readonly (readonly string[])[] {
  const [, ...rows] = readFileSync(`/proc/${pid}/net/${name}`, 'utf8').trim().split('\n')
  return rows.map((row) => row.trim().split(/\s+/))
}
