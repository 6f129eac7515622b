# Alle Worte des Fensters, die nicht mit einem Snapshot kommen.

app = Glowjar
loading = Das Glas wird hell…
unreachable-headline = Glowjar antwortet nicht
unreachable-advice = Das Fenster hat die App im Hintergrund verloren. Deine Tokens sind dort sicher.
unreachable-retry = Noch einmal versuchen
failed-headline = Glowjar hat nicht geantwortet
failed-advice = Versuch es gleich noch einmal.
nothing = –
back = Zurück
cancel = Abbrechen

## Spannen und Zeitpunkte

span-seconds = { $seconds } s
span-minutes = { $minutes } Min.
span-minutes-seconds = { $minutes } Min. { $seconds } s
span-hours = { $hours } Std.
span-hours-minutes = { $hours } Std. { $minutes } Min.
span-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
span-days-hours = { $days ->
    [one] { $days } Tag { $hours } Std.
   *[other] { $days } Tage { $hours } Std.
}
span-over = 0 s
left = Noch { $span }
expired = Abgelaufen
moment-today = um { $time }
moment-near = { $day } um { $time }
moment-far = am { $date } um { $time }

## Wege hinein

welcome-headline = Dein Firefly‑Token, immer frisch
welcome-text = Glowjar erneuert es rechtzeitig, hütet das Secret in deinem Schlüsselbund und gibt dir das Token mit einem Klick.
add-headline = Profil hinzufügen
add-profile = Profil hinzufügen
paste-label = Füge ein, was deine Admins dir geschickt haben
paste-help = Gern die ganze Mail: ein cURL-Befehl, das JSON des Projekts oder ein .env-Block. Du kannst auch die Datei hier ablegen.
paste-drop = Hier ablegen
paste-reading = Wird gelesen…
paste-too-big = Diese Datei ist zu groß
paste-too-big-advice = Was Admins verschicken, hat ein paar Zeilen. Das hier ist größer als ein Megabyte.
paste-again = Etwas anderes einfügen
paste-change = Etwas ändern
paste-save = Speichern und Token holen
paste-trying = Token wird geholt…
save-anyway = { $anyway ->
    [inMemory] Bis zum Beenden behalten
   *[untried] Trotzdem speichern
}
paste-understood = { $source ->
    [curl] cURL-Befehl verstanden
    [projectJson] Projektdatei verstanden
    [env] .env-Zeilen verstanden
    [postman] Postman-Umgebung verstanden
   *[other] Mail verstanden
}
paste-name = Name
paste-client-id = Client-ID
paste-secret = Client-Secret
paste-secret-hidden = { $count ->
    [one] { $count } Zeichen, verborgen
   *[other] { $count } Zeichen, verborgen
}
paste-secret-missing = Keins gefunden
paste-refresh-token = Refresh-Token
paste-refresh-token-hidden = Gefunden, verborgen
paste-credential = Zugangsart
paste-environment = Umgebung
paste-api = Für
paste-scopes = Scopes
paste-no-scopes = Keine gefunden
credential-oauthServerToServer = OAuth Server-to-Server
credential-oauthWebApp = OAuth Web App
credential-serviceAccountJwt = Service Account (JWT)
credential-apiKey = API-Schlüssel
credential-unknown = Nicht genannt
environment-production = Produktion
environment-stage = Stage
or = oder
type-it-in = Eintippen
try-sandbox = Sandbox ausprobieren
sandbox-help = Kein Adobe-Konto zur Hand? Die Sandbox läuft auf diesem Computer.

## Ein Profil

status-renews-at = Erneuert sich { $moment } von selbst
status-renews-in = Erneuert sich in { $span } von selbst
status-renewing = Wird gerade erneuert…
status-retries-in = Neuer Versuch in { $span }
status-retries-now = Neuer Versuch…
status-paused = Pausiert: erneuert sich nicht von selbst
status-halted = Erneuert sich erst wieder, wenn du etwas tust
accepted = Von { $provider } { $moment } angenommen
issued = Von { $provider } { $moment } ausgestellt
expires-at = Läuft { $moment } ab
expires-at-assumed = Läuft etwa { $moment } ab (geschätzt: der Anbieter sagt es nicht)
expired-at = Abgelaufen { $moment }
sign-in-left = Anmeldung: noch { $span }, bis { $date }
sign-in-over = Die Anmeldung ist abgelaufen
sign-in-ends = Die Anmeldung endet { $moment }
sign-in-probably-ends = Die Anmeldung endet vermutlich { $moment }
sign-in-probably-left = Anmeldung: vermutlich noch { $span }, bis etwa { $date }
sign-in-slides = Anmeldung bis { $date }, verlängert sich von selbst
sign-in-probably-over = Die Anmeldung ist vermutlich abgelaufen
not-saved = Nicht gespeichert: Der Schlüsselbund hat es abgelehnt. Glowjar behält es im Speicher und versucht es weiter.
jar-label = Glas, zu { $percent } % voll Licht
jar-empty = Leeres Glas

copy-token = Token kopieren
copied = Kopiert
copy-as = Kopieren als
copy-as-token = Token
copy-as-header = Authorization-Header
copy-as-curl = cURL-Befehl
copy-as-env = .env-Zeilen ({ $name })
copy-as-postman = Postman-Umgebung, als Datei
copy-as-clientId = Client-ID
refresh-now = Erneuern
refreshing = Erneuert…

profile-actions = Aktionen für { $name }
check-access = Zugriff prüfen
checking-access = Wird geprüft…
edit = Bearbeiten
rename = Umbenennen
rename-label = Neuer Name
duplicate = Duplizieren
make-default = Zum Standard machen
is-default = Standardprofil
move-up = Nach oben
move-down = Nach unten
pause = Pausieren
resume = Fortsetzen
remove = Entfernen

on-clipboard = Noch { $span } in der Zwischenablage
clipboard-clearing = Zwischenablage wird geleert…
clear-now = Jetzt leeren
file-saved = In „Downloads“ gespeichert
undo = Rückgängig
removed = { $name } entfernt
dismiss = Schließen
dismiss-named = Schließen: { $headline }
checked-at = Geprüft { $moment }

## Störungen

details = Technische Details
copy-details = Details kopieren
fact-cause = Ursache
fact-at = Wann
fact-status = HTTP-Status
fact-error = Fehler
fact-description = Beschreibung
fact-request-id = Anfrage-ID
action-retryNow = Jetzt versuchen
action-replaceSecret = Secret ersetzen
action-replaceRefreshToken = Refresh-Token ersetzen
action-signIn = Neu anmelden
action-editScopes = Scopes bearbeiten
action-editProfile = Profil bearbeiten
action-unlockKeychain = Schlüsselbund öffnen
action-createKeyring = Schlüsselbund anlegen
action-openAccountPage = Kontoseite öffnen
action-setClock = Uhr stellen
action-openSettings = Einstellungen öffnen
action-openNetworkSignIn = Im Netzwerk anmelden
action-unlock = Entsperren
action-installUpdate = Installieren und neu starten

## Der Zeitstreifen

strip-day = Letzte 24 Stunden
strip-week = Letzte 7 Tage
strip-show-week = 7 Tage
strip-show-day = 24 Std.
strip-range = Zeitraum
strip-now = jetzt
strip-empty = Noch ist nichts passiert
strip-renewals = { $count ->
    [one] eine Erneuerung
   *[other] { $count } Erneuerungen
}
strip-outages = { $count ->
    [one] ein Ausfall
   *[other] { $count } Ausfälle
}
strip-copies = { $count ->
    [one] eine Kopie
   *[other] { $count } Kopien
}
strip-handouts = { $count ->
    [one] ein Abruf
   *[other] { $count } Abrufe
}
strip-refusals = { $count ->
    [one] eine Ablehnung
   *[other] { $count } Ablehnungen
}
strip-quiet = Alles ruhig
strip-tell = { $moment }: { $headline }
strip-tell-detail = { $moment }: { $headline } · { $detail }
strip-takings = { $from } bis { $to }: { $what }
strip-list = Was war los

## Programme

programs = Programme
programs-latest = { $program } hat das Token geholt, { $ago }
programs-nobody = In der letzten Woche hat keines das Token geholt
programs-help = Skripte und Plug-ins bekommen es mit dem Befehl „glowjar token“.
programs-takers = Haben das Token geholt
programs-unnamed = Ein Programm
programs-took = hat es geholt, { $ago }, { $manner }
programs-pid = PID { $pid }
programs-by-command = mit dem Befehl glowjar
programs-today = { $count }-mal in 24 h
programs-all = Alle { $count } zeigen
programs-sinks = Aktuell gehalten
sink-current = Hat das gültige Token
sink-ran = Wurde mit dem gültigen Token ausgeführt
sink-waiting = Bekommt das nächste Token
sink-left = Enthält noch das Token von vor der Abmeldung; ein neues kommt mit der nächsten Anmeldung
sink-runs-again = Läuft mit der nächsten Anmeldung wieder
programs-consumers = Über HTTP
consumer-help = Darf nach jedem Profil fragen
asks-first = Mich fragen, wenn ein Programm zum ersten Mal ein Token holt
asks-first-help = Nicht bei Dateien und über HTTP: Die hast du selbst eingerichtet.
permissions = Deine Antworten
permission-hour = darf das Token bis { $time } holen
permission-untilLocked = darf das Token holen, bis Glowjar oder der Bildschirm gesperrt wird
permission-always = darf das Token holen
permission-never = darf das Token nicht holen
permission-since = beantwortet { $moment }
permission-last = hat es zuletzt geholt: { $ago }
permission-unused = hat es in der letzten Woche nicht geholt
forget = Vergessen
question = Darf { $program } das Token von { $name } haben?
question-unnamed = Darf ein Programm das Token von { $name } haben?
question-many = { $program } führt Skripte und andere Programme aus. Die Antwort gilt für alle.
question-once = Glowjar erkennt nicht, welches Programm es ist. Die Antwort gilt dieses eine Mal.
question-late = Es hat gefragt ({ $ago }) und aufgegeben. Die Antwort gilt ab dem nächsten Mal.
question-lasts = Es möchte auf Dauer Zugang: über HTTP oder durch eine Datei, die aktuell gehalten wird. Das gilt, bis du es entfernst.
question-allow = Erlauben
consent-hour = Eine Stunde
consent-untilLocked = Bis zum Sperren
consent-always = Immer
consent-never = Nie
question-deny = Nicht erlauben
settings-programs = Programme
settings-programs-help = Wer Token holen darf und seit wann. Nach dem, was du vergisst, wirst du neu gefragt.
settings-programs-nobody = Bisher wurde kein Programm zugelassen oder abgewiesen.
settings-consumers = Über HTTP
consumer-last = hat zuletzt eines geholt: { $ago }
consumer-unused = hat in der letzten Woche keines geholt
consumer-all = darf nach jedem Profil fragen
consumer-one = darf nach { $name } fragen
consumer-passing = darf nach { $name } fragen, solange es läuft
revoke = Widerrufen
really-remove = Wirklich entfernen
really-revoke = Wirklich widerrufen
ago-now = gerade eben

## Ein Programm verbinden

connect = Ein Programm verbinden
connect-lead = Was wohin gehört, damit ein Programm mit Glowjar arbeitet. Dein Client-Secret bleibt im Schlüsselbund.
connect-program = Programm
connect-asks = Es bekommt bei jedem Start ein gültiges Token.
connect-mints = Es holt seine Token selbst, bei Glowjar, mit einem Secret, das anderswo nichts nützt.
connect-line = In einem Terminal, oder dort, wo das Programm gestartet wird
connect-copy = Kopieren
connect-copied = Kopiert
connect-here = Von hier aus zulassen
connect-here-help = Glowjar denkt sich ein Secret nur für { $program } aus und legt es in die Zwischenablage. Es wird nirgends gezeigt und ist nicht noch einmal zu haben; in den Einstellungen lässt es sich widerrufen.
connect-make-secret = Secret erzeugen und kopieren
connect-secret-copied = { $program } ist zugelassen. Das Secret liegt bis { $time } in der Zwischenablage: Füge es jetzt dort ein.
connect-token-url = Adresse des Token-Endpunkts
connect-client-id = Client-ID
connect-file = Seine Einstellungsdatei ändern
connect-path = Pfad der Datei
connect-preview = Zeigen, was sich ändern würde
connect-apply = Datei ändern
connect-undo = Rückgängig
connect-previewed = Noch wurde nichts geändert. Das wäre:
connect-applied = Geändert. Die Datei, wie sie war, mit dem Secret im Klartext, ist { $backup }: Lösch sie, wenn alles läuft.
connect-undone = Die Datei ist wie zuvor.
connect-runs = führt aus:
connect-without = ohne { $names }
connect-take-over = Secret übernehmen
connect-take-over-help = In dieser Datei steht ein Client-Secret im Klartext. Wenn Glowjar es noch nicht hat, nimmt es das in den Schlüsselbund.

## Alle Profile

profiles = Profile
list-retry = neuer Versuch in { $span }
search = Profile suchen
search-none = So heißt kein Profil.
moved = { $name } ist jetzt { $position } von { $count }

replace-secret = Secret ersetzen…
secret-of = Client-Secret von { $name }
secret-since = Eingetragen am { $date }, { $days ->
    [0] heute
    [one] vor { $days } Tag
   *[other] vor { $days } Tagen
}
secret-since-unknown = Wann es eingetragen wurde, ist nicht notiert
secret-accepted = Zuletzt angenommen { $moment }
secret-standby = Das vorige ist für den Notfall auch noch da
secret-standby-in-use = Das erste Secret wurde abgelehnt; das zweite ist in Gebrauch
secret-plan = Ans Ersetzen erinnern
secret-plan-help = Adobes Secrets laufen nicht von selbst ab. Viele Studios ersetzen sie aus Gewohnheit.
secret-due = Secret bis { $date } ersetzen
secret-overdue = Das Secret sollte bis { $date } ersetzt sein
secret-never = Nie
secret-after = Wenn es { $days } Tage alt ist
secret-on-day = An einem Tag…
secret-day = Tag
secret-replace-headline = Ersetzen ohne Lücke
secret-step-make = In der Developer Console ein zweites Secret anlegen oder den Admin darum bitten. Das alte dort stehen lassen.
secret-step-paste = Unten einfügen. Es wird beim Anbieter probiert, bevor sich etwas ändert.
secret-step-delete = Dann das alte in der Console löschen und hier prüfen, ob es weg ist.
secret-two = Letzter Schritt: das alte Secret
secret-delete-old-there = Das neue Secret ist in Gebrauch. Bitte das alte in der Developer Console löschen oder den Admin darum bitten, dann hier prüfen. Bis es abgelehnt wird, bleibt es als Ersatz.
secret-first-refused = Der Anbieter hat das erste Secret abgelehnt und nimmt das zweite. Bitte hier prüfen: Das abgelehnte geht, das andere bleibt.
secret-another = Noch einmal ersetzen
secret-new = Neues Client-Secret
secret-new-help = Kommt direkt in den Schlüsselbund dieses Computers.
secret-replace = Probieren und ersetzen
secret-confirm = Prüfen, ob es weg ist
secret-trying = Der Anbieter wird gefragt…
secret-accepted-now = Das neue Secret gilt und ist in Gebrauch.
secret-gone = Das alte Secret wird abgelehnt und ist von diesem Computer verschwunden.
secret-lost = Ein neues an seine Stelle setzen
secret-lost-rejected = Das alte Secret wurde abgelehnt, als Ersatz ist es also nichts wert: Das neue tritt an seine Stelle, sobald der Anbieter es annimmt.
secret-lost-gone = Das alte Secret ist nicht mehr im Schlüsselbund, als Ersatz bleibt also keines: Das neue tritt an seine Stelle, sobald der Anbieter es annimmt.
secret-lost-make = Den Admin um das Secret bitten, das jetzt gilt, oder in der Developer Console eines anlegen.
secret-lost-line = Um eine neue Zeile bitten, wer den Keeper des Studios betreut.
secret-make = Neues Secret anlegen
secret-make-here = Glowjar lässt Adobe ein zweites Secret anlegen, probiert es und nimmt es in Gebrauch. Das alte bleibt als Ersatz, bis du es löschen lässt.
secret-by-hand = Von Hand
secret-by-api = Glowjar Secrets anlegen und löschen lassen
secret-by-api-help = Dafür fügt der Admin dem Projekt in der Developer Console die „I/O Management API“ hinzu. Glowjar verlangt dieses Recht nur, wenn du hier klickst.
secret-page = Adresse der Seite mit den Zugangsdaten
secret-page-help = In der Developer Console die Zugangsdaten öffnen und die Adresse aus dem Browser kopieren.
secret-set-page = Prüfen und merken
secret-page-known = Gefunden. Ab jetzt lassen sich Secrets von hier anlegen.
secret-page-forgotten = Die Seite ist vergessen.
secret-forget-page = Die Seite vergessen
secret-made-headline = Ein neues Secret wartet darauf, probiert zu werden
secret-made = Adobe hat es angelegt, und es liegt im Schlüsselbund. Das alte ist in Gebrauch, bis das neue funktioniert hat.
secret-try = Jetzt probieren
secret-perhaps-made = Vielleicht gibt es ein Secret, das niemand hat
secret-look-after = Glowjar hatte um eines gebeten, und es kam keine Antwort. Das Profil arbeitet wie bisher. Gibt es eines, das nie benutzt wurde, wird es gelöscht.
secret-drop-lost = Danach sehen
secret-lost-dropped = Es gibt keines mehr, das niemand hat.
secret-delete-old-here = Das neue Secret ist in Gebrauch. Bitte nachsehen, wann das alte zuletzt benutzt wurde: Ein Programm, das es selbst hat, arbeitet ohne es nicht mehr. Ein gelöschtes Secret lässt sich nicht zurückholen.
secret-delete-old = Das alte bei Adobe löschen
secret-list = Zeigen, wann jedes zuletzt benutzt wurde
secret-list-again = Noch einmal nachsehen
secret-listed = Secret
secret-listed-new = Neues Secret
secret-made-on = angelegt am { $date }
secret-used = zuletzt benutzt { $moment }
secret-never-used = nie benutzt
secret-close = Schließen
sign-out = Abmelden
sign-out-headline = Von { $name } abmelden?
sign-out-text = Die Anmeldung bei { $provider } endet, auch für andere Programme, die sie nutzen, und auf diesem Computer bleibt nichts von ihr. Das Profil bleibt.
sign-out-stays = Programme und Dateien, die das Token schon haben, behalten es, und vielleicht gilt es, bis es abläuft. Neue bekommen sie erst nach der nächsten Anmeldung.
sign-out-keep = Angemeldet bleiben
remove-headline = { $name } entfernen?
remove-text = Secrets und Token verlassen den Schlüsselbund dieses Computers. Ein paar Sekunden lang kannst du das rückgängig machen.
remove-revoke = Auch die Anmeldung bei { $provider } beenden
remove-revoke-help = Das Refresh-Token gilt dann nirgends mehr, auch nicht in anderen Programmen.
remove-stays = Das Token selbst gilt, bis es abläuft.
remove-keep = Behalten

## Das Formular

form-new = Eintippen
form-edit = { $name } bearbeiten
form-save = Speichern
form-saving = Wird gespeichert…
form-trying = Wird ausprobiert…
form-more = Weitere Optionen
form-stored = Liegt im Schlüsselbund
form-pasted = Aus dem, was du eingefügt hast
form-keep-stored = Leer lassen, um das gespeicherte zu behalten.
form-keep-pasted = Leer lassen, um das eingefügte zu nehmen.
form-remove-stored = Löschen
form-will-be-removed = Wird beim Speichern gelöscht.
form-keep-it = Behalten
form-invalid = { $count ->
    [one] Ein Feld braucht noch einen Blick.
   *[other] { $count } Felder brauchen noch einen Blick.
}
form-unreachable = Nichts wurde gespeichert, und nichts Getipptes ist verloren: Versuch es noch einmal.
form-loading = Wird geöffnet…
form-reveal = Anzeigen: { $label }
form-conceal = Verbergen: { $label }
form-name = Name
form-name-help = Wie du es nennst, zum Beispiel nach dem Projekt.
form-preset = Anbieter
form-token-endpoint = Token-Endpunkt
form-encoding = Anfrageformat
form-client-authentication = Client-Anmeldung
form-client-id = Client-ID
form-client-secret = Client-Secret
form-standby-secret = Ersatz-Secret
form-standby-help = Wird einmal probiert, wenn das erste abgelehnt wird. So lässt sich ein Secret ohne Lücke wechseln.
form-grant = Frisch gehalten durch
form-api = Wofür
form-api-other = Etwas anderes: die Scopes unten
form-scopes = Scopes
form-scopes-help = Durch Kommas oder Leerzeichen getrennt.
form-refresh-token = Refresh-Token
form-renew-early = Früher erneuern, in Minuten
form-renew-early-help = Leer: wie in den Einstellungen.
form-family = Namen in .env
form-family-help = Was „Kopieren als .env-Zeilen“ schreibt und was glowjar exec --names einem Programm gibt.
form-family-mints = Diese Programme holen ihre Tokens selbst: Starte sie mit glowjar exec --mint, das ihnen diese Namen gibt.
form-whole-minutes = Bitte ganze Minuten, 1 bis 10 000.
grant-client_credentials = Client Credentials (ID und Secret)
grant-refresh_token = Refresh-Token
encoding-form = Formular (üblich)
encoding-json = JSON
authentication-body = Im Anfragetext
authentication-basic = HTTP Basic
authentication-none = Keine (öffentlicher Client)

## Einstellungen

settings = Einstellungen
settings-studio = Dein Studio
settings-studio-help = Der Admin hat einige Einstellungen auf dieser Seite festgelegt. Deine eigenen kommen zurück, sobald er das nicht mehr tut.
settings-studio-keepers = Ein Profil vom Keeper muss von einem von diesen sein:
settings-studio-only-keepers = Hinzufügen lassen sich nur Profile vom Keeper deines Studios.
settings-studio-ignored = Ohne Wirkung
settings-by-studio = Von deinem Studio festgelegt
settings-general = Allgemein
settings-copying = Kopieren
settings-renewing = Erneuern
settings-locking = Sperren
settings-network = Netzwerk
settings-webhook = Meldungen an einen Server
settings-webhook-help = Für einen Computer, auf den niemand schaut: Glowjar meldet deinem Server, wenn ein Profil einen Menschen braucht und wenn alles wieder gut ist. In einer solchen Meldung steht weder ein Token noch ein Secret.
settings-webhook-on = { $server } bekommt Meldungen.
settings-webhook-address = Webhook-Adresse
settings-webhook-secret = Secret zum Signieren
settings-webhook-secret-help = Trag dasselbe auf deinem Server ein, damit er prüfen kann, dass eine Meldung von Glowjar stammt (Standard Webhooks).
settings-webhook-make = Secret erzeugen
settings-webhook-begin = Diesem Server melden
settings-webhook-end = Ausschalten
settings-webhook-try = Test senden
settings-webhook-arrived = Der Server hat die Meldung angenommen.
settings-trouble = Wenn etwas nicht stimmt
settings-about = Über Glowjar
settings-start-at-login = Beim Anmelden starten
settings-start-at-login-help = So sind die Tokens frisch, bevor du eins brauchst.
settings-updates = Nach neuen Versionen sehen
settings-updates-help = Einmal am Tag, dort, wo Glowjars Ausgaben liegen. Installiert wird erst, wenn du es sagst.
settings-notices = Mitteilungen
settings-notices-help = Ein ablaufendes Token zeigt auch das Symbol in der Leiste.
notices-all = Alle
notices-whenNeeded = Nur wenn ich gebraucht werde
notices-none = Keine
settings-theme = Aussehen
settings-theme-help = Gilt für dieses Fenster. Das Symbol richtet sich nach deiner Leiste.
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel
settings-text-size = Schriftgröße
settings-text-size-help = Gilt für dieses Fenster.
text-size-usual = Wie gewohnt
text-size-larger = Größer
text-size-largest = Am größten
settings-language = Sprache
settings-language-help = Für Fenster, Menü und Mitteilungen.
language-system = Wie das System
language-en = English
language-de = Deutsch
settings-hours = Uhrzeit
settings-hours-help = In diesem Fenster. Leiste und Hinweise zählen 24 Stunden.
hours-system = Wie das System
hours-twentyFour = 24 Stunden (17:04)
hours-twelve = 12 Stunden (5:04 PM)
settings-clipboard = Zwischenablage leeren nach, in Sekunden
settings-clipboard-help = Nur, wenn das Token noch darin liegt. 5 bis 3.600.
settings-shortcut = Tastenkürzel für das Token des Standardprofils
settings-shortcut-help = Anklicken und die Tasten drücken. Kopiert das Token in jedem Programm.
settings-shortcut-off = Aus
settings-shortcut-remove = Ausschalten
settings-renew-early = Früher erneuern, in Minuten
settings-renew-early-help = Leer: Glowjar richtet sich nach der Laufzeit. Ein Profil kann abweichen.
settings-lock-now = Jetzt sperren
settings-lock-now-help = Tokens werden erneuert, und niemand bekommt eins, bis du hier entsperrst.
settings-lock-with-screen = Mit dem Bildschirm sperren
settings-lock-with-screen-help = Bis du ihn entsperrst, bekommt kein Programm ein Token und es wird nichts kopiert.
settings-lock-with-screen-untold = Wirkt hier nicht: Dieser Desktop sagt nicht, wann sein Bildschirm gesperrt ist.
settings-lock-after = Sperren, wenn du weg bist, nach Minuten
settings-lock-after-help = 1 bis 480 ohne Tastatur und Maus. Leer: nie. Du entsperrst hier oder mit dem Bildschirm.
settings-lock-after-untold = Wirkt hier nicht: Dieser Desktop sagt nicht, wie lange du weg warst.
settings-proxy = Proxy
settings-proxy-help = Ob du einen brauchst, weiß eure IT.
proxy-system = Wie das System
proxy-direct = Keiner
proxy-at = Unter dieser Adresse
settings-proxy-address = Proxy-Adresse
settings-proxy-address-help = Ohne Passwort: Es läge offen in einer Datei.
settings-ca = Zusätzliche Zertifikatsdatei
settings-ca-help = Eine PEM-Datei, der neben denen des Systems vertraut wird, für Netze, die hineinschauen.
settings-logs = Protokollordner
settings-logs-help = Was Glowjar wann getan hat. Nie ein Secret.
settings-open-logs = Öffnen
settings-diagnostics = Datei für einen Fehlerbericht
settings-diagnostics-help = Version, Einstellungen und das letzte Protokoll, ohne Secrets.
settings-export = Speichern
settings-data = Deine Profile liegen in
settings-whole-minutes = Bitte ganze Minuten, 1 bis 480.
settings-whole-seconds = Bitte ganze Sekunden, 5 bis 3.600.
settings-about-text = Hält Zugriffstokens für Adobe Firefly frisch. Freie Software unter der MIT-Lizenz, nicht von Adobe.
settings-version = Version { $version }

## Nur vorgelesen

announce-copied = { $what } kopiert. Bleibt { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
} in der Zwischenablage.
announce-client-id = Client-ID kopiert.
announce-status = { $name }: { $headline }
announce-cleared = Zwischenablage geleert.
announce-undone = { $name } ist wieder da.

## Anmelden mit einem Browser

sign-in-way = Mit dem Browser anmelden
sign-in-headline = Mit dem Browser anmelden
sign-in-headline-code = Mit einem Code anmelden
sign-in-to = Anmelden bei { $provider }
sign-in-for-whom = Für Dienste, die in deinem eigenen Namen arbeiten, etwa Adobes Express-API oder ein Server deiner Firma. Firefly Services nehmen keine solche Anmeldung: Füg dafür ein, was dein Admin dir geschickt hat.
sign-in-address = Adresse des Servers
sign-in-address-help = Glowjar fragt ihn, wo man sich anmeldet.
sign-in-secret-help = Leer lassen, wenn du keines bekommen hast.
sign-in-redirect = Redirect-Adresse
sign-in-redirect-help = Leer lassen, wenn dir keine genannt wurde: Dann kommt der Browser von selbst zurück.
sign-in-redirect-adobe = Wie zu dieser Client-ID eingetragen; dein Admin findet sie in der Developer Console.
sign-in-scopes-help = Mit „offline_access“ bleibst du angemeldet, wenn der Anbieter es erlaubt.
sign-in-open = Browser öffnen
sign-in-get-code = Code holen
sign-in-once-more = Noch einmal versuchen
sign-in-how = Wie
sign-in-by-browser = Mit dem Browser auf diesem Computer
sign-in-by-device = Mit einem Code, auf einem beliebigen Gerät
sign-in-by-device-help = Glowjar zeigt einen Code, den du auf deinem Handy oder einem anderen Computer eingibst. Nicht jeder Server bietet das an.
sign-in-type-code = Gib diesen Code ein
sign-in-code = Code
sign-in-code-how = Öffne die Seite unten auf einem beliebigen Gerät, melde dich dort für „{ $name }“ an und gib den Code ein. Glowjar merkt, wenn du fertig bist.
sign-in-copy-code = Code kopieren
sign-in-code-copied = Code kopiert
sign-in-open-page = Seite hier öffnen
sign-in-code-left = Code gilt noch { $span }
sign-in-stalled = Der Server antwortet gerade nicht. Glowjar fragt in { $span } noch einmal.
sign-in-stalled-asking = Der Server antwortet gerade nicht. Glowjar fragt gerade noch einmal.
sign-in-rather-browser = Lieber den Browser auf diesem Computer verwenden
sign-in-rather-device = Lieber einen Code auf einem anderen Gerät verwenden
sign-in-preparing = Fragt, wo man sich anmeldet
sign-in-waiting = Weiter geht es im Browser
sign-in-finishing = Holt dein Token
sign-in-moment = Einen Moment, für „{ $name }“.
sign-in-comes-back = Melde dich auf der geöffneten Seite an, für „{ $name }“. Glowjar merkt, wenn du fertig bist.
sign-in-no-way-back = Melde dich auf der geöffneten Seite an, für „{ $name }“. Der Browser endet dann auf einer Seite, die leer oder kaputt aussehen kann. Kopier deren Adresse und füg sie hier ein.
sign-in-reopen = Seite noch einmal öffnen
sign-in-copy = Ihre Adresse kopieren
sign-in-copied = Adresse kopiert
sign-in-paste = Adresse, bei der dein Browser endete
sign-in-paste-help = Nur wenn der Browser nicht zurückkommt oder auf einem anderen Computer oder Handy ist.
sign-in-paste-wanted = Die ganze Adresse, mit dem Teil nach dem Fragezeichen.
sign-in-paste-use = Diese Adresse verwenden
sign-in-until = Glowjar wartet bis { $time }.
sign-in-cancel = Anmeldung abbrechen
signed-in-as = Angemeldet als { $account }
sign-in-not-renewed = Lässt sich nicht erneuern. Gilt bis { $moment }; vorher neu anmelden.
