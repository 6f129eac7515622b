# Every word of the window that doesn't come with a snapshot.

app = Glowjar
loading = Lighting the jar…
unreachable-headline = Glowjar isn’t answering
unreachable-advice = The window lost touch with the app in the background. Your tokens are safe in it.
unreachable-retry = Try again
failed-headline = Glowjar didn’t answer
failed-advice = Try again in a moment.
nothing = –
back = Back
cancel = Cancel

## Spans and moments. Units are short, since they stand beside big numbers.

span-seconds = { $seconds } s
span-minutes = { $minutes } min
span-minutes-seconds = { $minutes } min { $seconds } s
span-hours = { $hours } h
span-hours-minutes = { $hours } h { $minutes } min
span-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
span-days-hours = { $days ->
    [one] { $days } day { $hours } h
   *[other] { $days } days { $hours } h
}
span-over = 0 s
left = { $span } left
expired = Expired
moment-today = at { $time }
moment-near = { $day } at { $time }
moment-far = on { $date } at { $time }

## Ways in

welcome-headline = Keep your Firefly token lit
welcome-text = Glowjar renews it in time, keeps the secret in your keychain and hands the token over with one click.
add-headline = Add a profile
add-profile = Add a profile
paste-label = Paste what your admin sent you
paste-help = The whole mail is fine: a cURL command, the project’s JSON or a .env block. You can drop the file here, too.
paste-drop = Drop it here
paste-reading = Reading…
paste-too-big = That file is too big
paste-too-big-advice = What your admin sent has a few lines. This has more than a megabyte.
paste-again = Paste something else
paste-change = Change something
paste-save = Save and get a token
paste-trying = Asking for a token…
save-anyway = { $anyway ->
    [inMemory] Keep it until Glowjar ends
   *[untried] Save anyway
}
paste-understood = { $source ->
    [curl] Understood the cURL command
    [projectJson] Understood the project file
    [env] Understood the .env lines
    [postman] Understood the Postman environment
   *[other] Understood the mail
}
paste-name = Name
paste-client-id = Client ID
paste-secret = Client secret
paste-secret-hidden = { $count ->
    [one] { $count } character, hidden
   *[other] { $count } characters, hidden
}
paste-secret-missing = None found
paste-refresh-token = Refresh token
paste-refresh-token-hidden = Found, hidden
paste-credential = Credential
paste-environment = Environment
paste-api = For
paste-scopes = Scopes
paste-no-scopes = None found
credential-oauthServerToServer = OAuth Server-to-Server
credential-oauthWebApp = OAuth Web App
credential-serviceAccountJwt = Service Account (JWT)
credential-apiKey = API key
credential-unknown = Not named
environment-production = Production
environment-stage = Stage
or = or
type-it-in = Type it in
try-sandbox = Try the sandbox
sandbox-help = No Adobe account at hand? The sandbox runs on this computer.

## One profile

status-renews-at = Renews by itself { $moment }
status-renews-in = Renews by itself in { $span }
status-renewing = Renewing now…
status-retries-in = Trying again in { $span }
status-retries-now = Trying again…
status-paused = Paused: it won’t renew by itself
status-halted = Won’t renew by itself until you act
accepted = Accepted by { $provider } { $moment }
issued = From { $provider } { $moment }
expires-at = Expires { $moment }
expires-at-assumed = Expires about { $moment } (a guess: the provider does not say)
expired-at = Expired { $moment }
sign-in-left = Sign-in: { $span } left, until { $date }
sign-in-over = Sign-in has ended
sign-in-ends = The sign-in ends { $moment }
sign-in-probably-ends = The sign-in probably ends { $moment }
sign-in-probably-left = Sign-in: probably { $span } left, until about { $date }
sign-in-slides = Sign-in until { $date }, extended with each renewal
sign-in-probably-over = The sign-in has probably ended
not-saved = Not saved: the keychain refused it. Glowjar keeps it in memory and tries again.
jar-label = Jar, { $percent } % full of light
jar-empty = Empty jar

copy-token = Copy token
copied = Copied
copy-as = Copy as
copy-as-token = Token
copy-as-header = Authorization header
copy-as-curl = cURL command
copy-as-env = .env lines ({ $name })
copy-as-postman = Postman environment, as a file
copy-as-clientId = Client ID
refresh-now = Refresh now
refreshing = Refreshing…

profile-actions = Actions for { $name }
check-access = Check access
checking-access = Checking…
edit = Edit
rename = Rename
rename-label = New name
duplicate = Duplicate
make-default = Make default
is-default = Default profile
move-up = Move up
move-down = Move down
pause = Pause
resume = Resume
remove = Remove

on-clipboard = On the clipboard for { $span }
clipboard-clearing = Leaving the clipboard…
clear-now = Clear now
file-saved = Saved to Downloads
undo = Undo
removed = Removed { $name }
dismiss = Dismiss
dismiss-named = Dismiss: { $headline }
checked-at = Checked { $moment }

## Trouble

details = Technical details
copy-details = Copy details
fact-cause = Cause
fact-at = When
fact-status = HTTP status
fact-error = Error
fact-description = Description
fact-request-id = Request ID
action-retryNow = Retry now
action-replaceSecret = Replace secret
action-replaceRefreshToken = Replace refresh token
action-signIn = Sign in again
action-editScopes = Edit scopes
action-editProfile = Edit profile
action-unlockKeychain = Unlock keychain
action-createKeyring = Create keyring
action-openAccountPage = Open account page
action-setClock = Set clock
action-openSettings = Open settings
action-openNetworkSignIn = Sign in to the network
action-unlock = Unlock
action-installUpdate = Install and restart

## The strip

strip-day = Last 24 hours
strip-week = Last 7 days
strip-show-week = 7 days
strip-show-day = 24 h
strip-range = Period
strip-now = now
strip-empty = Nothing has happened yet
strip-renewals = { $count ->
    [one] one renewal
   *[other] { $count } renewals
}
strip-outages = { $count ->
    [one] one outage
   *[other] { $count } outages
}
strip-copies = { $count ->
    [one] one copy
   *[other] { $count } copies
}
strip-handouts = { $count ->
    [one] one hand-out
   *[other] { $count } hand-outs
}
strip-refusals = { $count ->
    [one] one refusal
   *[other] { $count } refusals
}
strip-quiet = All quiet
strip-tell = { $moment }: { $headline }
strip-tell-detail = { $moment }: { $headline } · { $detail }
strip-takings = { $from } to { $to }: { $what }
strip-list = What happened

## Programs

programs = Programs
programs-latest = { $program } took the token { $ago }
programs-nobody = None has taken the token in the last week
programs-help = Scripts and plug-ins get it with the command “glowjar token”.
programs-takers = Took the token
programs-unnamed = A program
programs-took = took it { $ago }, { $manner }
programs-pid = pid { $pid }
programs-by-command = with the command glowjar
programs-today = { $count } times in 24 h
programs-all = Show all { $count }
programs-sinks = Kept current
sink-current = Has the token in use
sink-ran = Was run with the token in use
sink-waiting = Gets the next token
sink-left = Still holds the token from before you signed out; gets a new one when you sign in
sink-runs-again = Runs again when you sign in
programs-consumers = Over HTTP
consumer-help = May ask for every profile
asks-first = Ask me the first time a program takes a token
asks-first-help = Not for files and over HTTP: those you set up yourself.
permissions = Your answers
permission-hour = may take the token until { $time }
permission-untilLocked = may take the token until Glowjar or the screen is locked
permission-always = may take the token
permission-never = may not take the token
permission-since = answered { $moment }
permission-last = took it { $ago }
permission-unused = did not take it in the last week
forget = Forget
question = May { $program } take the token of { $name }?
question-unnamed = May a program take the token of { $name }?
question-many = { $program } runs scripts and other programs. Your answer holds for all of them.
question-once = Glowjar can’t tell which program it is. Your answer holds this once.
question-late = It asked { $ago } and gave up. Your answer holds from the next time.
question-lasts = It wants to be let in for good: over HTTP, or by a file that is kept current. That goes on until you remove it.
question-allow = Allow
consent-hour = For an hour
consent-untilLocked = Until locked
consent-always = Always
consent-never = Never
question-deny = Don’t allow
settings-programs = Programs
settings-programs-help = Who may take tokens, and since when. Who was forgotten is asked about again.
settings-programs-nobody = No program was let in or shut out so far.
settings-consumers = Over HTTP
consumer-last = took a token { $ago }
consumer-unused = took none in the last week
consumer-all = may ask for every profile
consumer-one = may ask for { $name }
consumer-passing = may ask for { $name } as long as it runs
revoke = Revoke
really-remove = Really remove
really-revoke = Really revoke
ago-now = just now

## Connect a program

connect = Connect a program
connect-lead = What to put where, so that a program works with Glowjar. Your client secret stays in the keychain.
connect-program = Program
connect-asks = It is given a live token each time it is started.
connect-mints = It gets its own tokens, from Glowjar, with a secret that is of no use elsewhere.
connect-line = In a terminal, or where the program is started
connect-copy = Copy
connect-copied = Copied
connect-here = Let it in from here
connect-here-help = Glowjar makes up a secret for { $program } alone and puts it on your clipboard. It is shown nowhere and can’t be had again; the settings revoke it.
connect-make-secret = Make a secret and copy it
connect-secret-copied = { $program } is let in. Its secret is on your clipboard until { $time }: paste it there now.
connect-token-url = Address of the token endpoint
connect-client-id = Client ID
connect-file = Change its settings file
connect-path = Path of the file
connect-preview = Show what would change
connect-apply = Change the file
connect-undo = Undo
connect-previewed = Nothing was changed yet. This would be:
connect-applied = Changed. The file as it was, with the secret in clear, is { $backup }: delete it when everything works.
connect-undone = The file is as it was.
connect-runs = runs
connect-without = without { $names }
connect-take-over = Take over the secret
connect-take-over-help = A client secret stands in this file in clear. If Glowjar does not have it yet, it takes it into the keychain.

## All profiles

profiles = Profiles
list-retry = trying again in { $span }
search = Search profiles
search-none = No profile is called that.
moved = { $name } is now { $position } of { $count }

replace-secret = Replace secret…
secret-of = Client secret of { $name }
secret-since = Entered on { $date }, { $days ->
    [0] today
    [one] { $days } day ago
   *[other] { $days } days ago
}
secret-since-unknown = Nobody wrote down when it was entered
secret-accepted = Last accepted { $moment }
secret-standby = The one before is kept as well, in case it is needed
secret-standby-in-use = The first secret was refused; the second one is in use
secret-plan = Remind me to replace it
secret-plan-help = Adobe’s secrets don’t end by themselves. Many studios replace them by habit.
secret-due = Replace the secret by { $date }
secret-overdue = The secret was to be replaced by { $date }
secret-never = Never
secret-after = When it is { $days } days old
secret-on-day = On a day…
secret-day = Day
secret-replace-headline = Replace it without a gap
secret-step-make = Make a second secret in the Developer Console, or ask your admin for one. Leave the old one there.
secret-step-paste = Paste it below. It is tried at the provider before anything changes.
secret-step-delete = Then delete the old one in the console, and check here that it is gone.
secret-two = Last step: the old secret
secret-delete-old-there = The new secret is in use. Delete the old one in the Developer Console, or ask your admin to, then check here. Until it is refused it stays as the standby.
secret-first-refused = The provider refused the first secret and takes the second. Check here: the one that it refuses goes, the other stays.
secret-another = Replace it once more
secret-new = New client secret
secret-new-help = Goes straight into this computer’s keychain.
secret-replace = Try it and replace
secret-confirm = Check that it is gone
secret-trying = Asking the provider…
secret-accepted-now = The new secret works and is in use.
secret-gone = The old secret is refused, and gone from this computer.
secret-lost = Put a new one in its place
secret-lost-rejected = The old secret was rejected, so there is nothing to keep as the standby: the new one takes its place once the provider accepts it.
secret-lost-gone = The old secret is no longer in the keychain, so there is nothing to keep as the standby: the new one takes its place once the provider accepts it.
secret-lost-make = Ask your admin for the secret that is valid now, or make one in the Developer Console.
secret-lost-line = Ask whoever runs your studio’s keeper for a new line.
secret-make = Make a new secret
secret-make-here = Glowjar has Adobe make a second secret, tries it, and takes it into use. The old one stays as the standby until you have it deleted.
secret-by-hand = By hand
secret-by-api = Let Glowjar make and delete secrets
secret-by-api-help = For that your admin adds the “I/O Management API” to the credential’s project in the Developer Console. Glowjar asks for that right only when you click here.
secret-page = Address of the credential’s page
secret-page-help = In the Developer Console, open the credential and copy the address from your browser.
secret-set-page = Check and remember
secret-page-known = Found. Secrets can be made from here now.
secret-page-forgotten = The credential’s page is forgotten.
secret-forget-page = Forget the credential’s page
secret-made-headline = A new secret waits to be tried
secret-made = Adobe made it, and it is in the keychain. The old one is in use until the new one has worked.
secret-try = Try it now
secret-perhaps-made = Perhaps a secret was made that nobody has
secret-look-after = Glowjar had asked for one, and no answer came. The profile works as before. If there is one that was never used, it is deleted.
secret-drop-lost = Look after it
secret-lost-dropped = None is left that nobody has.
secret-delete-old-here = The new secret is in use. Look when the old one was last used: a program that has it of its own stops working when it goes. A deleted secret can’t be had again.
secret-delete-old = Delete the old one at Adobe
secret-list = Show when each was last used
secret-list-again = Look once more
secret-listed = Secret
secret-listed-new = New secret
secret-made-on = made on { $date }
secret-used = last used { $moment }
secret-never-used = never used
secret-close = Close
sign-out = Sign out
sign-out-headline = Sign out of { $name }?
sign-out-text = The sign-in ends at { $provider }, for other programs that use it too, and nothing of it stays on this computer. The profile stays.
sign-out-stays = Programs and files that have the token already keep it, and it may work until it expires. New ones they get only after you sign in again.
sign-out-keep = Stay signed in
remove-headline = Remove { $name }?
remove-text = Its secrets and its token leave this computer’s keychain. You can undo this for a few seconds.
remove-revoke = Also end the sign-in at { $provider }
remove-revoke-help = The refresh token stops working everywhere, for other programs too.
remove-stays = The token itself works until it expires.
remove-keep = Keep it

## The form

form-new = Type it in
form-edit = Edit { $name }
form-save = Save
form-saving = Saving…
form-trying = Trying it…
form-more = More options
form-stored = Stored in the keychain
form-pasted = From what you pasted
form-keep-stored = Leave empty to keep the stored one.
form-keep-pasted = Leave empty to take the one you pasted.
form-remove-stored = Remove it
form-will-be-removed = Will be removed when you save.
form-keep-it = Keep it
form-invalid = { $count ->
    [one] One field needs another look.
   *[other] { $count } fields need another look.
}
form-unreachable = Nothing was saved and nothing you typed is lost: try again.
form-loading = Opening…
form-reveal = Show: { $label }
form-conceal = Hide: { $label }
form-name = Name
form-name-help = Whatever you call it, for example the project’s name.
form-preset = Provider
form-token-endpoint = Token endpoint
form-encoding = Request body
form-client-authentication = Client authentication
form-client-id = Client ID
form-client-secret = Client secret
form-standby-secret = Standby secret
form-standby-help = Tried once if the first secret is rejected, so that secrets can be changed without a gap.
form-grant = Kept fresh by
form-api = What it is for
form-api-other = Something else: the scopes below
form-scopes = Scopes
form-scopes-help = Separated by commas or spaces.
form-refresh-token = Refresh token
form-renew-early = Renew early, in minutes
form-renew-early-help = Empty: as in the settings.
form-family = Names in .env
form-family-help = What “Copy as .env lines” writes, and what glowjar exec --names gives to a program.
form-family-mints = These programs get their own tokens: start them with glowjar exec --mint, which gives them these names.
form-whole-minutes = Whole minutes, please, 1 to 10 000.
grant-client_credentials = Client credentials (ID and secret)
grant-refresh_token = Refresh token
encoding-form = Form (standard)
encoding-json = JSON
authentication-body = In the body
authentication-basic = HTTP Basic
authentication-none = None (public client)

## Settings

settings = Settings
settings-studio = Your studio
settings-studio-help = Its admin has set some of the settings on this page. Your own come back when they no longer do.
settings-studio-keepers = A keeper’s profile has to be of one of these:
settings-studio-only-keepers = Only profiles of your studio’s keeper can be added.
settings-studio-ignored = Without effect
settings-by-studio = Set by your studio
settings-general = General
settings-copying = Copying
settings-renewing = Renewing
settings-locking = Locking
settings-network = Network
settings-webhook = Alerts to a server
settings-webhook-help = For a computer that nobody looks at: Glowjar tells your server when a profile needs a person, and when it is well again. No token and no secret is in such a message.
settings-webhook-on = { $server } is told.
settings-webhook-address = Webhook address
settings-webhook-secret = Signing secret
settings-webhook-secret-help = Give the same one to your server, so that it can check that messages are Glowjar’s (Standard Webhooks).
settings-webhook-make = Make a secret
settings-webhook-begin = Tell this server
settings-webhook-end = Turn off
settings-webhook-try = Send a test
settings-webhook-arrived = The server took the message.
settings-trouble = If something is wrong
settings-about = About
settings-start-at-login = Start when I sign in
settings-start-at-login-help = Tokens are fresh before you need one.
settings-updates = Look for new versions
settings-updates-help = Once a day, where Glowjar’s releases are. Nothing is installed until you say so.
settings-notices = Notices
settings-notices-help = A token that runs out is always shown in the tray, too.
notices-all = All
notices-whenNeeded = Only when I’m needed
notices-none = None
settings-theme = Appearance
settings-theme-help = Of this window. The tray icon follows your panel.
theme-system = Like the system
theme-light = Light
theme-dark = Dark
settings-text-size = Text size
settings-text-size-help = Of this window.
text-size-usual = As usual
text-size-larger = Larger
text-size-largest = Largest
settings-language = Language
settings-language-help = Of the window, the tray and the notices.
language-system = Like the system
language-en = English
language-de = Deutsch
settings-hours = Time of day
settings-hours-help = In this window. The tray and the notices count 24 hours.
hours-system = Like the system
hours-twentyFour = 24 hours (17:04)
hours-twelve = 12 hours (5:04 PM)
settings-clipboard = Clear the clipboard after, in seconds
settings-clipboard-help = Only if it still holds the token. 5 to 3,600.
settings-shortcut = Shortcut for the default profile’s token
settings-shortcut-help = Click and press the keys. Copies the token from any program.
settings-shortcut-off = Off
settings-shortcut-remove = Turn off
settings-renew-early = Renew early, in minutes
settings-renew-early-help = Empty: Glowjar chooses by the token’s lifetime. A profile can say otherwise.
settings-lock-now = Lock now
settings-lock-now-help = Tokens are renewed, and nobody gets one until you unlock Glowjar here.
settings-lock-with-screen = Lock when the screen locks
settings-lock-with-screen-help = Until you unlock the screen, no program gets a token and nothing is copied.
settings-lock-with-screen-untold = Has no effect here: this desktop does not say when its screen is locked.
settings-lock-after = Lock when you are away, after minutes
settings-lock-after-help = 1 to 480 without keyboard or mouse. Empty: never. You unlock it here, or with the screen.
settings-lock-after-untold = Has no effect here: this desktop does not say how long you were away.
settings-proxy = Proxy
settings-proxy-help = Your IT department knows, if you need one.
proxy-system = Like the system
proxy-direct = None
proxy-at = At this address
settings-proxy-address = Proxy address
settings-proxy-address-help = Without a password: it would lie open in a file.
settings-ca = Extra certificate file
settings-ca-help = A PEM file to trust besides the system’s, for networks that look inside.
settings-logs = Log folder
settings-logs-help = What Glowjar did and when. Never a secret.
settings-open-logs = Open
settings-diagnostics = File for a bug report
settings-diagnostics-help = Version, settings and the latest log, without secrets.
settings-export = Save
settings-data = Your profiles are in
settings-whole-minutes = Whole minutes, please, 1 to 480.
settings-whole-seconds = Whole seconds, please, 5 to 3,600.
settings-about-text = Keeps Adobe Firefly access tokens fresh. Free software under the MIT licence, not made by Adobe.
settings-version = Version { $version }

## Said aloud only

announce-copied = { $what } copied. It leaves the clipboard in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
announce-client-id = Client ID copied.
announce-status = { $name }: { $headline }
announce-cleared = Clipboard cleared.
announce-undone = { $name } is back.

## Signing in with a browser

sign-in-way = Sign in with a browser
sign-in-headline = Sign in with a browser
sign-in-headline-code = Sign in with a code
sign-in-to = Sign in at { $provider }
sign-in-for-whom = For services that work in your own name, such as Adobe’s Express API or your company’s own server. Firefly Services take no such sign-in: paste what your admin sent you instead.
sign-in-address = Address of the server
sign-in-address-help = Glowjar asks it where to sign in.
sign-in-secret-help = Leave it empty if you were given none.
sign-in-redirect = Redirect address
sign-in-redirect-help = Leave it empty unless you were told one: the browser then comes back by itself.
sign-in-redirect-adobe = As registered for this client ID; your admin finds it in the Developer Console.
sign-in-scopes-help = With “offline_access” you stay signed in, if the provider allows it.
sign-in-open = Open browser
sign-in-get-code = Get a code
sign-in-once-more = Try again
sign-in-how = How
sign-in-by-browser = With the browser on this computer
sign-in-by-device = With a code, on any device
sign-in-by-device-help = Glowjar shows a code, and you type it in on your phone or another computer. Not every server offers that.
sign-in-type-code = Type in this code
sign-in-code = Code
sign-in-code-how = Open the page below on any device, sign in there for “{ $name }” and type in the code. Glowjar notices when you are done.
sign-in-copy-code = Copy the code
sign-in-code-copied = Code copied
sign-in-open-page = Open the page here
sign-in-code-left = Code works for { $span } more
sign-in-stalled = The server is not answering right now. Glowjar asks it again in { $span }.
sign-in-stalled-asking = The server is not answering right now. Glowjar is asking it again.
sign-in-rather-browser = Use the browser on this computer instead
sign-in-rather-device = Use a code on another device instead
sign-in-preparing = Asking where to sign in
sign-in-waiting = Go on in your browser
sign-in-finishing = Getting your token
sign-in-moment = One moment, for “{ $name }”.
sign-in-comes-back = Sign in on the page that has opened, for “{ $name }”. Glowjar notices when you are done.
sign-in-no-way-back = Sign in on the page that has opened, for “{ $name }”. The browser then ends at a page that may look empty or broken. Copy that page’s address and paste it here.
sign-in-reopen = Open the page again
sign-in-copy = Copy its address
sign-in-copied = Address copied
sign-in-paste = Address your browser ended at
sign-in-paste-help = Only if the browser does not come back, or is on another computer or phone.
sign-in-paste-wanted = All of it, with the part after the question mark.
sign-in-paste-use = Use this address
sign-in-until = Glowjar waits until { $time }.
sign-in-cancel = Cancel sign-in
signed-in-as = Signed in as { $account }
sign-in-not-renewed = Can’t be renewed. Works until { $moment }; sign in again before that.
