/**
 * What people take for a password everywhere: words, names, rows of keys, dates. Written plainly
 * (`normalize` in `banned.ts` makes `p@ssw0rd` of it), four letters at least.
 */
const words = `
password passwort passord parola contrasena motdepasse wachtwoord senha haslo salasana heslo jelszo
welcome willkommen bienvenue bienvenido welkom hello hallo hola bonjour ciao
letmein openup access login logon signin enter admin administrator root master manager system
server guest user test testing temp temporary default change changeme secret geheim private
computer internet network office windows microsoft google apple amazon facebook linux oracle cisco
company business work service support helpdesk security secure safe trust
qwerty qwertz azerty asdf asdfgh yxcv zxcv zxcvbn qazwsx qweasd wasd poiuy lkjh mnbv
abcd abcde abcdef abcabc aaaa bbbb xxxx zzzz
monday tuesday wednesday thursday friday saturday sunday
montag dienstag mittwoch donnerstag freitag samstag sonntag
january february march april june july august september october november december
januar februar maerz juni juli oktober dezember
spring summer autumn fall winter fruehling sommer herbst
love lover loveyou iloveyou forever baby angel honey sweet sweetheart princess prince queen king
dragon monkey tiger lion eagle wolf bear shadow ninja pirate wizard magic phoenix unicorn
football fussball soccer baseball basketball hockey tennis golf cricket rugby liverpool chelsea arsenal barcelona
michael jennifer jessica thomas daniel charlie robert andrew joshua matthew ashley amanda nicole
george jordan hunter taylor martin peter stefan christian alexander maria anna sarah laura julia
batman superman spiderman starwars pokemon matrix gandalf hobbit harrypotter
sunshine flower rainbow summertime chocolate cookie cheese banana orange cherry pepper ginger coffee
mercedes porsche ferrari toyota honda yamaha harley mustang corvette
london paris berlin madrid amsterdam vienna zurich boston chicago dallas texas california america
germany france england spain italy holland
money dollar euro bitcoin lottery winner lucky success freedom happy smile peace
god jesus christ heaven family mother father mama papa sister brother friend
blue green yellow purple black white silver gold
killer fuck fuckyou shit bitch pussy sexy playboy whatever nothing trustno
`

const digits = ['1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890', '4321']
const repeated = ['0000', '1111', '2222', '3333', '4444', '5555', '6666', '7777', '8888', '9999']
const mixed = ['1q2w3e', '1q2w3e4r', '1qaz', '2wsx', '3edc', 'q1w2e3', 'a1b2c3', 'abc123']
const years = Array.from({ length: 41 }, (_, index) => String(1990 + index))

export const commonTerms: readonly string[] = [
  ...words.split(/\s+/).filter((word) => word.length >= 4),
  ...digits,
  ...repeated,
  ...mixed,
  ...years,
]
