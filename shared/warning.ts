/**
 * Everything an agent or the provider can have to warn of: one closed list, read by `agents list`,
 * the log, the metrics and the documentation alike. A warning is a state that lasts and then ends
 * by itself once its reason is gone. What happens once is an alert.
 */
export type WarningName =
  | 'noAgent'
  | 'singleAgent'
  | 'agentSilent'
  | 'pendingApproval'
  | 'quarantined'
  | 'outlier'
  | 'oldVersion'
  | 'clockOff'
  | 'certificateEnding'
  | 'approvalEnding'
  | 'directorySlow'
  | 'directoryUnreachable'
  | 'noTlsCheck'
  | 'proxyUnreachable'
  | 'redisNotPersistent'
  | 'revocationUnconfirmed'
  | 'alertsUndelivered'
  | 'noBreakGlass'
  | 'redisEvicts'
  | 'redisUntold'

/** Stable for ever: `PST-301` and on. Agents say these in their heartbeats. */
export type WarningCode = string

/** `critical`: people cannot sign in, or somebody may be lying. `notice`: nothing is wrong yet. */
export type Severity = 'notice' | 'warning' | 'critical'

export interface WarningText {
  readonly code: WarningCode
  /** What is so. */
  readonly title: string
  readonly severity: Severity
  /** What to do about it. */
  readonly advice: string
}

const warnings: Readonly<Record<WarningName, WarningText>> = {
  noAgent: {
    code: 'PST-301',
    title: 'no live agent serves the realm',
    severity: 'critical',
    advice:
      'Nobody of this realm can sign in. Start an agent, or see why the others are not asked.',
  },
  singleAgent: {
    code: 'PST-302',
    title: 'one live agent alone serves the realm',
    severity: 'warning',
    advice: 'Nobody can sign in while it restarts. Enrol a second one on another host.',
  },
  agentSilent: {
    code: 'PST-303',
    title: 'the agent has not been heard',
    severity: 'warning',
    advice:
      'Run `postern agent doctor` on its host; if it is gone for good, `postern agents remove` it.',
  },
  pendingApproval: {
    code: 'PST-304',
    title: 'the agent waits for its approval',
    severity: 'notice',
    advice:
      'Compare the fingerprint with the one on its host, then `postern agents approve` it; or `remove` it.',
  },
  quarantined: {
    code: 'PST-305',
    title: 'the agent is quarantined and is asked nothing',
    severity: 'critical',
    advice:
      'See `postern agents show` for why, and find out what happened on its host. Enrol it anew, or `approve` it again.',
  },
  outlier: {
    code: 'PST-306',
    title: 'the agent does worse than others and is left alone for a while',
    severity: 'warning',
    advice: 'See its log for what its directory answers; `postern agent doctor` checks both.',
  },
  oldVersion: {
    code: 'PST-307',
    title: 'the agent is of an older version than the provider',
    severity: 'notice',
    advice: 'Update it.',
  },
  clockOff: {
    code: 'PST-308',
    title: "the agent's clock differs from the provider's",
    severity: 'warning',
    advice: 'Set both clocks by NTP. From five seconds on the agent is asked nothing.',
  },
  certificateEnding: {
    code: 'PST-309',
    title: "the agent's certificate ends soon and has not been renewed",
    severity: 'warning',
    advice:
      "See its log for why the renewal fails: most often the issuer's address cannot be reached from its host.",
  },
  approvalEnding: {
    code: 'PST-310',
    title: "the agent's approval ends soon",
    severity: 'warning',
    advice: 'If the agent is still wanted, `postern agents approve` it again.',
  },
  directorySlow: {
    code: 'PST-311',
    title: "the agent's directory is slow",
    severity: 'warning',
    advice:
      'Look at the load of the directory server and at the way to it; add a server or an agent.',
  },
  directoryUnreachable: {
    code: 'PST-312',
    title: 'the agent cannot ask its directory',
    severity: 'critical',
    advice: 'Run `postern agent doctor` on its host: it tries each server and the service account.',
  },
  noTlsCheck: {
    code: 'PST-313',
    title: 'a connection of the agent is not encrypted, or its certificate is not checked',
    severity: 'warning',
    advice:
      'Use ldaps:// or startTls for the directory and rediss:// for Redis, and unset NODE_TLS_REJECT_UNAUTHORIZED.',
  },
  proxyUnreachable: {
    code: 'PST-314',
    title: 'the HTTP proxy cannot be reached or refuses',
    severity: 'critical',
    advice: 'Check `proxy` in the settings, HTTPS_PROXY, and the user that the proxy wants.',
  },
  redisNotPersistent: {
    code: 'PST-315',
    title: 'Redis keeps nothing on disk: a restart of it loses all second factors',
    severity: 'warning',
    advice:
      'Set `appendonly yes`. Without, everybody is signed out as well, and has to enrol anew.',
  },
  revocationUnconfirmed: {
    code: 'PST-316',
    title: 'a revocation has not reached every provider process',
    severity: 'critical',
    advice: 'Check that each provider process reaches Redis; restart one that does not.',
  },
  alertsUndelivered: {
    code: 'PST-317',
    title: 'alerts do not reach the webhook',
    severity: 'warning',
    advice:
      'Check `alerts.webhook` in provider.yaml and the receiver. The alerts stand in the log.',
  },
  noBreakGlass: {
    code: 'PST-318',
    title: 'there is no break-glass account',
    severity: 'warning',
    advice:
      'When no agent answers, or a policy is wrong, nobody can sign in. Make one: docs/break-glass.md.',
  },
  redisEvicts: {
    code: 'PST-319',
    title: 'Redis drops what it holds when its memory is full: second factors, too',
    severity: 'warning',
    advice: 'Set `maxmemory-policy noeviction`, and give it memory enough.',
  },
  redisUntold: {
    code: 'PST-320',
    title: 'Redis does not say how it keeps what it is told',
    severity: 'notice',
    advice:
      "Allow the provider's user `+info` and `+config|get`; or see to it that Redis has `appendonly yes` and `maxmemory-policy noeviction`.",
  },
}

export const warningNames: readonly WarningName[] = Object.keys(warnings) as WarningName[]

/** Total: every warning has a text. */
export function warningText(name: WarningName): WarningText {
  return warnings[name]
}

/** What an agent can know of itself; whatever else it says is not believed. */
const warningsOfAgents: readonly WarningName[] = [
  'clockOff',
  'certificateEnding',
  'directorySlow',
  'directoryUnreachable',
  'noTlsCheck',
  'proxyUnreachable',
]

/** Those that an agent says in a heartbeat; one of a newer version may know more than we do. */
export function warningsOf(codes: readonly WarningCode[]): readonly WarningName[] {
  return warningsOfAgents.filter((name) => codes.includes(warnings[name].code))
}
