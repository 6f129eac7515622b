### Was Glowjar über Tokens sagt, in Leiste, Hinweisen und Fenster.

## Ein Profil in wenigen Worten

headline-paused = Pausiert
headline-opening = Öffnet den Schlüsselbund
headline-acquiring = Holt ein Token
headline-renewing = Erneuert gerade
headline-live = Gültig
headline-expired = Abgelaufen
provider-unnamed = Der Anbieter
sandbox-name = Sandbox

## Probleme eines Profils

trouble-secret_missing = Das Client-Secret fehlt
    .advice = Es ist nicht mehr im Schlüsselbund. Bitte noch einmal einfügen; es steht in der Developer Console oder in der Mail vom Admin.
trouble-refresh_token_missing = Das Refresh-Token fehlt
    .advice = Es ist nicht im Schlüsselbund. Ein Duplikat nimmt keins mit, denn zwei Profile mit demselben würden einander abmelden. Mit einem eigenen für dieses Profil geht es weiter.
trouble-budget_spent = Zu viele Tokens heute
    .advice = Glowjar hält hier an, damit der Anbieter den Zugang nicht sperrt. Innerhalb eines Tages geht es von selbst weiter. Vielleicht verlangt ein Programm ständig neue Tokens.
trouble-short_lived = Diese Tokens laufen zu schnell ab
    .advice = Sie gelten so kurz, dass nicht immer ein frisches da sein kann. Wer den Server betreibt, kann die Laufzeit verlängern.
trouble-dns = Kein Netz
    .advice = Die Adresse des Anbieters ließ sich nicht finden. Bitte das Netz prüfen; Glowjar versucht es von selbst weiter.
trouble-connect = { $provider } ist nicht erreichbar
    .advice = Im Moment kommt keine Verbindung zustande. Glowjar versucht es von selbst weiter.
trouble-tls = Die Verbindung ist nicht sicher
    .advice = Das Zertifikat des Servers wurde abgelehnt, deshalb wurde nichts gesendet. Liegt das am Firmennetz, hat der Admin das passende Zertifikat; es lässt sich in den Einstellungen wählen.
trouble-proxy = Der Proxy lehnt ab
    .advice = Der Proxy im Netz lässt Glowjar nicht durch oder verlangt ein Passwort. Der Admin weiß mehr; der Proxy steht in den Einstellungen.
trouble-proxy_unusable = Die Proxy-Angabe ist unbrauchbar
    .advice = Eine Umgebungsvariable nennt einen Proxy so, dass Glowjar sie nicht versteht, und ohne Proxy war nichts erreichbar. Die Einzelheiten nennen die Variable. Bitte berichtigen oder den Proxy in den Einstellungen eintragen.
trouble-timeout = { $provider } antwortet nicht
    .advice = Es kam rechtzeitig keine Antwort. Glowjar versucht es von selbst weiter.
trouble-throttled = { $provider } bittet um Geduld
    .advice = Es waren kurz zu viele Anfragen. Nach der Wartezeit geht es von selbst weiter.
trouble-server = { $provider } hat eine Störung
    .advice = Der Fehler liegt auf der anderen Seite. Glowjar versucht es von selbst weiter.
trouble-withheld = Der Keeper deines Studios gibt vorerst keine Tokens aus
    .advice = Der Admin hat ihn angehalten oder muss erst etwas tun; der Grund steht unter „Technische Details“. Was schon kopiert oder weitergegeben ist, gilt bis zu seinem Ende, und Glowjar macht von selbst weiter.
trouble-keeper_unreachable = Der Keeper deines Studios ist nicht erreichbar
    .advice = Das ist der Server, der dort für alle die Tokens holt. Ein vorhandenes Token gilt bis zu seinem Ende, und Glowjar versucht es von selbst weiter. Hält das an: Netz oder VPN prüfen, dann dem Admin Bescheid geben.
trouble-word_refused = Diese Einmal-Zeile wurde abgelehnt
    .advice = Jede gilt einmal, für einen Computer, und diese wurde schon benutzt oder ist nicht mehr bekannt. Gespeichert wurde nichts. Bitte deinen Admin um eine neue Zeile; falls niemand hier diese benutzt hat, sag es dazu.
trouble-keeper_refuses = Der Keeper deines Studios kennt diesen Platz nicht mehr
    .advice = Bitte den Admin, ihn wieder zuzulassen, und füge die Zeile ein, die du bekommst.
trouble-captive_portal = Das Netz verlangt eine Anmeldung
    .advice = Statt des Anbieters hat eine Webseite geantwortet, wie in Hotels und Cafés üblich. Nach der Anmeldung im Browser geht es von selbst weiter.
trouble-blocked = Eine Firewall oder ein Proxy hat gesperrt
    .advice = Statt der Antwort des Anbieters kam eine Sperrseite. Wer das Netz oder den Server betreut, kann Glowjar durchlassen; die Einzelheiten helfen dabei.
trouble-broken_reply = { $provider } hat unverständlich geantwortet
    .advice = Deshalb bleibt das vorhandene Token. Glowjar versucht es von selbst weiter.
trouble-internal = Glowjar selbst hat einen Fehler gemacht
    .advice = Ein Fehler in Glowjar hat eine Anfrage beendet. Es versucht es von selbst wieder; mehr steht in seinem Protokoll.
trouble-not_understood = { $provider } antwortet immer wieder unverständlich
    .advice = Unter dieser Adresse scheint kein Token-Endpunkt zu antworten. Bitte die Adresse im Profil prüfen oder fragen, wer den Server betreut. Glowjar fragt ab und zu weiter.
trouble-secret_rejected = Das Client-Secret wurde abgelehnt
    .advice = Es wurde geändert oder gelöscht. Bitte beim Admin das neue besorgen und hier einfügen.
trouble-client_rejected = Die Client-ID wurde abgelehnt
    .advice = Dort ist sie unbekannt. Bitte mit der Nachricht vom Admin vergleichen.
trouble-secret_not_wanted = Zu dieser Client-ID gehört kein Secret
    .advice = Ihre App darf keines senden. Bitte im Profil „kein Secret“ wählen.
trouble-refresh_token_rejected = Die Anmeldung ist abgelaufen
    .advice = Das Refresh-Token ist abgelaufen, wurde widerrufen oder anderswo benutzt. Bitte neu anmelden und das neue einfügen.
trouble-sign_in_ended = Deine Anmeldung ist zu Ende
    .advice = Der Anbieter nimmt sie nicht mehr an: Sie ist abgelaufen, wurde widerrufen, oder ihr Refresh-Token wurde irgendwo ein zweites Mal benutzt, was sie aus Sicherheit beendet. Melde dich einmal neu an, dann geht alles weiter.
trouble-sign_in_once_more = Bitte neu anmelden
    .advice = Der Anbieter hat ein Token ausgestellt, aber nichts, um es zu erneuern. Es gilt, bis es abläuft; mit einer neuen Anmeldung geht es weiter.
trouble-signed_out = Abgemeldet
    .advice = Von der Anmeldung ist hier nichts mehr gespeichert. Melde dich an, sobald du wieder Tokens brauchst.
trouble-scope_rejected = Ein Scope ist nicht erlaubt
    .advice = Das Projekt darf nicht alles, was das Profil verlangt. Bitte die Scopes mit denen vom Admin vergleichen.
trouble-grant_not_allowed = So lässt sich dieser Zugang nicht erneuern
    .advice = Die Art des Zugangs passt nicht zur Art der Erneuerung. Bitte im Profil eine andere wählen.
trouble-account_action = Das Adobe-Konto braucht Aufmerksamkeit
    .advice = Adobe möchte dort etwas bestätigt haben, etwa neue Bedingungen. Danach hier erneuern.
trouble-request_rejected = { $provider } hat die Anfrage nicht verstanden
    .advice = Sie wurde so nicht angenommen. Bitte Adresse und Format im Profil prüfen.
trouble-endpoint_missing = Dort gibt es keine Tokens
    .advice = Unter dieser Adresse beantwortet niemand Token-Anfragen. Bitte im Profil prüfen.
trouble-keychain_locked = Der Schlüsselbund ist gesperrt
    .advice = Dort liegen die Secrets. Nach dem Entsperren geht es von selbst weiter.
trouble-keychain_no_default = Kein Schlüsselbund ist der Standard
    .advice = Neue Secrets kommen in den Standard-Schlüsselbund, und keiner ist dazu bestimmt. Bitte im Programm für Schlüsselbünde einen anlegen oder einen vorhandenen zum Standard machen, etwa in „Passwörter und Verschlüsselung“.
trouble-keychain_default_locked = Der Standard-Schlüsselbund ist gesperrt
    .advice = Ein anderer ist offen, aber das Gesuchte liegt nicht darin. Bitte den Standard-Schlüsselbund entsperren, oder den offenen im Programm für Schlüsselbünde zum Standard machen.
trouble-keychain_absent = Es gibt keinen Schlüsselbund
    .advice = Auf diesem System fehlt ein Secret Service, und anderswo speichert Glowjar keine Secrets. Bitte gnome-keyring, KWallet oder KeePassXC installieren und neu anmelden.
trouble-keychain_exhausted = Glowjar kann den Schlüsselbund gerade nicht fragen
    .advice = Zu viele Dateien oder Verbindungen sind offen. Deine Secrets sind noch darin. Beende Programme, die nach Tokens fragen; Glowjar versucht es weiter.
trouble-keychain_not_answering = Der Schlüsselbund antwortet nicht
    .advice = Glowjar fragt weiter. Vielleicht wartet hinter anderen Fenstern eine Passwortabfrage.
trouble-keychain_refused = Der Schlüsselbund lehnt ab
    .advice = Er wollte ein Secret nicht herausgeben oder annehmen. Glowjar versucht es von selbst weiter.
trouble-keychain_incomplete = Ein gespeichertes Secret ist unvollständig
    .advice = Im Schlüsselbund fehlt ein Teil davon. Bitte das Secret noch einmal einfügen.
trouble-not_saved = Noch nicht gespeichert
    .advice = Das neue Token funktioniert, ginge aber verloren, wenn Glowjar jetzt endete. { $why }. Glowjar versucht weiter, es zu speichern.
trouble-no_live_token = Es gibt kein gültiges Token
    .advice = Es dauert länger, als es sollte. Glowjar versucht es von selbst weiter.
trouble-clock_fast = Die Uhr geht { $span } vor
    .advice = Glowjar rechnet damit, aber andere Programme halten gute Tokens vielleicht für abgelaufen. Bitte die Uhr stellen.
trouble-clock_slow = Die Uhr geht { $span } nach
    .advice = Glowjar rechnet damit, aber andere Programme halten gute Tokens vielleicht für abgelaufen. Bitte die Uhr stellen.
span-minutes = { $count } Min.
span-hours = { $count } Stunden
span-days = { $count } Tage

## Was anders ist, solange ein Profil noch nicht gespeichert ist

trial-secret_rejected = Nichts wurde gespeichert. Vielleicht fehlt ein Zeichen: bitte noch einmal kopieren oder beim Admin ein neues besorgen.
trial-account_action = Nichts wurde gespeichert. Adobe möchte im Konto etwas bestätigt haben, etwa neue Bedingungen. Danach bitte noch einmal versuchen.
trial-captive_portal = Statt des Anbieters hat eine Webseite geantwortet, wie in Hotels und Cafés üblich. Bitte im Browser anmelden und noch einmal versuchen.
trial-not_now = Nichts wurde gespeichert. Bitte noch einmal versuchen oder trotzdem speichern: Dann holt Glowjar das Token, sobald es geht.
trial-secret_not_now = Nichts hat sich geändert, und das Profil arbeitet wie bisher. Bitte später noch einmal versuchen.
trouble-console_token_rejected = Adobes Console nimmt das Token nicht an
    .advice = Nichts hat sich geändert. Bitte später noch einmal versuchen; bleibt es dabei, das Secret in der Developer Console anlegen.
trouble-console_not_allowed = Diese Zugangsdaten dürfen keine Secrets anlegen oder löschen
    .advice = Bitte den Admin, ihrem Projekt in der Developer Console die „I/O Management API“ hinzuzufügen. Bis dahin das Secret dort anlegen und hier einfügen. Nichts hat sich geändert.
trouble-console_not_found = Solche Zugangsdaten kennt die Console nicht
    .advice = Bitte in der Developer Console ihre Seite öffnen, deren ganze Adresse kopieren und hier noch einmal eingeben. Nichts hat sich geändert.
trouble-console_too_many = Es gibt schon zwei Secrets
    .advice = Mehr können es nicht sein. Bitte das unbenutzte in der Developer Console löschen und noch einmal versuchen.
trouble-console_refused = Adobes Console hat abgelehnt
    .advice = Nichts hat sich geändert, und das Profil arbeitet wie bisher. Bitte das Secret in der Developer Console anlegen und hier einfügen.
trouble-console_perhaps_made = Es kam keine Antwort, vielleicht wurde ein Secret angelegt
    .advice = Dann hat es niemand. Das Profil arbeitet wie bisher. „Danach sehen“ löscht es; danach lässt sich ein anderes anlegen.
trouble-secret_not_yet_taken = Das neue Secret wird noch nicht angenommen
    .advice = Adobe hat es eben erst angelegt, und bis es überall bekannt ist, können einige Minuten vergehen. Es ist aufbewahrt. Solange bleibt das alte in Gebrauch; bitte später noch einmal versuchen.
trial-secret_lost_not_now = Nichts wurde gespeichert. Bitte später noch einmal versuchen.

## Was Firefly sagt

access-works = Firefly nimmt dieses Token an
    .advice = Token und Client-ID funktionieren.
access-token_rejected = Firefly nimmt dieses Token nicht an
    .advice = Glowjar holt ein neues. Bitte gleich noch einmal prüfen.
access-token_missing = Bei Firefly kam kein Token an
    .advice = Unterwegs ging es verloren. Der Admin weiß mehr.
access-client_rejected = Firefly kennt diese Client-ID nicht
    .advice = Dem Projekt fehlt die Firefly-API. Der Admin kann sie hinzufügen.
access-quota_exhausted = Das Kontingent ist aufgebraucht
    .advice = Das Token ist gut. Die Organisation hat zurzeit keine Credits mehr.
access-not_entitled = Keine Berechtigung für Firefly
    .advice = Das Token ist gut. Der Admin kann Firefly freischalten.
access-profile_denied = Dieses Profil ist nicht zugelassen
    .advice = Das Token ist gut. Der Admin kann den Zugang zum Produktprofil geben.
access-scope_missing = Ein Scope fehlt
    .advice = Dem Token fehlt ein Scope, den Firefly verlangt. Bitte die Scopes mit denen vom Admin vergleichen.
access-forbidden = Firefly hat diesen Aufruf abgelehnt
    .advice = Das Token ist vermutlich gut. Vielleicht darf das Projekt nur das nicht, wonach beim Prüfen gefragt wurde.
access-throttled = Gerade zu viele Aufrufe
    .advice = Die Organisation hat ihr Limit pro Minute erreicht. Bitte später noch einmal prüfen.
access-unchecked = Firefly konnte das Token nicht prüfen
    .advice = Der Fehler liegt auf der anderen Seite. Das Token behalten und noch einmal prüfen.
access-unreachable = Firefly ist nicht erreichbar
    .advice = Es kam keine brauchbare Antwort. Bitte das Netz prüfen und noch einmal versuchen.

## Hinweise

notice-trouble = { $name }: { $headline }
notice-not_revoked = Das Refresh-Token von { $name } ließ sich nicht widerrufen
    .advice = Auf diesem Rechner ist es gelöscht. Der Admin kann es beim Anbieter widerrufen.
notice-revoked_later = Die Anmeldung von { $name } ließ sich noch nicht beenden
    .advice = Der Anbieter ist nicht erreichbar. Glowjar beendet sie dort von selbst und behält so lange im Schlüsselbund, was es dafür braucht.
notice-question = Darf { $program } das Token von { $name } haben?
    .advice = { $file } fragt danach. Glowjar merkt sich die Antwort.
notice-question_unnamed = Darf ein Programm das Token von { $name } haben?
    .advice = Glowjar erkennt nicht, welches es ist. Die Antwort gilt dieses eine Mal.
notice-sign_in_ends = { $name }: { $day } musst du dich neu anmelden
    .advice = Bis dahin läuft alles von selbst weiter. Es dauert eine Minute und geht auch jetzt schon.
notice-sign_in_probably_ends = { $name }: { $day } musst du dich vermutlich neu anmelden
    .advice = Der Anbieter sagt nicht, wie lange diese Anmeldung hält; so lange gibt er sie gewöhnlich. Es dauert eine Minute und geht auch jetzt schon.
notice-secret_ahead = { $name }: Das Client-Secret soll { $day } ersetzt werden
    .advice = So war es geplant. Bitte beim Admin ein neues Secret besorgen und dann im Menü des Profils „Secret ersetzen…“ wählen. Bis dahin läuft alles weiter.
notice-secret_due = { $name }: Das Client-Secret soll ersetzt werden
    .advice = So war es geplant. Es gilt noch. Sobald der Admin ein neues geschickt hat, im Menü des Profils „Secret ersetzen…“ wählen.
notice-refresh_token_ends = { $name }: { $day } brauchst du ein neues Refresh-Token
    .advice = Bis dahin läuft alles von selbst weiter. Hol dir eines, wie du dieses bekommen hast, und füge es im Profil ein.
notice-refresh_token_probably_ends = { $name }: { $day } brauchst du vermutlich ein neues Refresh-Token
    .advice = Der Anbieter sagt nicht, wie lange dieses hält; so lange gibt er es gewöhnlich. Hol dir eines, wie du dieses bekommen hast, und füge es im Profil ein.
notice-recovered = { $name } ist wieder gültig
    .advice = Glowjar hat ein neues Token. Es ist nichts weiter zu tun.

## Leiste

tray-empty = Glowjar: noch kein Profil
tray-profile = { $name }: { $status }
tray-valid_until = gültig bis { $time }
tray-trouble_valid_until = { $headline }, gültig bis { $time }
tray-question = Darf { $program } das Token haben?
tray-more = { $count } weitere im Fenster
tray-copy_token = Token kopieren
tray-copy_as = Kopieren als
tray-copy_header = Authorization-Header
tray-copy_curl = cURL-Befehl
tray-copy_env = .env-Zeilen ({ $name })
tray-copy_client_id = Client-ID
tray-save_postman = Postman-Umgebung speichern
tray-clear_clipboard = Zwischenablage leeren
tray-refresh_now = Jetzt erneuern
tray-sign_in = Neu anmelden
tray-sign_in_by = { $status }, neu anmelden bis { $time }
tray-pause = Pausieren
tray-resume = Fortsetzen
tray-lock = Sperren
tray-locked = Gesperrt. { $status }
tray-unlock = Gesperrt: im Fenster entsperren
tray-open = Glowjar öffnen
tray-quit = Beenden
moment-distant = irgendwann
moment-weekday = { $day ->
    [1] Mo.
    [2] Di.
    [3] Mi.
    [4] Do.
    [5] Fr.
    [6] Sa.
   *[7] So.
} { $time }
day-today = heute um { $time }
day-tomorrow = morgen um { $time }
day-weekday = am { $day ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
day-date = am { $date }

## Was nicht geklappt hat

failed-unknown_profile = Dieses Profil gibt es nicht mehr
    .advice = Vielleicht wurde es inzwischen entfernt.
failed-stopping = Glowjar beendet sich gerade
    .advice = Bitte neu starten.
failed-internal = Glowjar selbst hat einen Fehler gemacht
    .advice = Bitte noch einmal versuchen. Mehr steht in Glowjars Protokoll.
failed-not_linked = Glowjar in deiner anderen Sitzung antwortet nicht
    .advice = Dieses hier übernimmt, sobald jenes endet. Versuch es gleich noch einmal.
failed-not_understood = Glowjar hat sein eigenes Fenster nicht verstanden.
    .advice = Bitte das Fenster schließen und wieder öffnen.
failed-no_gateway = Hier gibt es nichts zu prüfen
    .advice = Nur Tokens von Adobe lassen sich bei Firefly ausprobieren.
failed-no_live_token = Es gibt kein Token zum Prüfen
    .advice = Bitte warten, bis eines da ist.
failed-clipboard = Nichts wurde kopiert
    .advice = Die Zwischenablage ist nicht verfügbar. Bitte noch einmal versuchen.
failed-clipboard_slow = Die Zwischenablage antwortet nicht
    .advice = Das Kopierte kommt vielleicht noch an und wird dann wie üblich gelöscht. Bitte gleich noch einmal versuchen.
failed-locked = Nichts wurde kopiert: Glowjar ist gesperrt
    .advice = Erst entsperren, dann noch einmal kopieren.
failed-copy_paused = Nichts wurde kopiert: Dieses Profil ist pausiert
    .advice = Erst fortsetzen, dann noch einmal kopieren.
failed-copy_unquotable = Nichts wurde kopiert: Eingefügt wäre dieses Token etwas anderes
    .advice = Der Server hat ein Token mit ungewöhnlichen Zeichen ausgegeben. Bitte das Programm Glowjar danach fragen lassen: glowjar token --format json.
failed-copy_no_token = Nichts wurde kopiert: Es gibt kein gültiges Token
    .advice = Bitte warten, bis eines da ist.
failed-copy_trouble = Nichts wurde kopiert: { $headline }
failed-no_default = Es gibt kein Profil zum Kopieren
    .advice = Bitte Glowjar öffnen und eines hinzufügen.
failed-keychain_closed = Der Schlüsselbund ist noch nicht geöffnet
    .advice = Was unverändert bleibt, liegt dort. Bitte entsperren und noch einmal versuchen; nichts geht verloren.
failed-no_secret_to_replace = Dieses Profil hat kein Client-Secret, das sich hier ersetzen lässt
    .advice = Seine Anmeldung gehört einer Person. Unter „Bearbeiten…“ lässt sich ändern, womit es fragt.
failed-no_old_secret = Ein altes Secret gibt es nicht mehr
    .advice = Es ist schon weg. Mehr ist nicht zu tun.
failed-old_secret_works = Das alte Secret gilt noch
    .advice = Bitte in der Developer Console löschen oder den Admin darum bitten. Bis es abgelehnt wird, können einige Minuten vergehen; danach noch einmal prüfen.
failed-no_console = Von hier lassen sich keine Secrets anlegen
    .advice = Bitte zuerst sagen, um welche Zugangsdaten es geht: mit der Adresse ihrer Seite in der Developer Console.
failed-console_lost = Vielleicht wurde schon ein Secret angelegt
    .advice = Niemand hat es. Bitte zuerst danach sehen, dann ein anderes anlegen.
failed-console_two = Hier gibt es schon zwei Secrets
    .advice = Bitte zuerst das alte abschließen.
failed-console_full = Es gibt schon zwei Secrets
    .advice = Mehr können es nicht sein. Die Liste zeigt, wann jedes zuletzt benutzt wurde: Bitte das unbenutzte in der Developer Console löschen und noch einmal versuchen.
failed-console_unclear = Welches Secret gemeint ist, lässt sich nicht sagen
    .advice = Es wurde keins gelöscht. Bitte das unbenutzte in der Developer Console löschen; die Liste zeigt, wann jedes zuletzt benutzt wurde.
failed-changed_meanwhile = Das Profil wurde inzwischen geändert
    .advice = Nichts wurde gespeichert. Bitte noch einmal versuchen.
failed-profiles_file = Das ließ sich nicht speichern
    .advice = Die Profildatei lässt sich nicht schreiben. Bitte Platz schaffen oder den Ordner in Ordnung bringen und noch einmal versuchen.
failed-let_in = Das Programm wurde nicht zugelassen
    .advice = Alles ist wie zuvor. Bitte noch einmal versuchen; bleibt es dabei, ihm einen anderen Namen geben.
failed-connect_path = Das ist kein vollständiger Pfad
    .advice = Er beginnt mit / oder ~, unter Windows mit einem Laufwerk, und nennt die Datei.
failed-connect_not_settings = Das ist keine Einstellungsdatei eines MCP-Clients
    .advice = Sie ist JSON mit einer Liste „mcpServers“ oder „servers“. Nichts wurde geändert.
failed-connect_nothing = In dieser Datei gibt es nichts zu ändern
    .advice = Kein Server darin hat Id und Secret von Adobe in seiner Umgebung, oder alle laufen schon durch Glowjar.
failed-connect_changed_since = Die Datei wurde seitdem geändert
    .advice = Sie bleibt also, wie sie ist. Was vorher darin stand, steht in der Datei daneben.
failed-connect_unreadable = Die Datei lässt sich nicht lesen
    .advice = Bitte prüfen, ob sie da ist und ob du sie lesen darfst.
failed-connect_unwritable = Die Datei lässt sich nicht ändern
    .advice = Sie ist, wie sie war. Bitte prüfen, ob du in sie und in ihren Ordner schreiben darfst.
failed-programs_file = Das ließ sich nicht ändern
    .advice = Die Liste lässt sich nicht schreiben. Alles ist wie zuvor.
failed-not_remembered = Die Antwort gilt, bis Glowjar endet
    .advice = Sie lässt sich nicht aufschreiben. Danach fragt das Programm noch einmal.
failed-sandbox = Die Sandbox ist nicht gestartet
    .advice = Sie braucht einen freien Port auf diesem Rechner und hat keinen bekommen.
failed-sign_out_busy = Gerade wird ein Token geholt
    .advice = Gleich noch einmal abmelden.
failed-sign_out_not_wiped = Der Schlüsselbund hat die Anmeldung noch nicht vergessen
    .advice = Beim Anbieter wird sie trotzdem beendet, und Glowjar löscht den Rest, sobald der Schlüsselbund wieder offen ist.
failed-sign_in_running = Es läuft schon eine Anmeldung
    .advice = Bitte diese im Browser abschließen oder abbrechen.
failed-sign_in_over = Es wartet keine Anmeldung mehr
    .advice = Bitte neu beginnen und sich auf der Seite anmelden, die sich dann öffnet.
failed-sign_in_cancelled = Die Anmeldung wurde abgebrochen
    .advice = Nichts wurde gespeichert. Du kannst jederzeit neu beginnen.
failed-sign_in_time_over = Aus dem Browser kam rechtzeitig nichts zurück
    .advice = Nichts wurde gespeichert. Vielleicht wurde der Tab geschlossen, oder der Anbieter hat den Browser woandershin geschickt. Bitte neu beginnen; endet der Browser auf einer anderen Seite, deren Adresse in Glowjar einfügen.
failed-sign_in_time_over_pasting = Die Adresse aus dem Browser kam nicht rechtzeitig
    .advice = Nichts wurde gespeichert. Bitte neu beginnen, anmelden und die Adresse der Seite einfügen, auf der der Browser endet. Ist das eine unerwartete Seite, dann ist die Redirect-Adresse hier eine andere als die eingetragene: Dein Admin findet die richtige in der Developer Console.
failed-webhook_not_stored = Der Schlüsselbund hat die Adresse des Servers nicht genommen
    .advice = Bitte den Schlüsselbund entsperren und noch einmal versuchen. Was vorher galt, gilt weiter.
failed-webhook_off = Kein Server bekommt Meldungen
    .advice = Bitte erst einen eintragen.
failed-webhook_not_delivered = Die Meldung ist nicht angekommen
    .advice = Der Server hat sie nicht angenommen. Bitte die Adresse prüfen und ob er Meldungen annimmt.
failed-sign_in_no_device = Dieser Server gibt keine Codes zum Anmelden aus
    .advice = Bitte stattdessen mit dem Browser auf diesem Computer anmelden.
failed-sign_in_code_over = Der Code ist abgelaufen
    .advice = Nichts wurde gespeichert. Bitte einen neuen Code holen und ihn auf der Seite des Anbieters eingeben, solange er gilt.
failed-sign_in_no_page = Dieser Anbieter hat keine Seite zum Anmelden
    .advice = Wer ihn betreibt, weiß, wie man sich anmeldet. Sonst bitte eine Client-ID mit Secret verwenden.
failed-sign_in_not_found = { $provider } sagt nicht, wo man sich anmeldet
    .advice = Bitte die Adresse prüfen: Es ist die des Servers, etwa https://id.example.com. Stimmt sie, dann frag nach dem „Issuer“ des Servers.
failed-sign_in_port_taken = Der Rückweg aus dem Browser ist versperrt
    .advice = Ein anderes Programm benutzt Port { $port } dieses Computers, zu dem der Browser zurückkäme. Bitte dieses Programm beenden oder eine andere Redirect-Adresse verwenden.
failed-sign_in_no_code = Darin steht keine Antwort des Anbieters
    .advice = Bitte die ganze Adresse der Seite kopieren, auf der der Browser nach dem Anmelden endet. Darin steht „code=“.
failed-sign_in_still_there = Das ist noch die Anmeldeseite
    .advice = Bitte erst dort anmelden. Dann die Adresse der Seite kopieren, die danach kommt.
failed-sign_in_other_address = Das ist eine andere Seite als die nach der Anmeldung
    .advice = Ist der Browser wirklich dort gelandet, dann ist die Redirect-Adresse nicht die, die zur Client-ID eingetragen ist; Anbieter schicken den Browser dann auf ihre eigene. Dein Admin kennt die eingetragene.
failed-sign_in_other = Diese Adresse gehört zu einer anderen Anmeldung
    .advice = Sie stammt wohl von einem früheren Versuch oder wurde schon benutzt. Bitte die Seite nehmen, die Glowjar zuletzt geöffnet hat.
failed-sign_in_denied = Die Anmeldung wurde abgelehnt
    .advice = Du oder deine Organisation habt auf der Seite des Anbieters Nein gesagt. Nichts wurde gespeichert. War das ein Versehen, dann beginn neu; sonst bitte den Admin, diese Anwendung zu erlauben.
failed-sign_in_login_required = Der Anbieter will, dass du dich erst auf seiner eigenen Seite anmeldest
    .advice = Bitte dort im Browser anmelden und dann hier neu beginnen.
failed-sign_in_scope_refused = Der Anbieter erlaubt nicht, was verlangt wurde
    .advice = Einer der Scopes ist dieser Client-ID nicht erlaubt; oft ist es „offline_access“. Bitte die Scopes mit denen vom Admin vergleichen.
failed-sign_in_client_refused = Mit dieser Client-ID kann sich niemand anmelden
    .advice = Sie ist für Programme ohne Menschen gedacht oder nicht dafür eingerichtet. Bitte den Admin um eine Client-ID zum Anmelden.
failed-sign_in_server_trouble = Der Anbieter hat eine Störung
    .advice = Er konnte die Anmeldung nicht abschließen. Nichts wurde gespeichert. Bitte später noch einmal versuchen.
failed-sign_in_refused = Der Anbieter hat die Anmeldung abgelehnt ({ $code })
    .advice = Nichts wurde gespeichert. Bitte dem Admin das Wort in Klammern nennen.
failed-sign_in_code_refused = Die Anmeldung kam zu spät oder wurde schon benutzt
    .advice = Was der Browser zurückbringt, gilt einmal und einige Minuten lang. Nichts wurde gespeichert. Bitte neu beginnen.
failed-sign_in_id_token = Wer du bist, ließ sich nicht bestätigen
    .advice = Die Auskunft des Anbieters wurde für eine andere Anmeldung oder von jemand anderem ausgestellt, darum wurde nichts gespeichert. Bitte neu beginnen; bleibt es dabei, frag, wer den Server betreibt.
failed-paste_forgotten = Glowjar hat das Eingefügte vergessen
    .advice = Es wird nur einige Minuten behalten. Bitte noch einmal einfügen.
failed-nothing_to_undo = Es gibt nichts zurückzuholen
    .advice = Die Zeit zum Rückgängigmachen ist vorbei.
failed-no_details = Es gibt keine Details zum Kopieren
    .advice = Dieses Profil hat kein Problem.
failed-file_not_written = Die Datei ließ sich nicht schreiben
    .advice = Bitte im Download-Ordner Platz schaffen und noch einmal versuchen.
failed-folder_not_opened = Der Ordner ging nicht auf
    .advice = Hier liegt er: { $path }
failed-no_update = Es gibt nichts zu installieren
    .advice = Glowjar sieht einmal am Tag nach neuen Versionen und meldet hier, was es findet.
failed-update_unreachable = Die neue Version war nicht zu bekommen
    .advice = Es wurde nichts verändert. Versuch es später noch einmal.
failed-update_not_genuine = Die neue Version ist nicht echt
    .advice = Sie ist nicht unterschrieben wie die Ausgaben von Glowjar; deshalb wurde nichts verändert. Sag denen Bescheid, von denen du Glowjar hast.
failed-update_not_written = Die neue Version ließ sich nicht einsetzen
    .advice = Glowjar kann seine eigene Datei nicht ersetzen. Installiere die neue Version so, wie du diese installiert hast.
failed-managed_source = Dein Studio erlaubt keine Profile dieses Servers
    .advice = Gespeichert wurde nichts. Bitte den Admin um eine Zeile für den Keeper deines Studios.
failed-no_clock_settings = Die Einstellungen der Uhr wurden nicht gefunden
    .advice = In den Systemeinstellungen unter Datum und Uhrzeit lässt sich die Zeit automatisch stellen.

## Felder

field-name_blank = Das Profil braucht einen Namen.
field-name_too_long = Ein Name hat höchstens { $most } Zeichen.
field-name_control = Ein Name ist eine einzige Zeile.
field-name_taken = Ein Profil namens „{ $name }“ gibt es schon.
field-client_id_blank = Hier fehlt die Client-ID.
field-client_id_too_long = So lang ist keine Client-ID.
field-client_id_character = Eine Client-ID hat nur einfache Buchstaben, Ziffern und Zeichen, keine Zeilenumbrüche oder Umlaute.
field-endpoint_blank = Hier fehlt die Adresse.
field-endpoint_too_long = So lang ist keine Adresse.
field-endpoint_malformed = Das ist keine Adresse; eine sieht so aus: https://example.com/token.
field-endpoint_scheme = Die Adresse muss mit https:// beginnen.
field-endpoint_unencrypted = Nur dieser Rechner (localhost) darf über http:// angesprochen werden; sonst https://.
field-endpoint_user_info = In der Adresse dürfen weder Name noch Passwort stehen.
field-endpoint_fragment = In der Adresse darf kein # stehen.
field-scopes_too_long = So lang ist keine Liste von Scopes.
field-scopes_character = Ein Scope darf „{ $character }“ nicht enthalten.
field-scopes_wanted = Adobe verlangt die Scopes. Sie stehen im cURL-Befehl der Developer Console.
field-renew_early = Möglich sind 1 bis { $most } Minuten.
field-secret_wanted = Hier fehlt das Client-Secret.
field-refresh_token_wanted = Hier fehlt das Refresh-Token.
field-redirect_wanted = Hier fehlt die Redirect-Adresse, die zu dieser Client-ID eingetragen ist. Sie steht in der Developer Console.
field-redirect_malformed = Das ist keine Adresse; eine sieht aus wie https://studio.example.com/back.
field-redirect_scheme = Eine Redirect-Adresse beginnt mit https://, führt zu diesem Computer oder ist die von Adobe, adobe+…://adobeid/….
field-redirect_other_client = Diese Redirect-Adresse gehört zu einer anderen Client-ID.
field-secret_too_long = So lang ist kein Secret. Bitte nur das Secret einfügen.
field-secret_blank = Das ist leer.
field-secret_one_time = Das gilt einmal, für ein neues Profil. Bitte die ganze Zeile dort einfügen, wo neue entstehen.
field-secret_in_use = Das ist das Secret, das schon in Gebrauch ist. Bitte das neue einfügen.
field-console_page = Das ist nicht die Adresse der Seite von Zugangsdaten. In ihr kommen /console/projects/ und /credentials/ vor.
field-replace_by = Möglich ist ein Tag, der noch kommt, höchstens zehn Jahre voraus.
field-clear_clipboard = Möglich sind 5 bis 3.600 Sekunden.
field-lock_after = Wähle zwischen 1 und 480 Minuten oder lass es leer.
field-extra_ca_unreadable = Diese Datei lässt sich nicht lesen.
field-extra_ca_no_certificate = In dieser Datei ist kein Zertifikat im PEM-Format, oder es ist beschädigt.
field-webhook_address = Gib die Adresse ein, die dein Server dir genannt hat. Sie beginnt mit https://, auf diesem Computer auch mit http://.
field-webhook_secret = Gib ein Secret ein, das mit whsec_ beginnt, oder lass eines erzeugen.
field-managed = Das hat dein Studio festgelegt. Ändern kann es der Admin.
field-proxy_malformed = Das ist keine Proxy-Adresse; eine sieht so aus: http://proxy.example.com:8080.
field-proxy_password = Glowjar behält keine Passwörter in den Einstellungen. Bitte „Wie im System“ wählen und das Passwort dort hinterlegen.
field-shortcut_malformed = Das ist kein Tastenkürzel; eines sieht so aus: Ctrl+Alt+T.
field-shortcut_taken = Das System erlaubt dieses Tastenkürzel nicht. Bitte ein anderes wählen.
field-start_at_login = Das System hat es nicht erlaubt.
field-start_at_login_program_gone = Glowjars Datei wurde seit dem Start entfernt oder verschoben. Bitte neu installieren oder von dort starten, wo sie jetzt liegt.

## Anbieter

preset-adobe_ims = Adobe
    .help = Für Client-ID und Secret aus der Adobe Developer Console. Das Übliche.
preset-adobe_ims_stage = Adobe (Stage)
    .help = Adobes Testumgebung, für Partner mit Zugang.
provider-keeper = Studio-Keeper
preset-keeper = Der Keeper deines Studios
    .help = Ein Server deines Studios, der dort für alle die Tokens holt. Mehrere Adressen werden durch Leerzeichen getrennt.
preset-tutorial = Wie im Tutorial
    .help = Ein Server, der wie in Adobes Tutorial erneuert: JSON an /oauth/token.
preset-custom = Anderer OAuth-2.0-Server
    .help = Jeder Server, der Tokens nach RFC 6749 ausgibt.
preset-sandbox = Sandbox
    .help = In Glowjar eingebaut, zum Ausprobieren ohne Adobe-Konto.

## Adobes APIs, für die Scopes

api-firefly = Firefly und Firefly Services
    .help = Das Übliche. Für Bilder und Videos von Firefly und für alles, was keine eigenen Scopes will.
api-photoshop = Photoshop-API, Version 2
    .help = Auch für das, was die Lightroom-API tat.
api-indesign = InDesign-API
    .help = Das Projekt muss auch die InDesign-API haben.
api-illustrator = Illustrator-API
    .help = Das Projekt muss auch die Illustrator-API haben.
api-express = Express-API
    .help = Geht für die Firma, und mit einem Refresh-Token auch für jemanden, der sich angemeldet hat.
api-audio_video = Audio- und Video-API
    .help = Avatare, Stimmen, Videos in anderem Format.
api-substance_3d = Substance-3D-API
    .help = Das Projekt muss auch die Substance-3D-API haben.
api-pdf_services = PDF-Services-API
    .help = Für den Zugang in pdfservices-api-credentials.json.
api-lightroom = Lightroom: die Fotos einer Person
    .help = Braucht ein Refresh-Token: Jemand muss sich anmelden.
api-photoshop_1 = Photoshop-API, Version 1 (beendet)
api-lightroom_1 = Lightroom-API der Firefly Services (beendet)

## Namen von Variablen

family-firefly_services = Adobes Anleitungen und SDK-Beispiele zu Firefly Services
family-firefly = MCP-Server und ComfyUI-Knoten für Firefly
family-ims_s2s = App Builder (aio app use)
family-adobe_firefly = Skripte und n8n-Abläufe für Firefly
family-adobe = Skripte für mehrere von Adobes APIs
family-adobe_ims = Programme, die den Anmeldedienst in ihren Einstellungen nennen
family-aio = Adobes Befehlszeile aio
family-aio_commerce = Die App-Builder-Bibliotheken von Adobe Commerce
family-postman = Adobes Postman-Sammlungen

## Eingefügtes

paste-secret_missing = Das Client-Secret ist nicht dabei
    .advice = Der Admin hat es. In der Developer Console steht es unter „Retrieve client secret“.
paste-secret_masked = Das Secret ist durch Punkte verdeckt
    .advice = Bitte mit der Kopiertaste der Console kopieren und hier einfügen.
paste-secret_cut_off = Das Secret sieht abgeschnitten aus
    .advice = Bitte das Ende mit der Nachricht vom Admin vergleichen.
paste-secret_wrapped = Das Secret ging über zwei Zeilen
    .advice = Glowjar hat sie verbunden. Wird es abgelehnt, hilft das Secret allein.
paste-secret_literal = Im Secret ist ein ungewöhnliches Zeichen
    .advice = „+“ und „&“ wurden so genommen, wie sie dastehen.
paste-refresh_token_missing = Das Refresh-Token ist nicht dabei
    .advice = Diese Art der Erneuerung braucht eines. Es hat, wer sich angemeldet hat.
paste-scopes_assumed = Scopes waren nicht dabei
    .advice = Glowjar hat die üblichen eingesetzt für: { $api }. Ist es für etwas anderes, lassen sie sich vor dem Speichern ändern.
paste-scope_missing = Kein Scope für Firefly ist dabei
    .advice = Ein Token gibt es damit, aber Firefly nimmt es nicht an. Der Admin kann dem Projekt die Firefly-API hinzufügen.
paste-ended_photoshop = Der Text ruft Version 1 der Photoshop-API auf, und die ist beendet
    .advice = Seit dem 31. Juli 2026 antwortet sie nicht mehr. Version 2 ist unter photoshop-api.adobe.io; der Zugang kann derselbe bleiben.
paste-ended_lightroom = Der Text ruft die Lightroom-API auf, und die ist beendet
    .advice = Seit dem 31. Juli 2026 antwortet sie nicht mehr. Was sie tat, tut Version 2 der Photoshop-API (/v2/edit unter photoshop-api.adobe.io).
paste-ended_firefly_waiting = Der Text ruft Firefly auf eine Art auf, die beendet ist
    .advice = Aufrufe, die auf das Bild warten, endeten am 3. Oktober 2025. Dieselbe Adresse mit „-async“ dahinter geht, und der Zugang auch.
paste-stage = Das gehört zu Adobes Testumgebung
    .advice = Ihre Tokens gelten beim echten Firefly nicht.
paste-other_host = Das ist kein Server von Adobe
    .advice = Das Secret geht an { $host }. Bitte nur fortfahren, wenn er bekannt ist.
paste-keeper = Das verbindet dich mit dem Keeper deines Studios, { $host }
    .advice = Er holt die Tokens für alle im Studio. Diese Zeile ist nur für diesen Rechner: bitte nicht weitergeben.
paste-secret_unclear = Ein Secret darin lässt sich auf zwei Arten lesen
    .advice = Glowjar hat es nicht übernommen. Bitte das Secret allein aus der Developer Console kopieren und ins Formular einfügen.
paste-end_left_out = Zeichen oder Wörter hinter einem Wert wurden weggelassen
    .advice = Bitte das Ende von Client-ID und Secret mit der Nachricht vom Admin vergleichen.
paste-known_by_looks = Der Text sagt nicht, was die Werte sind
    .advice = Glowjar hat Client-ID oder Secret an ihrem Aussehen erkannt. Bitte mit der Nachricht vom Admin vergleichen.
paste-address_not_used = Der Text nennt zwei Server
    .advice = { $host } wurde nicht übernommen. Ist es der richtige, lässt sich die Adresse im Profil ändern.
paste-token = Das ist ein Token
    .advice = Es läuft von selbst ab und lässt sich nicht erneuern. Der Admin hat Client-ID und Secret, mit denen es geholt wurde.
paste-token_ends = Das ist ein Token, und es endet { $time }
    .advice = Bis dahin gilt es, und erneuern lässt es sich nicht. Der Admin hat Client-ID und Secret, mit denen es geholt wurde.
paste-token_over = Das ist ein Token, und es ist schon abgelaufen
    .advice = Es endete { $time }. Der Admin hat Client-ID und Secret, mit denen es geholt wurde: damit holt Glowjar neue.
paste-secrets_elsewhere = Die Secrets stehen in einer anderen Datei
    .advice = Diese Datei nennt das Projekt ohne sie. Bitte die Datei .env daneben importieren.
paste-sign_in = Mit diesem Zugang muss sich jemand anmelden
    .advice = Ohne Refresh-Token kann Glowjar ihn nicht erneuern. Der Admin kann einen Zugang „OAuth Server-to-Server“ anlegen.
paste-unclear = Die Client-ID lässt sich auf zwei Arten lesen
    .advice = Bitte Client-ID und Secret aus der Developer Console kopieren und diese einfügen.
paste-address_unknown = Statt der Adresse steht ein Name da
    .advice = Der Text sagt nicht, was er bedeutet. Bitte die Datei dazu mit einfügen oder den Admin nach der Adresse fragen.
paste-empty = Hier ist noch nichts
    .advice = Bitte einfügen, was der Admin geschickt hat: einen cURL-Befehl, die JSON-Datei des Projekts oder eine Mail.
paste-too_long = Das ist zu lang
    .advice = Bitte nur den Teil mit Client-ID und Secret einfügen.
paste-binary = Das ist kein Text
    .advice = Bitte die Datei öffnen oder den Befehl als Text schicken lassen.
paste-cut_off = Es hört mittendrin auf
    .advice = Am Ende fehlt etwas. Bitte alles kopieren und noch einmal einfügen.
paste-several = Es sind zwei verschiedene Zugänge
    .advice = Bitte einen einfügen und speichern, danach den anderen.
paste-from_file = Der Befehl liest seine Daten aus einer Datei
    .advice = Bitte beim Admin nachfragen, was in dieser Datei steht.
paste-service_account = Das ist ein Service-Account (JWT)
    .advice = Adobe hat diese Art am 1. März 2026 beendet: Sie bekommt keine Tokens mehr. Der Admin kann einen Zugang „OAuth Server-to-Server“ anlegen.
paste-api_key_only = Das ist nur ein API-Schlüssel
    .advice = Allein gibt es damit keine Tokens. Der Admin kann einen Zugang „OAuth Server-to-Server“ anlegen.
paste-address = Die Adresse darin ist unbrauchbar
    .advice = Sie muss mit https:// beginnen. Der Admin hat die richtige.
paste-scopes = Die Scopes darin sind unlesbar
    .advice = Bitte den Text neu kopieren oder die Scopes eintippen.
paste-nothing = Es wurde keine Client-ID gefunden
    .advice = Bitte den cURL-Befehl aus der Developer Console, die JSON-Datei des Projekts oder die Mail mit Client-ID und Secret einfügen.

## Verlauf

history-granted = Token erhalten
history-renewed = Erneuert
history-recovered = Wieder in Ordnung
history-copied = Kopiert
history-handed_out = An { $program } gegeben
history-written = In { $program } geschrieben
history-run = { $program } ausgeführt
history-refused = { $program } wurde abgewiesen
history-paused = Pausiert
history-resumed = Fortgesetzt
history-started = Glowjar gestartet
history-ended = Glowjar beendet

## Programme

program-unnamed = ein Programm
question-allow = Erlauben
question-deny = Nicht erlauben
consent-hour = Eine Stunde
consent-until_locked = Bis zum Sperren
consent-always = Immer
consent-never = Nie
manner-raw = als reinen Text
manner-bearer = mit „Bearer“ davor
manner-header = als Kopfzeilen
manner-json = als JSON
manner-env = als .env-Zeilen
manner-curl = für curl
manner-exec = in der Umgebung eines Befehls
manner-http = über HTTP
manner-file = in einer Datei
manner-hook = für einen Befehl
manner-own = als „{ $format }“

## Warum eine Datei oder ein Programm das Token nicht bekam

sink-folder_missing = der Ordner { $path } fehlt
sink-read_only = die Datei ist schreibgeschützt
sink-link = es ist ein Verweis auf { $path }; bitte jene Datei selbst nennen
sink-several_names = die Datei hat mehrere Namen (harte Verweise) und würde sie verlieren
sink-not_a_file = es ist keine gewöhnliche Datei
sink-missing = die Datei ist nicht da; nur .env- und Rohdateien werden neu angelegt
sink-not_text = es ist kein UTF-8-Text oder mehr als 4 MiB lang
sink-changed_meanwhile = etwas anderes ändert die Datei ständig
sink-not_wanted = es gibt etwas Neueres zu schreiben
sink-not_answering = das Laufwerk antwortet nicht
sink-failed = das Schreiben schlug fehl
sink-io = das System hat Lesen oder Schreiben nicht zugelassen
sink-not_started = es konnte nicht gestartet werden
sink-ended = es endete mit { $status }
sink-stopped = es wurde nach { $seconds } Sekunden beendet
sink-bad_address = „{ $place }“ ist keine Adresse; eine beginnt mit einem Schrägstrich, wie /values[key=token]/value
sink-no_such_place = es gibt darin keine Stelle „{ $place }“; bitte dort zuerst eine leere Zeichenkette anlegen
sink-not_a_string = bei „{ $place }“ steht weder eine Zeichenkette noch null, und anderes wird nicht ersetzt
sink-several_places = „{ $place }“ kommt mehrmals vor, und welches gemeint ist, ist nicht klar
sink-not_ours = bei „{ $place }“ steht etwas, das nicht von Glowjar ist, und Plätze in einer Liste ändern sich; bitte leeren, oder die Stelle über einen Schlüssel benennen
sink-not_ours_better = bei „{ $place }“ steht etwas, das nicht von Glowjar ist, und Plätze in einer Liste ändern sich; wenn es die richtige Stelle ist, bitte { $better } nennen
sink-not_ours_raw = die Datei enthält etwas, das nicht von Glowjar ist; bitte zuerst leeren
sink-not_json = es ist kein verständliches JSON (nahe Byte { $byte })
sink-bad_quotes = die Anführungszeichen in Zeile { $line } sind nicht richtig geschlossen
sink-other_kind = es ist eine { $kind }-Datei, die eine Zeile NAME=Wert beschädigen würde; bitte ein Programm schreiben lassen, das sie kennt (glowjar files run)
sink-not_env = Zeile { $line } gehört nicht in eine .env-Datei, eine weitere Zeile könnte also etwas beschädigen; bitte ein Programm schreiben lassen, das sie kennt (glowjar files run)
sink-unwritable = dieses Token hat Zeichen, die eine solche Datei nicht aufnehmen kann

## Meldungen

banner-profiles_corrupt = Die Profile waren nicht lesbar
    .advice = Die beschädigte Datei liegt jetzt hier: { $path }
banner-profiles_newer = Die Profile stammen von einem neueren Glowjar
    .advice = Bekanntes wurde übernommen. Die Datei liegt hier: { $path }
banner-preferences_corrupt = Die Einstellungen waren nicht lesbar
    .advice = Die beschädigte Datei liegt jetzt hier: { $path }
banner-preferences_newer = Die Einstellungen stammen von einem neueren Glowjar
    .advice = Bekanntes wurde übernommen. Die Datei liegt hier: { $path }
banner-sinks = Dateien werden nicht aktuell gehalten
    .advice = Ihre Liste kann nicht gelesen werden. Sie wurde gelassen, wie sie ist.
banner-sink = { $target } hat das neue Token nicht bekommen
    .advice = Der Grund: { $why }. Es wird jede Minute wieder versucht.
banner-sink_program = { $target } hat das neue Token nicht bekommen
    .advice = Der Grund: { $why }. Mit dem nächsten Token wird es wieder ausgeführt.
banner-profiles_unreadable = Profile sind nicht lesbar
    .advice = { $path } lässt sich nicht öffnen. Die Datei bleibt unberührt; wer jetzt ein Profil anlegt, findet sie daneben wieder.
banner-preferences_unreadable = Einstellungen sind nicht lesbar
    .advice = { $path } lässt sich nicht öffnen. Bis dahin gilt, was du hier wählst, nur bis zum Ende von Glowjar.
banner-data_folder = Nichts lässt sich speichern
    .advice = { $path } ist nicht beschreibbar. Tokens bleiben frisch; neue Profile und Einstellungen gelten bis zum Ende von Glowjar.
banner-no_lock = Glowjar weiß nicht, ob noch eins von dir läuft
    .advice = { $path } lässt sich nicht sperren. Starte Glowjar so lange nicht in einer zweiten Sitzung: zwei, die erneuern, können die Anmeldung verlieren.
banner-no_home = Es gibt keinen persönlichen Ordner für die Profile
    .advice = Die Variable HOME ist nicht gesetzt. Profile liegen in { $path }, was beim nächsten Start des Rechners leer sein kann.
banner-no_window = Das Fenster lässt sich nicht öffnen
    .advice = { $path } lässt sich nicht starten. Tokens bleiben frisch. Wurde Glowjar gerade aktualisiert oder verschoben: beenden und neu starten.
banner-no_web_view = Das Fenster lässt sich nicht zeigen: WebView2 fehlt
    .advice = Glowjar zeigt sein Fenster mit der WebView2-Runtime von Microsoft. Installiere sie und öffne Glowjar noch einmal. Tokens bleiben frisch, Tray und Befehl gehen unterdessen.
offer-web_view = Jetzt die Seite von Microsoft dafür öffnen?
banner-no_log = Es wird kein Protokoll geschrieben
    .advice = { $path } ist nicht beschreibbar. Alles andere geht.
banner-following = Glowjar läuft auch in deiner anderen Sitzung
    .advice = Dieses hier folgt ihm: Es zeigt dasselbe und übernimmt, wenn das andere endet.
banner-following_unlinked = Glowjar läuft schon in einer anderen Sitzung von dir
    .advice = Von hier ist es nicht erreichbar. Dieses hier übernimmt, wenn das andere endet.
banner-other_version = In deiner anderen Sitzung läuft eine andere Version von Glowjar
    .advice = Dort ist es Version { $other }, hier Version { $own }. Beende eins davon und starte in beiden dieselbe Version.
banner-http_port = Port { $port }, an dem Programme Glowjar über HTTP fragen, lässt sich nicht öffnen
    .advice = Bitte kein Programm sein Geheimnis dorthin senden lassen. Glowjar versucht es jede Minute wieder; „glowjar http move“ nimmt einen anderen Port, der dann jedem Programm genannt werden muss.
banner-http_port_of_yours = Ein anderes deiner Programme hat Port { $port }, an dem Programme Glowjar über HTTP fragen
    .advice = Ihm werden deren Geheimnisse gezeigt. Bitte beenden, dann nimmt Glowjar den Port binnen einer Minute; „glowjar http move“ nimmt einen anderen, der dann jedem Programm genannt werden muss.
banner-http_port_of_another_user = Ein Programm von { $user } hat Port { $port }, an dem Programme Glowjar über HTTP fragen
    .advice = Ihm werden deren Geheimnisse gezeigt, also bitte kein Programm dort fragen lassen. Glowjar nimmt den Port, sobald er frei ist; „glowjar http move“ nimmt einen anderen, der dann jedem Programm genannt werden muss.
banner-http_secrets = { $user } kennt vielleicht Geheimnisse, mit denen Programme Glowjar über HTTP fragen
    .advice = Ein Programm dieses Benutzers lauschte an Glowjars Port. Bitte neue Geheimnisse mit „glowjar http renew“ machen für: { $names }.
banner-permissions = Glowjar weiß nicht mehr, welche Programme Token bekommen dürfen
    .advice = Die Liste war nicht zu lesen und liegt als { $path } beiseite. Wo gefragt werden soll, fragt Glowjar neu.
banner-locked = Glowjar ist gesperrt
    .advice = Tokens werden weiter erneuert, aber herausgegeben wird erst nach dem Entsperren wieder einer.
banner-locked_by_screen = Glowjar ist mit dem Bildschirm gesperrt
    .advice = Tokens werden erneuert, und niemand bekommt eins, bis du den Bildschirm entsperrst.
banner-locked_by_idleness = Glowjar hat sich gesperrt, weil niemand da war
    .advice = Tokens werden erneuert, und niemand bekommt eins, bis du es entsperrst.
banner-webhook = Meldungen erreichen { $server } nicht
    .advice = Er sollte erfahren, wie es einem Profil geht, und hat die Meldung nicht angenommen. Glowjar schickt sie von selbst noch einmal, spätestens nach einer Stunde.
banner-update = Glowjar { $version } ist da
    .advice = Du hast { $own }. Profile, Einstellungen und Tokens bleiben.
banner-update_installing = Glowjar { $version } wird geholt
    .advice = Es tritt an die Stelle von { $own } und startet von selbst.
banner-not_listening = Andere Programme bekommen keine Tokens
    .advice = Kopieren geht wie immer. Bleibt es dabei, Glowjar beenden und neu starten.
banner-no_tray = Hier gibt es keine Symbole in der Leiste
    .advice = Glowjar arbeitet trotzdem. Ein zweiter Start öffnet dieses Fenster.
banner-certificates = Die Zertifikate aus { $variable } sind unbrauchbar
    .advice = { $why } Glowjar vertraut solange den Zertifikaten dieses Rechners. Bitte die Variable berichtigen oder entfernen und Glowjar neu starten.
banner-no_certificates = Dieser Rechner kennt keine Zertifikate
    .advice = Glowjar kann daher nicht erkennen, ob ein Server der richtige ist, und fragt keinen im Internet. Bitte das Paket „ca-certificates“ installieren und Glowjar neu starten.
banner-proxy = Der Proxy aus { $variable } ist unbrauchbar
    .advice = { $why } Glowjar geht ohne ihn ins Netz. Bitte die Variable berichtigen oder entfernen und Glowjar neu starten, oder den Proxy in den Einstellungen eintragen.
certificates-blank = Die Variable ist leer.
certificates-missing = Unter { $path } gibt es nichts.
certificates-not_a_file = { $path } ist keine Datei.
certificates-not_a_folder = { $path } ist kein Ordner.
certificates-unreadable = { $path } ist nicht lesbar.
certificates-none = { $path } enthält kein Zertifikat im PEM-Format oder nur beschädigte.
proxy_fault-address = Das ist keine Proxy-Adresse; eine sieht so aus: http://proxy.example.com:8080.
proxy_fault-scheme = Diese Art von Proxy kennt Glowjar nicht; bekannt sind zum Beispiel http, https und socks5h.
banner-shortcut = Das Tastenkürzel { $keys } geht nicht
    .advice = Das System hat es nicht erlaubt. In den Einstellungen lässt sich ein anderes wählen.
banner-network_settings = Proxy oder Zertifikat aus den Einstellungen sind unbrauchbar
    .advice = Bitte in den Einstellungen berichtigen. Bis dahin nimmt Glowjar den üblichen Weg.
banner-managed = Einige Einstellungen deines Studios haben keine Wirkung
    .advice = Sag es dem Admin. Welche und warum, steht in den Einstellungen.

## Was zu den Vorgaben eines Studios gehört und nicht gilt

managed-unreadable = Das lässt sich nicht lesen.
managed-not_a_file = Das ist keine Datei.
managed-too_long = Das ist länger als jede Liste von Einstellungen.
managed-not_the_admins = Datei und Ordner müssen root gehören. Nichts davon gilt.
managed-writable_by_others = Außer root dürfen andere in die Datei oder ihren Ordner schreiben. Nichts davon gilt.
managed-not_json = Das ist kein JSON. Bei Zeile { $line }, Spalte { $column } ergibt es keinen Sinn mehr.
managed-not_an_object = Das muss ein einziges JSON-Objekt sein: Namen mit ihren Werten, in geschweiften Klammern.
managed-not_a_property_list = Das ist keine Property List.
managed-unknown_key = Eine Einstellung dieses Namens lässt sich nicht vorgeben.
managed-other_spelling = Eine Einstellung dieses Namens lässt sich nicht vorgeben. { $name } gibt es.
managed-secret = Hier darf kein Geheimnis stehen: Alle an diesem Computer können es lesen. Nimm es heraus und ersetze es durch ein anderes.
managed-twice = Diesen Namen gibt es zweimal.
managed-not_a_boolean = Hier muss true oder false stehen, in der Registry von Windows 1 oder 0.
managed-not_a_number = Hier muss eine ganze Zahl von { $least } bis { $most } stehen.
managed-not_a_proxy = Hier muss system, direct oder die Adresse eines Proxys stehen, etwa http://proxy.example.com:8080.
managed-proxy_password = Name und Passwort eines Proxys dürfen hier nicht stehen: Alle an diesem Computer können sie lesen. Nimm sie heraus.
managed-not_a_path = Hier muss der ganze Pfad einer Datei stehen.
managed-not_addresses = Hier muss eine Liste von Adressen stehen, etwa https://keeper1.example.com:7443, ohne Passwort.

## Seiten, die ein Browser nach einer Anmeldung zeigt

browser-signed_in = Du bist angemeldet
    .advice = Dieser Tab kann geschlossen werden. Glowjar erledigt den Rest.
browser-refused = Du bist nicht angemeldet
    .advice = Der Anbieter hat abgelehnt. Dieser Tab kann geschlossen werden; mehr steht in Glowjar.
browser-not_this = Das gehört nicht zu der Anmeldung, auf die Glowjar wartet
    .advice = Nichts wurde gespeichert, und Glowjar wartet weiter. Bitte in dem Tab weitermachen, den es geöffnet hat.
