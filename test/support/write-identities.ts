/**
 * Writes one identity after another into a folder, until it is killed. Started by a test with the
 * folder and says so before it begins.
 */
import { writeIdentityFiles } from '../../agent/identity/identity-folder.ts'

const [, , folder = ''] = process.argv
for (let count = 1; ; count += 1) {
  const text = String(count).repeat(200)
  await writeIdentityFiles(folder, {
    'identity.key': `key ${text}`,
    'certificate.pem': `certificate ${text}`,
    'provider.json': `provider ${text}`,
    'redis.password': `password ${text}`,
  })
  if (count === 1) console.log('writing')
}
