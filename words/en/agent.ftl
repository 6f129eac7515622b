### What Glowjar says about tokens, in tray, toasts and window. Each trouble: what happened, and what to do about it.

## A profile in a few words

headline-paused = Paused
headline-opening = Opening the keychain
headline-acquiring = Getting a token
headline-renewing = Renewing
headline-live = Live
headline-expired = Expired
provider-unnamed = The provider
sandbox-name = Sandbox

## Trouble of a profile

trouble-secret_missing = The client secret is missing
    .advice = It is no longer in the keychain. Paste it once more; your admin or the Developer Console has it.
trouble-refresh_token_missing = The refresh token is missing
    .advice = It is not in the keychain. A duplicate takes none along, since two profiles with the same one would sign each other out. Paste one for this profile to go on.
trouble-budget_spent = Too many tokens today
    .advice = Glowjar stops here so that the provider does not block you. It goes on by itself within a day. Some program may be asking for new tokens over and over.
trouble-short_lived = These tokens end too soon
    .advice = They live so short that there can’t always be a fresh one. Ask whoever runs the server for a longer life.
trouble-dns = No network
    .advice = The provider’s address could not be found. Check the network; Glowjar keeps trying by itself.
trouble-connect = { $provider } can’t be reached
    .advice = There is no connection at the moment. Glowjar keeps trying by itself.
trouble-tls = The connection is not safe
    .advice = The server’s certificate was refused, so nothing was sent. If your company’s network does this, ask your admin for its certificate and choose it in the settings.
trouble-proxy = The proxy refused
    .advice = Your network’s proxy did not let Glowjar through, or wants a password. Ask your admin, and check the settings.
trouble-proxy_unusable = The proxy setting can’t be used
    .advice = A variable of this computer names a proxy in a way that Glowjar does not understand, and without a proxy nothing was reached. The details name the variable. Correct it, or enter the proxy in the settings.
trouble-timeout = { $provider } is not answering
    .advice = No answer came in time. Glowjar keeps trying by itself.
trouble-throttled = { $provider } asked us to wait
    .advice = There were too many requests for a moment. Glowjar goes on by itself when the wait is over.
trouble-server = { $provider } has trouble
    .advice = The fault is on the other side. Glowjar keeps trying by itself.
trouble-withheld = Your studio’s keeper gives out no tokens for now
    .advice = Your admin has stopped it, or has to do something first; the reason is under Technical details. What was copied or handed out already is good until its end, and Glowjar goes on by itself.
trouble-keeper_unreachable = Your studio’s keeper can’t be reached
    .advice = It is the server that gets tokens for everyone there. A token that you have is good until its end, and Glowjar keeps trying by itself. If this lasts, check the network or VPN, then tell your admin.
trouble-word_refused = This one-time line was refused
    .advice = Each is good once, for one computer, and this one was used before or is not known any more. Nothing was saved. Ask your admin for a new line; if nobody here used this one, tell them so.
trouble-keeper_refuses = Your studio’s keeper no longer knows this desk
    .advice = Ask your admin to let it in again, and paste the line that you get.
trouble-captive_portal = The network wants a sign-in
    .advice = A web page answered in place of the provider, as hotel and café networks do. Open a browser and sign in there; Glowjar then goes on by itself.
trouble-blocked = A firewall or proxy blocked it
    .advice = A block page came instead of the provider’s answer. Ask whoever runs your network or the server to let Glowjar through to it; the details help them.
trouble-broken_reply = { $provider } sent a broken answer
    .advice = It could not be understood, so the token you have stays. Glowjar keeps trying by itself.
trouble-internal = Glowjar itself made a mistake
    .advice = A bug in Glowjar ended a request. It tries again by itself; its log says more.
trouble-not_understood = { $provider } keeps sending broken answers
    .advice = What answers at this address does not seem to be a token endpoint. Check the address in the profile, or ask whoever runs the server. Glowjar goes on asking now and then.
trouble-secret_rejected = The client secret was rejected
    .advice = It was changed or has been removed. Ask your admin for the new one and paste it here.
trouble-client_rejected = The client ID was rejected
    .advice = No such client ID is known there. Check it against what your admin sent you.
trouble-secret_not_wanted = This client ID goes without a secret
    .advice = It belongs to an app that must not send one. Choose “no secret” in the profile.
trouble-refresh_token_rejected = The sign-in has ended
    .advice = The refresh token has expired, was revoked or was used elsewhere. Sign in again and paste the new one.
trouble-sign_in_ended = Your sign-in has ended
    .advice = The provider takes it no longer: it ran out, was withdrawn, or its refresh token was used a second time somewhere, which ends it for safety. Sign in once more, and everything goes on.
trouble-sign_in_once_more = Sign in again
    .advice = The provider gave a token, but nothing to renew it with. It works until it ends; sign in again to go on.
trouble-signed_out = Signed out
    .advice = Nothing of the sign-in is kept here. Sign in whenever you want tokens again.
trouble-scope_rejected = A scope is not allowed
    .advice = This project was not granted everything the profile asks for. Compare the scopes with your admin’s.
trouble-grant_not_allowed = This credential can’t be renewed this way
    .advice = The kind of credential does not fit the way the profile renews. Choose another way in the profile.
trouble-account_action = Your Adobe account needs you
    .advice = Adobe wants something confirmed at your account, such as new terms. After that, refresh here.
trouble-request_rejected = { $provider } did not understand
    .advice = The request was refused as it is. Check the address and the body format in the profile.
trouble-endpoint_missing = There is no token endpoint
    .advice = Nothing answers token requests at this address. Check it in the profile.
trouble-keychain_locked = The keychain is locked
    .advice = Your secrets are in there. Unlock it, and Glowjar goes on by itself.
trouble-keychain_no_default = There is no default keyring
    .advice = New secrets go into the default keyring, and none is set. Create one, or make one of yours the default, in the program that manages them, such as Passwords and Keys.
trouble-keychain_default_locked = The default keyring is locked
    .advice = Another keyring is open, but what is wanted is not in it. Unlock the default one, or make the open one the default in the program that manages them.
trouble-keychain_absent = There is no keychain
    .advice = This desktop has no Secret Service, and Glowjar stores no secret anywhere else. Install gnome-keyring, KWallet or KeePassXC and log in again.
trouble-keychain_exhausted = Glowjar can’t ask the keychain at the moment
    .advice = Too many files or connections are open. Your secrets are still in there. Close programs that ask for tokens; Glowjar keeps trying.
trouble-keychain_not_answering = The keychain is not answering
    .advice = Glowjar keeps asking. Look for a password prompt behind other windows.
trouble-keychain_refused = The keychain refused
    .advice = It would not give or take a secret. Glowjar keeps trying by itself.
trouble-keychain_incomplete = A stored secret is incomplete
    .advice = A part of it is gone from the keychain. Paste the secret once more.
trouble-not_saved = Not saved yet
    .advice = The new token works, but it would be lost if Glowjar ended now. { $why }. Glowjar keeps trying to save it.
trouble-no_live_token = There is no live token
    .advice = Getting one takes longer than it should. Glowjar keeps trying by itself.
trouble-clock_fast = Your clock is { $span } fast
    .advice = Glowjar reckons with it, but other programs may take good tokens for expired. Set the clock.
trouble-clock_slow = Your clock is { $span } slow
    .advice = Glowjar reckons with it, but other programs may take good tokens for expired. Set the clock.
span-minutes = { $count } min
span-hours = { $count } hours
span-days = { $count } days

## What is different while a profile isn’t saved yet

trial-secret_rejected = Nothing was saved. Perhaps a character is missing: copy it once more, or ask your admin for a new one.
trial-account_action = Nothing was saved. Adobe wants something confirmed at your account, such as new terms. After that, try again.
trial-captive_portal = A web page answered in place of the provider, as hotel and café networks do. Open a browser and sign in there, then try again.
trial-not_now = Nothing was saved. Try again, or save it anyway: Glowjar then gets the token as soon as it can.
trial-secret_not_now = Nothing has changed, and the profile works as before. Try again in a while.
trouble-console_token_rejected = Adobe’s console does not take the token
    .advice = Nothing has changed. Try again in a while; if it stays so, make the secret in the Developer Console.
trouble-console_not_allowed = This credential may not make or delete secrets
    .advice = Ask your admin to add the “I/O Management API” to its project in the Developer Console. Until then, make the secret there and paste it here. Nothing has changed.
trouble-console_not_found = The console knows no such credential
    .advice = Open the credential’s page in the Developer Console, copy its whole address, and enter it here once more. Nothing has changed.
trouble-console_too_many = The credential has two secrets already
    .advice = There can’t be more. Delete the one that nobody uses in the Developer Console, then try again.
trouble-console_refused = Adobe’s console refused
    .advice = Nothing has changed, and the profile works as before. Make the secret in the Developer Console and paste it here.
trouble-console_perhaps_made = No answer came, so a secret may have been made
    .advice = If so, nobody has it. The profile works as before. Choose “Look after it” to have it deleted, then make another.
trouble-secret_not_yet_taken = The new secret is not taken yet
    .advice = Adobe made it a moment ago, and it can take some minutes until it is known everywhere. It is kept. The old one is in use meanwhile; try again in a while.
trial-secret_lost_not_now = Nothing was saved. Try again in a while.

## What Firefly said

access-works = Firefly accepts this token
    .advice = Token and client ID both work.
access-token_rejected = Firefly does not accept this token
    .advice = Glowjar asks for a new one. Check again in a moment.
access-token_missing = Firefly saw no token
    .advice = Something on the way removed it. Ask your admin.
access-client_rejected = Firefly does not know this client ID
    .advice = The project lacks the Firefly API. Ask your admin.
access-quota_exhausted = The quota is used up
    .advice = The token is good. Your organisation has no credits left for now.
access-not_entitled = Not entitled to Firefly
    .advice = The token is good. Ask your admin for the Firefly entitlement.
access-profile_denied = This profile is not allowed
    .advice = The token is good. Ask your admin to add you to the product profile.
access-scope_missing = A scope is missing
    .advice = The token lacks a scope that Firefly wants. Compare the scopes with your admin’s.
access-forbidden = Firefly refused this call
    .advice = The token is probably good. This project may not be entitled to what was asked for the check.
access-throttled = Too many calls just now
    .advice = Your organisation’s limit of calls a minute is reached. Check again later.
access-unchecked = Firefly could not check the token
    .advice = The fault is on the other side. Keep the token and check again.
access-unreachable = Firefly can’t be reached
    .advice = No usable answer came. Check the network and try again.

## Toasts

notice-trouble = { $name }: { $headline }
notice-not_revoked = The refresh token of { $name } could not be revoked
    .advice = It is gone from this machine. Ask your admin to revoke it at the provider.
notice-revoked_later = The sign-in of { $name } could not be ended yet
    .advice = The provider can’t be reached. Until Glowjar has ended it there, which it does by itself, it keeps what it needs for that in the keychain.
notice-question = May { $program } take the token of { $name }?
    .advice = { $file } asks for it. Glowjar remembers your answer.
notice-question_unnamed = May a program take the token of { $name }?
    .advice = Glowjar can’t tell which one it is. The answer holds this once.
notice-sign_in_ends = { $name }: you’ll have to sign in again { $day }
    .advice = Until then everything goes on by itself. It takes a minute, and you can do it now.
notice-sign_in_probably_ends = { $name }: you’ll probably have to sign in again { $day }
    .advice = The provider does not say how long this sign-in lasts; this is what it usually gives. It takes a minute, and you can do it now.
notice-secret_ahead = { $name }: its client secret is to be replaced { $day }
    .advice = That is what you planned. Ask your admin for a new secret, then choose “Replace secret…” in the profile’s menu. Until then everything works.
notice-secret_due = { $name }: its client secret is due to be replaced
    .advice = That is what you planned. It still works. Choose “Replace secret…” in the profile’s menu once your admin has sent a new one.
notice-refresh_token_ends = { $name }: you’ll need a new refresh token { $day }
    .advice = Until then everything goes on by itself. Get one the way you got this one, and paste it into the profile.
notice-refresh_token_probably_ends = { $name }: you’ll probably need a new refresh token { $day }
    .advice = The provider does not say how long this one lasts; this is what it usually gives. Get one the way you got this one, and paste it into the profile.
notice-recovered = { $name } is live again
    .advice = Glowjar has a new token. There is nothing left to do.

## Tray

tray-empty = Glowjar: no profile yet
tray-profile = { $name }: { $status }
tray-valid_until = valid until { $time }
tray-trouble_valid_until = { $headline }, valid until { $time }
tray-question = May { $program } take the token?
tray-more = { $count } more in the window
tray-copy_token = Copy token
tray-copy_as = Copy as
tray-copy_header = Authorization header
tray-copy_curl = cURL command
tray-copy_env = .env lines ({ $name })
tray-copy_client_id = Client ID
tray-save_postman = Save Postman environment
tray-clear_clipboard = Clear clipboard
tray-refresh_now = Refresh now
tray-sign_in = Sign in again
tray-sign_in_by = { $status }, sign in again by { $time }
tray-pause = Pause
tray-resume = Resume
tray-lock = Lock
tray-locked = Locked. { $status }
tray-unlock = Locked: unlock in the window
tray-open = Open Glowjar
tray-quit = Quit
moment-distant = a distant day
moment-weekday = { $day ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
} { $time }
day-today = today at { $time }
day-tomorrow = tomorrow at { $time }
day-weekday = on { $day ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
day-date = on { $date }

## Something that was asked for and did not happen

failed-unknown_profile = This profile is gone
    .advice = It may have been removed meanwhile.
failed-stopping = Glowjar is about to end
    .advice = Start it again.
failed-internal = Glowjar itself made a mistake
    .advice = Try it again. Glowjar’s log says more.
failed-not_linked = Glowjar in your other session does not answer
    .advice = This one takes over as soon as that one ends. Try again in a moment.
failed-not_understood = Glowjar did not understand its own window.
    .advice = Close the window and open it again.
failed-no_gateway = There is nothing to check
    .advice = Only Adobe’s tokens can be tried at Firefly.
failed-no_live_token = There is no token to check
    .advice = Wait until there is one.
failed-clipboard = Nothing was copied
    .advice = The clipboard is not available. Try again.
failed-clipboard_slow = The clipboard does not answer
    .advice = What was copied may still arrive there, and is then cleared as usual. Try again in a moment.
failed-locked = Nothing was copied: Glowjar is locked
    .advice = Unlock it first.
failed-copy_paused = Nothing was copied: this profile is paused
    .advice = Resume it, then copy again.
failed-copy_unquotable = Nothing was copied: pasted somewhere, this token would be something else
    .advice = The server issued a token with unusual characters. Let the program ask Glowjar for it: glowjar token --format json.
failed-copy_no_token = Nothing was copied: there is no live token
    .advice = Wait until there is one.
failed-copy_trouble = Nothing was copied: { $headline }
failed-no_default = There is no profile to copy from
    .advice = Open Glowjar and add one.
failed-keychain_closed = The keychain has not been opened yet
    .advice = What you leave as it is lies in there. Unlock it, then try again; nothing is lost.
failed-no_secret_to_replace = This profile has no client secret to replace here
    .advice = Its sign-in belongs to a person. Choose “Edit…” to change what it asks with.
failed-no_old_secret = There is no old secret any more
    .advice = It is gone already. Nothing is left to do.
failed-old_secret_works = The old secret still works
    .advice = Delete it in the Developer Console, or ask your admin to. It can take some minutes until it is refused; then check again.
failed-no_console = Secrets can’t be made from here
    .advice = Say first which credential it is, by the address of its page in the Developer Console.
failed-console_lost = A secret may have been made already
    .advice = Nobody has it. Look after it first, then make another.
failed-console_two = There are two secrets here already
    .advice = Finish with the old one first.
failed-console_full = The credential has two secrets already
    .advice = There can’t be more. The list shows when each was last used: delete the one that nobody uses in the Developer Console, then try again.
failed-console_unclear = Which secret is meant can’t be told
    .advice = Nothing was deleted. Delete the one that nobody uses in the Developer Console; the list shows when each was last used.
failed-changed_meanwhile = The profile was changed meanwhile
    .advice = Nothing was saved. Try again.
failed-profiles_file = This could not be saved
    .advice = The profiles file can’t be written. Make room or mend its folder, then try again.
failed-let_in = The program was not let in
    .advice = Everything is as it was. Try again; if it stays so, choose another name for it.
failed-connect_path = This is no whole path
    .advice = It begins with / or ~, or on Windows with a drive, and names the file.
failed-connect_not_settings = This is no settings file of an MCP client
    .advice = It is JSON with a list “mcpServers” or “servers”. Nothing was changed.
failed-connect_nothing = There is nothing to change in this file
    .advice = No server in there has an id and a secret of Adobe’s in its environment, or all go through Glowjar already.
failed-connect_changed_since = The file was changed since
    .advice = So it is left alone. What it was before stands in the file beside it.
failed-connect_unreadable = The file can’t be read
    .advice = Check whether it is there and whether you may read it.
failed-connect_unwritable = The file can’t be changed
    .advice = It is as it was. Check whether you may write to it and to its folder.
failed-programs_file = This could not be changed
    .advice = The list can’t be written. Everything is as it was.
failed-not_remembered = Your answer holds until Glowjar ends
    .advice = It can’t be written down. The program will ask again after that.
failed-sandbox = The sandbox did not start
    .advice = It needs a free port on this machine, and got none.
failed-sign_out_busy = A token is being fetched just now
    .advice = Sign out again in a moment.
failed-sign_out_not_wiped = The keychain did not forget the sign-in yet
    .advice = It is ended at the provider all the same, and Glowjar wipes what is left when the keychain is open again.
failed-sign_in_running = A sign-in is under way already
    .advice = Finish that one in the browser, or cancel it.
failed-sign_in_over = No sign-in is waiting any more
    .advice = Begin again, and then sign in on the page that opens.
failed-sign_in_cancelled = The sign-in was cancelled
    .advice = Nothing was stored. You can begin again at any time.
failed-sign_in_time_over = Nobody came back from the browser in time
    .advice = Nothing was stored. Perhaps the tab was closed, or the provider sent the browser somewhere else. Begin again, and if the browser ends at another page, paste that page’s address into Glowjar.
failed-sign_in_time_over_pasting = The address from the browser did not come in time
    .advice = Nothing was stored. Begin again, sign in, and paste the address of the page that the browser ends at. If that is a page you did not expect, the redirect address here is another than the one registered: ask your admin for the one in the Developer Console.
failed-webhook_not_stored = The keychain did not take the server’s address
    .advice = Unlock the keychain and try again. What was set before still holds.
failed-webhook_off = No server is told of anything
    .advice = Set one first.
failed-webhook_not_delivered = The message did not arrive
    .advice = The server did not take it. Check the address and whether it takes messages.
failed-sign_in_no_device = This server gives out no codes to sign in with
    .advice = Sign in with the browser on this computer instead.
failed-sign_in_code_over = The code has expired
    .advice = Nothing was stored. Get another code, and type it in on the provider’s page while it works.
failed-sign_in_no_page = This provider has no page to sign in at
    .advice = Ask whoever runs it how people sign in, or use a client ID with a secret.
failed-sign_in_not_found = { $provider } does not say where to sign in
    .advice = Check the address: it is that of the server, such as https://id.example.com. If it is right, ask whoever runs the server for its “issuer”.
failed-sign_in_port_taken = The way back from the browser is blocked
    .advice = Another program uses port { $port } of this computer, to which the browser would come back. End that program, or use another redirect address.
failed-sign_in_no_code = There is no answer of the provider in this
    .advice = Copy the whole address of the page that the browser ends at after you have signed in. It holds “code=”.
failed-sign_in_still_there = This is still the sign-in page
    .advice = Sign in there first. Then copy the address of the page that comes after it.
failed-sign_in_other_address = This is another page than the one that comes after the sign-in
    .advice = If the browser really ended there, the redirect address is not the one registered with the client ID; providers then send the browser to their own. Ask your admin for the registered one.
failed-sign_in_other = This address belongs to another sign-in
    .advice = It may be from an earlier try, or was used already. Use the page that Glowjar opened last.
failed-sign_in_denied = The sign-in was refused
    .advice = You or your organisation said no on the provider’s page. Nothing was stored. Begin again if that was a mistake; otherwise ask your admin to allow this application.
failed-sign_in_login_required = The provider wants you to sign in on its own page first
    .advice = Sign in there in your browser, then begin again here.
failed-sign_in_scope_refused = The provider does not allow what was asked for
    .advice = One of the scopes is not granted to this client ID; often it is “offline_access”. Compare the scopes with your admin’s.
failed-sign_in_client_refused = Nobody can sign in with this client ID
    .advice = It is of a kind that works without people, or not set up for this. Ask your admin for a client ID for sign-in.
failed-sign_in_server_trouble = The provider has trouble
    .advice = It could not finish the sign-in. Nothing was stored. Try again in a while.
failed-sign_in_refused = The provider refused the sign-in ({ $code })
    .advice = Nothing was stored. Tell your admin the word in brackets.
failed-sign_in_code_refused = The sign-in came too late or was used already
    .advice = What the browser brings back is good once and for some minutes. Nothing was stored. Begin again.
failed-sign_in_id_token = The provider’s word on who you are could not be confirmed
    .advice = It was made for another sign-in or by somebody else, so nothing was stored. Begin again; if it stays like this, ask whoever runs the server.
failed-paste_forgotten = Glowjar has forgotten this paste
    .advice = It keeps what was pasted for some minutes only. Paste it again.
failed-nothing_to_undo = There is nothing to bring back
    .advice = The time to undo is over.
failed-no_details = There are no details to copy
    .advice = This profile is in no trouble.
failed-file_not_written = The file could not be written
    .advice = Make room in your downloads folder, then try again.
failed-folder_not_opened = The folder was not opened
    .advice = Open it yourself: { $path }
failed-no_update = There is nothing to install
    .advice = Glowjar looks for new versions once a day, and says here what it finds.
failed-update_unreachable = The new version could not be fetched
    .advice = Nothing was changed. Try again later.
failed-update_not_genuine = The new version is not genuine
    .advice = It is not signed as Glowjar’s releases are, so nothing was changed. Tell whoever you have Glowjar from.
failed-update_not_written = The new version could not be put in place
    .advice = Glowjar can’t replace its own file. Install the new version the way you installed this one.
failed-managed_source = Your studio does not allow profiles of this server
    .advice = Nothing was saved. Ask your admin for a line of your studio’s keeper.
failed-no_clock_settings = The clock’s settings were not found
    .advice = Open your system’s settings of date and time, and let the time be set automatically.

## Fields

field-name_blank = Give the profile a name.
field-name_too_long = A name has at most { $most } characters.
field-name_control = A name is one line of text.
field-name_taken = There is a profile called “{ $name }” already.
field-client_id_blank = Enter the client ID.
field-client_id_too_long = This is longer than any client ID.
field-client_id_character = A client ID has only plain letters, digits and signs, no line breaks or accents.
field-endpoint_blank = Enter an address.
field-endpoint_too_long = This is longer than any address.
field-endpoint_malformed = This is not an address; one looks like https://example.com/token.
field-endpoint_scheme = The address has to begin with https://.
field-endpoint_unencrypted = Only this computer (localhost) may be spoken to over http://; use https://.
field-endpoint_user_info = The address must not hold a user name or password.
field-endpoint_fragment = The address must not hold a # part.
field-scopes_too_long = This is longer than any list of scopes.
field-scopes_character = A scope must not hold “{ $character }”.
field-scopes_wanted = Adobe wants to know the scopes. They stand in the cURL command from the Developer Console.
field-renew_early = Choose between 1 and { $most } minutes.
field-secret_wanted = Paste the client secret.
field-refresh_token_wanted = Paste the refresh token.
field-redirect_wanted = Enter the redirect address that is registered for this client ID. It stands in the Developer Console.
field-redirect_malformed = This is not an address; one looks like https://studio.example.com/back.
field-redirect_scheme = A redirect address begins with https://, goes to this computer, or is the one that Adobe gave, adobe+…://adobeid/….
field-redirect_other_client = This redirect address is that of another client ID.
field-secret_too_long = This is far longer than a secret can be. Paste the secret alone.
field-secret_blank = This is empty.
field-secret_one_time = This is good once, for a new profile. Paste the whole line on the page for new ones.
field-secret_in_use = This is the secret in use. Paste the new one.
field-console_page = This is not the address of a credential’s page. One has /console/projects/ and /credentials/ in it.
field-replace_by = Choose a day that is still to come, at most ten years ahead.
field-clear_clipboard = Choose between 5 and 3,600 seconds.
field-lock_after = Choose between 1 and 480 minutes, or leave it empty.
field-extra_ca_unreadable = This file can’t be read.
field-extra_ca_no_certificate = This file holds no certificate in PEM form, or a damaged one.
field-webhook_address = Enter the address that your server gave you. It begins with https://, or with http:// on this computer.
field-webhook_secret = Enter a secret that begins with whsec_, or have one made.
field-managed = Your studio has set this. Its admin can change it.
field-proxy_malformed = This is not a proxy’s address; one looks like http://proxy.example.com:8080.
field-proxy_password = Glowjar keeps no passwords in its settings. Choose “As the system says” and set the proxy’s password there.
field-shortcut_malformed = This is not a shortcut; one looks like Ctrl+Alt+T.
field-shortcut_taken = The system does not allow this shortcut. Choose another one.
field-start_at_login = The system did not allow this.
field-start_at_login_program_gone = Glowjar’s file was removed or moved since it was started. Install it again, or start it from where it is now.

## Providers

preset-adobe_ims = Adobe
    .help = For a client ID and secret from the Adobe Developer Console. This is the usual choice.
preset-adobe_ims_stage = Adobe (stage)
    .help = Adobe’s test environment, for partners who were given access to it.
provider-keeper = Studio Keeper
preset-keeper = Your studio’s keeper
    .help = A server of your studio’s, which gets the tokens for everyone there. Several addresses are separated by spaces.
preset-tutorial = Tutorial style
    .help = A server that renews as Adobe’s tutorial describes it: JSON to /oauth/token.
preset-custom = Other OAuth 2.0 server
    .help = Any server that issues tokens as RFC 6749 describes it.
preset-sandbox = Sandbox
    .help = Built into Glowjar, to try things out without an Adobe account.

## Adobe’s APIs, for the scopes

api-firefly = Firefly and Firefly Services
    .help = The usual. For pictures and videos from Firefly, and for whatever asks for no scopes of its own.
api-photoshop = Photoshop API, version 2
    .help = Also for what the Lightroom API did.
api-indesign = InDesign API
    .help = The project has to have the InDesign API as well.
api-illustrator = Illustrator API
    .help = The project has to have the Illustrator API as well.
api-express = Express API
    .help = Works as your company, or with a refresh token as a person who signed in.
api-audio_video = Audio and video API
    .help = Avatars, voices, reframing of videos.
api-substance_3d = Substance 3D API
    .help = The project has to have the Substance 3D API as well.
api-pdf_services = PDF Services API
    .help = For the credential in pdfservices-api-credentials.json.
api-lightroom = Lightroom: a person’s own photos
    .help = Needs a refresh token: a person has to sign in.
api-photoshop_1 = Photoshop API, version 1 (ended)
api-lightroom_1 = Lightroom API of Firefly Services (ended)

## Names of variables

family-firefly_services = Adobe’s Firefly Services guides and SDK samples
family-firefly = MCP servers and ComfyUI nodes for Firefly
family-ims_s2s = App Builder
family-adobe_firefly = Scripts and n8n workflows for Firefly
family-adobe = Scripts for several of Adobe’s APIs
family-adobe_ims = Programs that name the sign-in service in their settings
family-aio = Adobe’s command line aio
family-aio_commerce = Adobe Commerce’s App Builder libraries
family-postman = Adobe’s Postman collections

## What was pasted

paste-secret_missing = There is no client secret in it
    .advice = Ask your admin for it. In the Developer Console it stands under “Retrieve client secret”.
paste-secret_masked = The secret is hidden by dots
    .advice = Copy it with the Console’s copy button, then paste it here.
paste-secret_cut_off = The secret looks cut off
    .advice = Compare its end with what your admin sent you.
paste-secret_wrapped = The secret ran over two lines
    .advice = Glowjar joined them. If it is rejected, ask for the secret alone.
paste-secret_literal = The secret holds an unusual sign
    .advice = “+” and “&” were taken as they stand.
paste-refresh_token_missing = There is no refresh token in it
    .advice = This way of renewing needs one. Ask whoever signed in for it.
paste-scopes_assumed = No scopes were given
    .advice = Glowjar filled in the usual ones for: { $api }. If it is for something else, change them before you save.
paste-scope_missing = No scope of Firefly’s is among them
    .advice = You get a token, but Firefly will not accept it. Ask your admin to add the Firefly API to the project.
paste-ended_photoshop = The text calls the Photoshop API’s version 1, which has ended
    .advice = It answers no more since 31 July 2026. Version 2 is at photoshop-api.adobe.io; the credential can stay the same.
paste-ended_lightroom = The text calls the Lightroom API, which has ended
    .advice = It answers no more since 31 July 2026. What it did, the Photoshop API’s version 2 does (/v2/edit at photoshop-api.adobe.io).
paste-ended_firefly_waiting = The text calls Firefly in a way that has ended
    .advice = Calls that wait for the picture ended on 3 October 2025. The same address with “-async” behind it works, and so does the credential.
paste-stage = This is for Adobe’s test environment
    .advice = Its tokens do not work at the real Firefly.
paste-other_host = This is not Adobe’s server
    .advice = Your secret will be sent to { $host }. Go on only if you know it.
paste-keeper = This joins your studio’s keeper at { $host }
    .advice = It gets the tokens for everyone in your studio. This line is for this computer alone: don’t pass it on.
paste-secret_unclear = A secret in it can be read in two ways
    .advice = Glowjar did not take it. Copy the secret alone from the Developer Console and paste it into the form.
paste-end_left_out = Signs or words after a value were left out
    .advice = Compare the end of client ID and secret with what your admin sent you.
paste-known_by_looks = The text does not say what the values are
    .advice = Glowjar knew client ID or secret by their looks. Compare them with what your admin sent you.
paste-address_not_used = The text names two servers
    .advice = { $host } was not used. If it is the right one, correct the address in the profile.
paste-token = This is a token
    .advice = It ends by itself and can’t be renewed. Ask your admin for the client ID and secret with which it was made.
paste-token_ends = This is a token, and it ends { $time }
    .advice = It is good until then and can’t be renewed. Ask your admin for the client ID and secret with which it was made.
paste-token_over = This is a token, and it is over already
    .advice = It ended { $time }. Ask your admin for the client ID and secret with which it was made: with those Glowjar gets new ones.
paste-secrets_elsewhere = The secrets are in another file
    .advice = This file lists the project without them. Import the .env file beside it.
paste-sign_in = A person has to sign in with this credential
    .advice = Glowjar can’t renew it without a refresh token. Ask your admin for an OAuth Server-to-Server credential.
paste-unclear = The client ID can be read in two ways
    .advice = Copy client ID and secret from the Developer Console and paste those.
paste-address_unknown = A name stands where the address should be
    .advice = The text does not say what it means. Paste the file that explains it as well, or ask your admin for the address.
paste-empty = There is nothing in it yet
    .advice = Paste what your admin sent you: a cURL command, the project’s JSON file or a mail.
paste-too_long = This is too long
    .advice = Paste only the part with client ID and secret.
paste-binary = This is not text
    .advice = Open the file, or ask your admin to send the command as text.
paste-cut_off = It ends in the middle
    .advice = Something is missing at the end. Copy the whole of it and paste it again.
paste-several = There are two different credentials in it
    .advice = Paste one of them, save it, then add the other.
paste-from_file = The command reads its data from a file
    .advice = Ask your admin for what is in that file.
paste-service_account = This is a service account (JWT)
    .advice = Adobe ended that kind on 1 March 2026: it gets no tokens any more. Ask your admin for an OAuth Server-to-Server credential.
paste-api_key_only = This is only an API key
    .advice = It gets no tokens by itself. Ask your admin for an OAuth Server-to-Server credential.
paste-address = The address in it can’t be used
    .advice = It has to begin with https://. Ask your admin for the right one.
paste-scopes = The scopes in it can’t be read
    .advice = Copy the text again, or type the scopes in.
paste-nothing = No client ID was found
    .advice = Paste the cURL command from the Developer Console, the project’s JSON file, or the mail that holds the client ID and secret.

## History

history-granted = Got a token
history-renewed = Renewed
history-recovered = Recovered
history-copied = Copied
history-handed_out = Handed to { $program }
history-written = Written to { $program }
history-run = Ran { $program }
history-refused = { $program } was refused
history-paused = Paused
history-resumed = Resumed
history-started = Glowjar started
history-ended = Glowjar ended

## Programs

program-unnamed = a program
question-allow = Allow
question-deny = Don’t allow
consent-hour = For an hour
consent-until_locked = Until locked
consent-always = Always
consent-never = Never
manner-raw = as plain text
manner-bearer = with “Bearer” before it
manner-header = as headers
manner-json = as JSON
manner-env = as .env lines
manner-curl = for curl
manner-exec = in a command’s environment
manner-http = over HTTP
manner-file = in a file
manner-hook = for a command
manner-own = as “{ $format }”

## Why a file or a program did not get its token

sink-folder_missing = its folder { $path } is missing
sink-read_only = it is read-only
sink-link = it is a link to { $path }; name that file itself
sink-several_names = it has several names (hard links), and would lose them
sink-not_a_file = it is no ordinary file
sink-missing = it is not there; only .env and raw files are made anew
sink-not_text = it is not UTF-8 text, or longer than 4 MiB
sink-changed_meanwhile = something else keeps changing it
sink-not_wanted = there is something newer to write
sink-not_answering = its drive does not answer
sink-failed = writing it failed
sink-io = the system did not let Glowjar read or write it
sink-not_started = it could not be started
sink-ended = it ended with { $status }
sink-stopped = it was stopped after { $seconds } seconds
sink-bad_address = “{ $place }” is no address; one begins with a slash, as /values[key=token]/value
sink-no_such_place = it has no place “{ $place }”; put an empty string there first
sink-not_a_string = at “{ $place }” there is neither a string nor null, and nothing else is replaced
sink-several_places = “{ $place }” is there more than once, and which one is meant is not clear
sink-not_ours = at “{ $place }” stands something that Glowjar did not write, and positions in a list change; empty it, or name the place by a key
sink-not_ours_better = at “{ $place }” stands something that Glowjar did not write, and positions in a list change; if it is the right place, name it { $better }
sink-not_ours_raw = it holds something that Glowjar did not write; empty it first
sink-not_json = it is no JSON that can be understood (near byte { $byte })
sink-bad_quotes = the quotes in its line { $line } are not closed rightly
sink-other_kind = it is a { $kind } file, which a line NAME=value would break; let a program that knows it write the token (glowjar files run)
sink-not_env = its line { $line } is none of an .env file, so another line could break it; let a program that knows it write the token (glowjar files run)
sink-unwritable = this token has characters that such a file can’t hold

## Banners

banner-profiles_corrupt = Profiles could not be read
    .advice = The damaged file was kept as { $path }.
banner-profiles_newer = Profiles were written by a newer Glowjar
    .advice = What this version knows was taken over. The file was kept as { $path }.
banner-preferences_corrupt = Settings could not be read
    .advice = The damaged file was kept as { $path }.
banner-preferences_newer = Settings were written by a newer Glowjar
    .advice = What this version knows was taken over. The file was kept as { $path }.
banner-sinks = Files are not kept current
    .advice = The list of them can’t be read. It was left as it is.
banner-sink = { $target } did not get the new token
    .advice = The reason: { $why }. It is tried again every minute.
banner-sink_program = { $target } did not get the new token
    .advice = The reason: { $why }. It is run again with the next token.
banner-profiles_unreadable = Profiles can’t be read
    .advice = { $path } can’t be opened. It is left alone; if you add a profile now, it is first moved aside.
banner-preferences_unreadable = Settings can’t be read
    .advice = { $path } can’t be opened. Until it can, what you choose here lasts until Glowjar ends.
banner-data_folder = Nothing can be saved
    .advice = { $path } can’t be written to. Tokens stay fresh; new profiles and settings last until Glowjar ends.
banner-no_lock = Glowjar can’t tell whether another one of yours is running
    .advice = { $path } can’t be locked. Don’t run Glowjar in a second session meanwhile: two that renew can lose the sign-in.
banner-no_home = There is no home folder to keep profiles in
    .advice = The variable HOME is not set. Profiles are kept in { $path }, which may be emptied at the next start of the computer.
banner-no_window = The window can’t be opened
    .advice = { $path } can’t be started. Tokens stay fresh. If Glowjar was just updated or moved, quit it and start it again.
banner-no_web_view = The window can’t be shown: WebView2 is missing
    .advice = Glowjar shows its window with Microsoft’s WebView2 runtime. Install it and open Glowjar again. Tokens stay fresh, and tray and command work meanwhile.
offer-web_view = Open Microsoft’s page for it now?
banner-no_log = No log is written
    .advice = { $path } can’t be written to. Everything else works.
banner-following = Glowjar also runs in your other session
    .advice = This one follows it: it shows the same, and takes over when the other one ends.
banner-following_unlinked = Glowjar already runs in another session of yours
    .advice = It can’t be reached from here. This one takes over when the other one ends.
banner-other_version = Another version of Glowjar runs in your other session
    .advice = There it is version { $other }, here version { $own }. Quit one of them, and start the same version in both.
banner-http_port = Port { $port }, where programs ask Glowjar over HTTP, can’t be opened
    .advice = Have no program send its secret there. Glowjar tries again every minute; “glowjar http move” takes another port, which every program then has to be told.
banner-http_port_of_yours = Another program of yours has port { $port }, where programs ask Glowjar over HTTP
    .advice = It is shown their secrets. End it, and Glowjar takes the port within a minute; “glowjar http move” takes another port, which every program then has to be told.
banner-http_port_of_another_user = A program of { $user } has port { $port }, where programs ask Glowjar over HTTP
    .advice = It is shown their secrets, so have no program ask there. Glowjar takes the port as soon as it is free; “glowjar http move” takes another one, which every program then has to be told.
banner-http_secrets = { $user } may know secrets with which programs ask Glowjar over HTTP
    .advice = A program of that user listened at Glowjar’s port. Make new secrets with “glowjar http renew” for: { $names }.
banner-permissions = Glowjar no longer knows which programs you let take tokens
    .advice = The list could not be read and was kept as { $path }. Where you want to be asked, it asks again.
banner-locked = Glowjar is locked
    .advice = Tokens are renewed, and nobody gets one until you unlock it.
banner-locked_by_screen = Glowjar is locked together with the screen
    .advice = Tokens are renewed, and nobody gets one until you unlock the screen.
banner-locked_by_idleness = Glowjar locked itself, since nobody was here
    .advice = Tokens are renewed, and nobody gets one until you unlock it.
banner-webhook = Alerts don’t reach { $server }
    .advice = It was to be told how a profile is, and did not take the message. Glowjar sends it again by itself, an hour later at most.
banner-update = Glowjar { $version } is available
    .advice = You have { $own }. Profiles, settings and tokens stay.
banner-update_installing = Glowjar { $version } is being fetched
    .advice = It takes the place of { $own } and starts by itself.
banner-not_listening = Other programs can’t get tokens
    .advice = Copying works as ever. If it stays so, quit Glowjar and start it again.
banner-no_tray = This desktop shows no tray icons
    .advice = Glowjar keeps working. Start it again to open this window.
banner-certificates = The certificates of { $variable } can’t be used
    .advice = { $why } Glowjar trusts this computer’s own certificates instead. Correct or remove the variable and start Glowjar again.
banner-no_certificates = This computer knows no certificates
    .advice = So Glowjar can’t tell whether a server is the right one, and asks none on the internet. Install the package “ca-certificates” and start Glowjar again.
banner-proxy = The proxy of { $variable } can’t be used
    .advice = { $why } Glowjar goes without it. Correct or remove the variable and start Glowjar again, or enter the proxy in the settings.
certificates-blank = The variable is set to nothing.
certificates-missing = There is nothing at { $path }.
certificates-not_a_file = { $path } is not a file.
certificates-not_a_folder = { $path } is not a folder.
certificates-unreadable = { $path } can’t be read.
certificates-none = { $path } holds no certificate in PEM form, or only damaged ones.
proxy_fault-address = What it says is not the address of a proxy; one looks like http://proxy.example.com:8080.
proxy_fault-scheme = It names a kind of proxy that Glowjar does not know; http, https and socks5h are known, for example.
banner-shortcut = The shortcut { $keys } does not work
    .advice = The system did not allow it. Choose another one in the settings.
banner-network_settings = The proxy or certificate from the settings can’t be used
    .advice = Correct them in the settings. Until then Glowjar goes the usual way.
banner-managed = Some of your studio’s settings have no effect
    .advice = Tell your admin. Which ones and why, the settings say.

## What stands among a studio’s managed settings and does not count

managed-unreadable = This can’t be read.
managed-not_a_file = This is not a file.
managed-too_long = This is longer than any list of settings.
managed-not_the_admins = File and folder have to belong to root. Nothing in it counts.
managed-writable_by_others = Others than root may write to the file or its folder. Nothing in it counts.
managed-not_json = This is not JSON. Line { $line }, column { $column } is where it stops making sense.
managed-not_an_object = This has to be one JSON object: names with their values, in braces.
managed-not_a_property_list = This is not a property list.
managed-unknown_key = No setting of this name can be managed.
managed-other_spelling = No setting of this name can be managed. { $name } is one.
managed-secret = A secret must not stand here: everybody on this computer can read it. Take it out, and replace it by another.
managed-twice = This name is there twice.
managed-not_a_boolean = This has to be true or false; in the registry of Windows, 1 or 0.
managed-not_a_number = This has to be a whole number from { $least } to { $most }.
managed-not_a_proxy = This has to be system, direct or a proxy’s address, such as http://proxy.example.com:8080.
managed-proxy_password = The name and password of a proxy must not stand here: everybody on this computer can read them. Take them out.
managed-not_a_path = This has to be the whole path of a file.
managed-not_addresses = This has to be a list of addresses such as https://keeper1.example.com:7443, without a password.

## Pages that a browser shows after a sign-in

browser-signed_in = You are signed in
    .advice = You can close this tab. Glowjar does the rest.
browser-refused = You are not signed in
    .advice = The provider refused. You can close this tab; Glowjar says more.
browser-not_this = This does not belong to the sign-in that Glowjar waits for
    .advice = Nothing was stored, and Glowjar still waits. Go on in the tab that it opened.
