"""Who is in the test domain: one person for every state of an account that Active Directory knows.

Runs on Samba's own database before the server starts, since some states can only be reached there: a password of
the year 2001, an account that is locked. Arguments: smb.conf, the password of everybody but zoë, zoë's, and
what veteran's was before.
Prints the objectGUID of `ok`.
"""
import sys
import time

import ldb
from samba.auth import system_session
from samba.dcerpc import misc, security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

settings, password, zoe_password, former_password = sys.argv[1:5]
loaded = LoadParm()
loaded.load(settings)
sam = SamDB(url=loaded.samdb_url(), session_info=system_session(), lp=loaded)
base = str(sam.domain_dn())

DAY = 86400
MAX_AGE = 3650 * DAY
NORMAL, DISABLED, NEVER_EXPIRES, SMARTCARD = 0x200, 0x2, 0x10000, 0x40000
# DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID: lets pwdLastSet take any value.
BYPASS = ["local_oid:1.3.6.1.4.1.7165.4.3.12:0"]


def file_time(seconds):
    return str(int((seconds + 11644473600) * 10_000_000))


def add(dn, **attributes):
    sam.add({"dn": dn, **{name.replace("_", "-"): value for name, value in attributes.items()}})


def change(dn, flag=ldb.FLAG_MOD_REPLACE, controls=None, **attributes):
    message = ldb.Message(ldb.Dn(sam, dn))
    for name, value in attributes.items():
        name = name.replace("_", "-")
        message[name] = ldb.MessageElement(value, flag, name)
    sam.modify(message, controls=controls or [])


def person(name, unit="People", cn=None, secret=password, upn=None, control=NORMAL, **attributes):
    dn = "CN=%s,OU=%s,%s" % (cn or name, unit, base)
    attributes.setdefault("mail", "%s@lab.test" % name)
    attributes.setdefault("displayName", name)
    add(
        dn,
        objectClass="user",
        sAMAccountName=name,
        userPrincipalName=upn or name + "@lab.test",
        userAccountControl=str(control),
        unicodePwd=('"%s"' % secret).encode("utf-16-le"),
        **attributes,
    )
    return dn


def group(name, members, cn=None):
    dn = "CN=%s,OU=Groups,%s" % (cn or name, base)
    add(dn, objectClass="group", sAMAccountName=name, **({"member": members} if members else {}))
    return dn


now = time.time()
old = file_time(978307200)  # 2001-01-01
sam.transaction_start()
change(
    base,
    lockoutThreshold="5",
    lockoutDuration=str(-1800 * 10**7),
    lockOutObservationWindow=str(-1800 * 10**7),
    maxPwdAge=str(-MAX_AGE * 10**7),
    minPwdAge="0",
    minPwdLength="8",
    pwdHistoryLength="3",
)
partitions = "CN=Partitions," + str(sam.get_config_basedn())
change(partitions, flag=ldb.FLAG_MOD_ADD, uPNSuffixes="alt.example")
for unit in ("People", "Branch", "Service", "Groups"):
    add("OU=%s,%s" % (unit, base), objectClass="organizationalUnit")

ok = person("ok", displayName="Given Sur-ok", givenName="Given", sn="Sur-ok", telephoneNumber="+31 20 1234567")
person(
    "zoë",
    cn="Zoë Müller-Łukasz 山田",
    displayName="Zoë Müller-Łukasz 山田",
    upn="zoë.müller@lab.test",
    secret=zoe_password,
    mail="zoe@lab.test",
)
person("comma", cn="Doe\\, Jane (x*)")
person("branch", unit="Branch")
person(
    "altid",
    upn="al.ternate@alt.example",
    mail="other.mail@mail.example",
    proxyAddresses=["SMTP:other.mail@mail.example", "smtp:alias@mail.example"],
)
for name in ("twin1", "twin2"):
    person(name, mail="twins@lab.test")
# Whose mail is the UPN of somebody else: the order of the rules decides.
person("borrower", mail="ok@lab.test")
for name in ("expired", "expired2"):
    change(person(name), controls=BYPASS, pwdLastSet=old)
veteran = person("veteran", secret=former_password)
change(veteran, unicodePwd=('"%s"' % password).encode("utf-16-le"))
change(veteran, controls=BYPASS, pwdLastSet=old)
change(person("soon"), controls=BYPASS, pwdLastSet=file_time(now - MAX_AGE + 3 * DAY))
change(person("neverexpires", control=NORMAL | NEVER_EXPIRES), controls=BYPASS, pwdLastSet=old)
change(person("mustchange"), pwdLastSet="0")
person("disabled", control=NORMAL | DISABLED)
person("acctexpired", accountExpires=file_time(1262304000))  # 2010-01-01
change(person("locked"), lockoutTime=file_time(now), badPwdCount="5")
person("lockme")
for name in ("changer1", "changer2", "changer3", "changer4", "changer5", "changer6"):
    person(name, displayName="Changer of passwords")
person("hours", logonHours=b"\0" * 21)
person("wks", userWorkstations="SOMEOTHERPC")
person("smartcard", control=NORMAL | SMARTCARD)
service = person("svc-read", unit="Service", control=NORMAL | NEVER_EXPIRES)


def fine_grained(name, members, **different):
    """A password policy for some people alone."""
    dn = "CN=%s,CN=Password Settings Container,CN=System,%s" % (name, base)
    usual = dict(
        msDS_PasswordSettingsPrecedence="10",
        msDS_PasswordReversibleEncryptionEnabled="FALSE",
        msDS_PasswordHistoryLength="3",
        msDS_PasswordComplexityEnabled="TRUE",
        msDS_MinimumPasswordLength="8",
        msDS_MinimumPasswordAge="0",
        msDS_MaximumPasswordAge=str(-MAX_AGE * 10**7),
        msDS_LockoutThreshold="0",
        msDS_LockoutObservationWindow=str(-1800 * 10**7),
        msDS_LockoutDuration=str(-1800 * 10**7),
    )
    applies_to = group("under-" + name, members)
    add(dn, objectClass="msDS-PasswordSettings", msDS_PSOAppliesTo=applies_to, **{**usual, **different})
    return dn


# Those that the contract tries many wrong passwords on; the domain locks everybody else after five.
fine_grained("forgiving", [ok, "CN=Zoë Müller-Łukasz 山田,OU=People," + base])
long = fine_grained(
    "long",
    [person("officer")],
    msDS_MinimumPasswordLength="16",
    msDS_PasswordComplexityEnabled="FALSE",
    msDS_MaximumPasswordAge=str(-20 * DAY * 10**7),
)
keep = fine_grained("keep", [person("keeper")], msDS_MinimumPasswordAge=str(-DAY * 10**7))
# As in Windows, admins alone may read such a policy; these two are shown to the service account.
sid = ndr_unpack(security.dom_sid, sam.search(service, scope=ldb.SCOPE_BASE, attrs=["objectSid"])[0]["objectSid"][0])
for dn in (long, keep):
    SDUtils(sam).dacl_add_ace(dn, "(A;;LCRPLORC;;;%s)" % sid)

inner = group("inner", [person("nested")])
team = group("team", [inner])
group("apps", [team, ok])
group("sales & marketing", [ok])
loop_a = group("loop-a", [person("loop")])
loop_b = group("loop-b", [loop_a])
change(loop_a, flag=ldb.FLAG_MOD_ADD, member=loop_b)
many = person("many")
for number in range(1, 1201):
    group("crowd%04d" % number, [many])
sam.transaction_commit()

found = sam.search(ok, scope=ldb.SCOPE_BASE, attrs=["objectGUID"])
print(ndr_unpack(misc.GUID, found[0]["objectGUID"][0]))
