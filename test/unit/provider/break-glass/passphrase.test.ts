import { verify } from '@node-rs/argon2'
import { expect } from 'chai'
import {
  createPassphrase,
  hashPassphrase,
  plainPassphrase,
} from '../../../../provider/break-glass/passphrase.ts'
import { systemClock } from '../../../../shared/clock.ts'

describe('a passphrase of a break-glass account', () => {
  it('is six groups of five letters that are not mistaken for others', () => {
    const made = Array.from({ length: 200 }, () => createPassphrase(systemClock))
    for (const one of made)
      expect(one).to.match(/^([0-9a-hjkmnp-tv-z]{5}-){5}[0-9a-hjkmnp-tv-z]{5}$/)
    expect(new Set(made).size).to.equal(200)
    expect(new Set(made.join('').replaceAll('-', '')).size, 'all 32 letters').to.equal(32)
  })

  it('may be typed with capitals, without hyphens, and with letters that look alike', () => {
    const plain = plainPassphrase('k7qm0-11tfz')
    for (const typed of ['K7QMO-ILTFZ', ' k7qm0 1itfz ', 'k7qm011tfz', 'K7QMo11tfz\t']) {
      expect(plainPassphrase(typed), typed).to.equal(plain)
    }
    expect(plainPassphrase('k7qm0-11tfy')).not.to.equal(plain)
  })

  it('is kept as an argon2id hash', async () => {
    const passphrase = createPassphrase(systemClock)
    const hash = await hashPassphrase(passphrase)
    expect(hash).to.match(/^\$argon2id\$v=19\$/)
    expect(await verify(hash, plainPassphrase(passphrase.toUpperCase()))).to.equal(true)
    expect(await verify(hash, plainPassphrase(passphrase.slice(0, -1)))).to.equal(false)
  })
})
