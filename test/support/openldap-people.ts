import { createHash } from 'node:crypto'
import { systemClock } from '../../shared/clock.ts'

/**
 * Who is in the test directory, as LDIF (RFC 2849): one person for every state of an account that
 * the password policy overlay knows, a service account, groups, and any number of others.
 */
export const baseDn = 'dc=lab,dc=test'
export const serviceDn: string = `cn=svc-read,ou=service,${baseDn}`
/** A service account that may also set passwords. */
export const resetDn: string = `cn=svc-reset,ou=service,${baseDn}`

/** Of everybody but zoë. */
export const password = 'Passw0rd!Lab'
export const zoePassword = 'Pässwörd-密码-1'

/** Of `veteran`, before the present one. */
export const formerPassword = 'Once-Yellow-7'

/** The immutable id of `ok`; the others get one from slapd. */
export const idOfOk = '1f0c7d3a-9f5e-4c53-8a52-5a3c0f6f0b11'

/** One attribute of an entry; it may occur more than once. */
type Attribute = readonly [name: string, value: string]

const day = 86_400_000

/**
 * @param bulk how many people `u000001`, `u000002`, … there are beside those with a name
 * @param crowd how many groups `crowded` is in, and nobody else
 */
export function openldapPeople(bulk: number, crowd = 0): string {
  const now = systemClock.now()
  const entries = [tree(), policies(), named(now), services(), groups(), nestedGroups()]
  return [...entries.flat(), ...crowded(crowd), ...many(bulk)].join('\n')
}

function tree(): string[] {
  const units = ['people', 'branch', 'service', 'groups', 'policies', 'bulk']
  return [
    entry(baseDn, [
      ['objectClass', 'dcObject'],
      ['objectClass', 'organization'],
      ['o', 'Lab'],
      ['dc', 'lab'],
    ]),
    ...units.map((unit) =>
      entry(`ou=${unit},${baseDn}`, [
        ['objectClass', 'organizationalUnit'],
        ['ou', unit],
      ]),
    ),
  ]
}

function policies(): string[] {
  const usual = {
    pwdAttribute: 'userPassword',
    pwdMaxAge: String((3650 * day) / 1000),
    pwdInHistory: '3',
    pwdCheckQuality: '1',
    pwdMinLength: '8',
    pwdExpireWarning: String((7 * day) / 1000),
    pwdLockout: 'TRUE',
    pwdMaxFailure: '5',
    pwdLockoutDuration: '1800',
    pwdFailureCountInterval: '1800',
    pwdMustChange: 'TRUE',
    pwdAllowUserChange: 'TRUE',
  }
  const policy = (name: string, more: Record<string, string> = {}) =>
    entry(`cn=${name},ou=policies,${baseDn}`, [
      ['objectClass', 'device'],
      ['objectClass', 'pwdPolicy'],
      ['cn', name],
      ...Object.entries({ ...usual, ...more }),
    ])
  const month = String((30 * day) / 1000)
  return [
    policy('default'),
    policy('keep', { pwdMinAge: String(day / 1000) }),
    policy('short', { pwdMaxAge: month }),
    policy('grace', { pwdMaxAge: month, pwdGraceAuthNLimit: '2' }),
  ]
}

function named(now: number): string[] {
  const underPolicy = (name: string): Attribute => [
    'pwdPolicySubentry',
    `cn=${name},ou=policies,${baseDn}`,
  ]
  const changed = (ago: number): Attribute => ['pwdChangedTime', time(now - ago)]
  return [
    person('ok', [
      ['entryUUID', idOfOk],
      changed(30 * day),
      memberOf('apps'),
      memberOf('sales, marketing'),
      ['telephoneNumber', '+31 20 1234567'],
      ['telephoneNumber', '+31 20 7654321'],
    ]),
    // Their states are told only after the right password.
    person('expired', [underPolicy('short'), changed(60 * day)]),
    person('expired2', [underPolicy('short'), changed(60 * day)]),
    person('keeper', [underPolicy('keep'), changed(0)]),
    person('veteran', [underPolicy('short'), changed(60 * day), former(now - 60 * day)]),
    person('grace', [underPolicy('grace'), changed(60 * day)]),
    person('soon', [underPolicy('short'), changed(27 * day)]),
    person('mustchange', [changed(0), ['pwdReset', 'TRUE']]),
    // And theirs with any password.
    person('locked', [['pwdAccountLockedTime', time(now)]]),
    person('disabled', [['pwdAccountLockedTime', '000001010000Z']]),
    person('acctexpired', [['pwdEndTime', time(now - day)]]),
    person('notyet', [['pwdStartTime', time(now + 30 * day)]]),
    // Who is locked in the course of a test.
    person('lockme'),
    ...[1, 2, 3, 4, 5, 6].map((number) => person(`changer${number}`)),
    person('zoë', [], {
      name: 'Zoë Müller-Łukasz 山田',
      mail: 'zoe@lab.test',
      hash: ssha(zoePassword),
    }),
    person('twin', [], { mail: 'twin@lab.test' }),
    person('twin', [], { mail: 'other.twin@lab.test', unit: 'branch' }),
    person('altid', [], { mail: 'other.mail@mail.example' }),
    person('branch', [], { unit: 'branch' }),
    person('nopassword', [], { hash: '{SSHA}!' }),
  ]
}

function services(): string[] {
  const service = (name: string, more: readonly Attribute[] = []) =>
    entry(`cn=${name},ou=service,${baseDn}`, [
      ['objectClass', 'applicationProcess'],
      ['objectClass', 'simpleSecurityObject'],
      ['cn', name],
      ['userPassword', ssha(password)],
      ...more,
    ])
  return [
    service('svc-read'),
    service('svc-reset'),
    // May be bound, and may read nothing.
    service('svc-blind'),
    // May do nothing but change its password.
    service('svc-mustchange', [['pwdReset', 'TRUE']]),
  ]
}

function groups(): string[] {
  return ['apps', 'sales\\, marketing'].map((name) =>
    entry(`cn=${name},ou=groups,${baseDn}`, [
      ['objectClass', 'groupOfNames'],
      ['cn', name.replace('\\', '')],
      ['member', `uid=ok,ou=people,${baseDn}`],
    ]),
  )
}

/**
 * `nested` is in `inner`, which is in `middle`, which is in `outer`, which is in `middle` again. The
 * overlay knows nothing of groups of other classes.
 */
function nestedGroups(): string[] {
  const dn = (group: string) => `cn=${group},ou=groups,${baseDn}`
  const nested = `uid=nested,ou=people,${baseDn}`
  const group = (name: string, kind: string, attributes: readonly Attribute[]) =>
    entry(dn(name), [['objectClass', kind], ['cn', name], ...attributes])
  return [
    person('nested', [memberOf('inner')]),
    group('inner', 'groupOfNames', [['member', nested], memberOf('middle')]),
    group('middle', 'groupOfNames', [
      ['member', dn('inner')],
      ['member', dn('outer')],
      memberOf('outer'),
    ]),
    group('outer', 'groupOfNames', [['member', dn('middle')], memberOf('middle')]),
    group('unique', 'groupOfUniqueNames', [['uniqueMember', nested]]),
    group('unique-outer', 'groupOfUniqueNames', [['uniqueMember', dn('unique')]]),
    group('posix', 'posixGroup', [
      ['gidNumber', '5000'],
      ['memberUid', 'nested'],
    ]),
  ]
}

function crowded(count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `crowd-${index}`)
  const dn = `uid=crowded,ou=people,${baseDn}`
  return [
    person('crowded', names.map(memberOf)),
    ...names.map((name) =>
      entry(`cn=${name},ou=groups,${baseDn}`, [
        ['objectClass', 'groupOfNames'],
        ['cn', name],
        ['member', dn],
      ]),
    ),
  ]
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(6, '0')
    const phone: Attribute = ['telephoneNumber', `+31 20 ${number}`]
    return person(`u${number}`, [phone, memberOf('everybody')], { unit: 'bulk' })
  })
}

function person(
  uid: string,
  more: readonly Attribute[] = [],
  about: { name?: string; mail?: string; unit?: string; hash?: string } = {},
): string {
  return entry(`uid=${uid},ou=${about.unit ?? 'people'},${baseDn}`, [
    ['objectClass', 'inetOrgPerson'],
    ['uid', uid],
    ['cn', about.name ?? `Given Sur-${uid}`],
    ['sn', `Sur-${uid}`],
    ['givenName', 'Given'],
    ['mail', about.mail ?? `${uid}@lab.test`],
    ['userPassword', about.hash ?? ssha(password)],
    ...more,
  ])
}

// draft-behera-ldap-password-policy-11 section 5.3.9: time, syntax, length and value.
function former(until: number): Attribute {
  const hash = ssha(formerPassword)
  return ['pwdHistory', `${time(until)}#1.3.6.1.4.1.1466.115.121.1.40#${hash.length}#${hash}`]
}

function memberOf(group: string): Attribute {
  return ['memberOf', `cn=${group.replace(',', '\\,')},ou=groups,${baseDn}`]
}

function entry(dn: string, attributes: readonly Attribute[]): string {
  return `${[['dn', dn] as const, ...attributes].map(line).join('\n')}\n`
}

function line([name, value]: Attribute): string {
  const plain = /^[!-9;=-~][ -~]*$/.test(value) && !value.endsWith(' ')
  return plain ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`
}

// Salted with what is hashed, so that there is no need for randomness in a test directory.
function ssha(text: string): string {
  const salt = createHash('sha1').update(`salt of ${text}`).digest().subarray(0, 8)
  const hash = createHash('sha1').update(text).update(salt).digest()
  return `{SSHA}${Buffer.concat([hash, salt]).toString('base64')}`
}

/** Generalized time (RFC 4517 section 3.3.13). */
function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '')
}
