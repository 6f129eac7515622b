//! Shapes in which requests for a token are written down, and what each of them would send.

use std::fmt::Write as _;

use glowjar_import::{
    Refusal,
    request::{Body, HttpRequest, Value},
    requests::requests,
};

const FORM: &str = "application/x-www-form-urlencoded";
/// The one in the samples that are fuzzed.
const SECRET: &str = "p8e-Kq3_vZtB7yXw9LmN2rTfH5sJdCgAqP1u";

/// What a text has to say: a line for each request.
fn told(text: &str) -> String {
    let mut told = String::new();
    for found in requests(text) {
        assert!(text.get(found.range.clone()).is_some(), "{:?} of {text}", found.range);
        match found.request {
            Ok(request) => told.push_str(&line(&request)),
            Err(refusal) => drop(write!(told, "{refusal:?}")),
        }
        told.push('\n');
    }
    told.trim_end().to_owned()
}

/// Method, address, then what else there is: `type`, `auth`, `key` for the headers that count, `user`, and the body.
fn line(request: &HttpRequest) -> String {
    let url = request.url.as_ref().map_or("-".to_owned(), Value::written);
    let mut line = format!("{:?} {} {url}", request.format, request.method);
    for (name, header) in
        [("type", "content-type"), ("auth", "authorization"), ("key", "x-api-key")]
    {
        if let Some(value) = request.header(header) {
            let _ = write!(line, " | {name} {}", value.written());
        }
    }
    if let Some(user) = &request.user {
        let _ = write!(line, " | user {}", user.written());
    }
    match &request.body {
        Body::Multipart(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{name}={}", value.written())).collect();
            let _ = write!(line, " | parts {}", fields.join(" "));
        }
        Body::FromFile(name) => drop(write!(line, " | file {name}")),
        Body::None => {}
        body => drop(write!(line, " | {}", body.sent().expect("a text").written())),
    }
    line
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(told(text), expected.replace("FORM", FORM), "\n{text}\n");
}

#[test]
fn f46_curl_is_read_letter_by_letter_and_by_each_options_arity() {
    for (text, expected) in [
        (
            "curl -sX POST https://a.example/t -d a=b",
            "Curl POST https://a.example/t | type FORM | a=b",
        ),
        (
            "curl --retry 3 https://a.example/t -d a=b",
            "Curl POST https://a.example/t | type FORM | a=b",
        ),
        (
            "curl -fsSLH 'Content-Type: application/json' https://a.example/t -d '{}'",
            "Curl POST https://a.example/t | type application/json | {}",
        ),
        ("curl -w '%{http_code}' https://a.example/t", "Curl GET https://a.example/t"),
        (
            "curl -m 3 -o /dev/null -w %{http_code} -sSXPOST https://a.example/t",
            "Curl POST https://a.example/t",
        ),
        (
            "curl -XPOST -dfoo=bar https://a.example/t",
            "Curl POST https://a.example/t | type FORM | foo=bar",
        ),
        (
            "curl https://a.example/t -H 'authorization: basic YTpi'",
            "Curl GET https://a.example/t | auth basic YTpi",
        ),
        (
            "curl --no-progress-meter --no-buffer --sil https://a.example/t",
            "Curl GET https://a.example/t",
        ),
        (
            "curl --request=POST --url=https://a.example/t --data=a=b",
            "Curl POST https://a.example/t | type FORM | a=b",
        ),
        ("curl -X=PUT https://a.example/t", "Curl PUT https://a.example/t"),
        (
            "curl -x http://proxy.example:8080 -U me:pw https://a.example/t -d a=b",
            "Curl POST https://a.example/t | type FORM | a=b",
        ),
        (
            "curl --proxy http://proxy.example:8080 --resolve a.example:443:10.0.0.1 --doh-url https://dns.example/q https://a.example/t",
            "Curl GET https://a.example/t",
        ),
        (
            "curl -e https://referer.example/ -b 'a=https://b.example' https://a.example/t",
            "Curl GET https://a.example/t",
        ),
        (
            "curl -G https://a.example/t?x=y -d a=b --data-urlencode 'c=d e'",
            "Curl GET https://a.example/t?x=y&a=b&c=d+e",
        ),
        (
            "curl -u id:secret https://a.example/t -d grant_type=client_credentials",
            "Curl POST https://a.example/t | type FORM | user id:secret | grant_type=client_credentials",
        ),
        (
            "curl https://id:se%2Bcret@a.example/t -d a=b",
            "Curl POST https://a.example/t | type FORM | user id:se+cret | a=b",
        ),
        (
            "curl --oauth2-bearer abc https://a.example/t",
            "Curl GET https://a.example/t | auth Bearer abc",
        ),
        (
            "curl --json '{\"a\":1}' https://a.example/t",
            "Curl POST https://a.example/t | type application/json | {\"a\":1}",
        ),
        (
            "curl -F client_id=a -F 'client_secret=b;type=text/plain' -F c=@file https://a.example/t",
            "Curl POST https://a.example/t | type multipart/form-data | parts client_id=a client_secret=b",
        ),
        (
            "curl --data-urlencode 'a b' --data-urlencode '=c&d' --data-urlencode 'e=f=g' --data-urlencode h@i a.example/t",
            "Curl POST a.example/t | type FORM | a+b&c%26d&e=f%3Dg",
        ),
        (
            "curl --url-query a=b --url-query '+c=d' https://a.example/t",
            "Curl GET https://a.example/t?a=b&c=d",
        ),
        (
            "curl https://a.example/1 --next -d a=b https://a.example/2",
            "Curl GET https://a.example/1\nCurl POST https://a.example/2 | type FORM | a=b",
        ),
        (
            "curl https://a.example/1 https://a.example/2 -d a=b",
            "Curl POST https://a.example/1 | type FORM | a=b\nCurl POST https://a.example/2 | type FORM | a=b",
        ),
        ("curl -d a=b -- https://a.example/t", "Curl POST https://a.example/t | type FORM | a=b"),
        (
            "curl -d a=b https://a.example/{x,y}",
            "Curl POST https://a.example/x | type FORM | a=b\nCurl POST https://a.example/y | type FORM | a=b",
        ),
        ("curl -K settings.txt https://a.example/t", "Curl GET https://a.example/t"),
        ("curl -T body.txt https://a.example/t", "Curl PUT https://a.example/t | file body.txt"),
        (
            "curl -d @body.txt https://a.example/t",
            "Curl POST https://a.example/t | type FORM | file body.txt",
        ),
        ("curl -I https://a.example/t", "Curl HEAD https://a.example/t"),
        ("curl -d a=b localhost:8080/t", "Curl POST localhost:8080/t | type FORM | a=b"),
        ("curl -d a=b ims.example.com", "Curl POST ims.example.com | type FORM | a=b"),
        (
            "curl --variable %ID --variable s=x --expand-data 'i={{ID}}&s={{s}}' https://a.example/t",
            "Curl POST https://a.example/t | type FORM | i={{ID}}&s={{s}}",
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn f46_a_server_is_never_invented() {
    for text in [
        "curl -sX POST -d client_id=a -d client_secret=b",
        "curl --retry 3 -d client_id=a",
        "curl post -d client_id=a",
        "curl -d client_id=a 3",
        "curl -d client_id=a 0.0.0.3",
        "curl -d client_id=a application/json",
        "curl --unheard-of 5 -d client_id=a",
        "curl -zzz post -d client_id=a",
    ] {
        for found in requests(text) {
            assert_eq!(found.request.expect(text).url, None, "{text}");
        }
    }
}

#[test]
fn f46_what_stands_around_a_command_is_not_part_of_it() {
    let expected = "Curl POST https://a.example/t | type FORM | a=b";
    for text in [
        "TOKEN=$(curl -s https://a.example/t -d a=b)",
        "export TOKEN=\"$(curl -s https://a.example/t -d a=b | jq -r .access_token)\"",
        "TOKEN=`curl -s https://a.example/t -d a=b`",
        "TOKEN=`curl -s https://a.example/t -d a=b | jq -r '.access_token'`",
        "FOO=bar BAZ='q u' curl https://a.example/t -d a=b",
        "sudo -u me curl https://a.example/t -d a=b",
        "/usr/bin/curl https://a.example/t -d a=b",
        "\"C:\\Windows\\System32\\curl.exe\" https://a.example/t -d a=b",
        "C:\\Users\\me>curl.exe https://a.example/t -d a=b",
        "PS C:\\> curl.exe https://a.example/t -d a=b; exit",
        "$ curl https://a.example/t -d a=b && echo 'https://b.example'",
        "curl https://a.example/t -d a=b > token.json 2>&1",
        "curl https://a.example/t -d a=b 2>/dev/null | python3 -m json.tool",
        "curl https://a.example/t -d a=b # -d c=d, it's not needed",
        "curl https://a.example/t \\\n  -d a=b \\\n\nNext: 'see' below",
        "curl https://a.example/t \\ # the server\n  -d a=b",
        "if ! curl -f https://a.example/t -d a=b; then exit 1; fi",
        "set TOKEN (curl -s https://a.example/t -d a=b | jq -r .access_token)",
        "Run \"curl https://a.example/t -d a=b\" and you're done",
        "Run `curl https://a.example/t -d a=b` and you're done",
        "sh -c 'curl https://a.example/t -d a=b'",
        "```bash\ncurl https://a.example/t -d a=b\n```\nThat's it.",
        "| Step | `curl https://a.example/t -d a=b` |",
        "- run: curl https://a.example/t -d a=b\n- run: echo it's done",
        "curl <https://a.example/t> -d a=b",
        "curl [https://a.example/t](https://a.example/t) -d a=b",
        "curl https://a.example/t<https://a.example/t> -d a=b",
        "Curl —data a=b https://a.example/t",
        "curl –d a=b https://a.example/t.",
        "CURLOPTS=-s curl $CURLOPTS https://a.example/t -d a=b",
    ] {
        check(text, expected);
    }
}

#[test]
fn variables_are_told_from_text_by_the_shells_quotes() {
    let references = |text: &str| {
        let found = requests(text);
        let request = found[0].request.as_ref().expect(text);
        request.references().iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(" ")
    };
    for (text, expected) in [
        ("curl https://a.example/t -d \"client_id=$ID&client_secret=${SECRET}\"", "ID SECRET"),
        ("curl https://a.example/t -d 'client_id=$ID'", ""),
        ("curl https://a.example/t -d client_id=$ID -d \"s=\\$X\"", "ID"),
        ("curl https://a.example/t -d 'client_id='\"$ID\"'&client_secret='$SECRET", "ID SECRET"),
        ("curl https://a.example/t -d \"client_id=${ID:-none}\"", "ID"),
        ("curl https://a.example/t --data-urlencode \"client_id=$ID\"", "ID"),
        ("curl \"$IMS/token/v3\" -u \"$ID:$SECRET\"", "IMS ID SECRET"),
        ("curl \"https://$HOST/token/v3\" -d a=b", "HOST"),
        ("curl https://a.example/t -d \"client_id=%CLIENT_ID%\" ^\n -d a=%b%20c", "CLIENT_ID"),
        ("curl.exe https://a.example/t -d \"client_id=$env:CLIENT_ID\"", "CLIENT_ID"),
        ("curl https://a.example/t -d 'client_id={{client_id}}'", "client_id"),
        ("curl https://a.example/t -d client_id=${{ secrets.ADOBE_ID }}", "ADOBE_ID"),
        ("curl https://a.example/t -H \"Authorization: Bearer $TOKEN\"", "TOKEN"),
        ("curl https://a.example/t -d \"client_secret=$(cat secret.txt)\"", ""),
        ("curl https://a.example/t -d @- <<EOF\n{\"client_id\":\"$ID\"}\nEOF", "ID"),
        ("curl https://a.example/t -d @- <<'EOF'\n{\"client_id\":\"$ID\"}\nEOF", ""),
        (
            "irm https://a.example/t -Method Post -Body @{client_id = $env:ID; s = \"$other\"}",
            "ID other",
        ),
        ("http https://a.example/t client_id=$ID", "ID"),
        ("wget --post-data=\"client_id=$ID\" https://a.example/t", "ID"),
        ("POST {{base}}/t\n\nclient_id={{id}}", "base id"),
    ] {
        assert_eq!(references(text), expected, "{text}");
    }
}

#[test]
fn a_reference_is_encoded_like_the_text_around_it_when_its_value_is_known() {
    let text = "curl https://a.example/t --data-urlencode \"s=$S\" -d \"t=$S\"";
    let found = requests(text);
    let request = found[0].request.as_ref().expect("a request");
    let resolved = request.resolved(&|name| (name == "S").then(|| Value::literal("a&b")));
    assert_eq!(resolved.body.sent().expect("a text").text(), Some("s=a%26b&t=a&b"));
}

#[test]
fn what_other_programs_export_is_read() {
    for (text, expected) in EXPORTS {
        check(text, expected);
    }
}

/// Of Insomnia, Postman, browsers and documentation.
const EXPORTS: &[(&str, &str)] = &[
    // Postman, cURL.
    (
        "curl --location 'https://a.example/t' \\\n--header 'Content-Type: application/x-www-form-urlencoded' \\\n--data-urlencode 'client_id=a' \\\n--data-urlencode 'client_secret=b c'",
        "Curl POST https://a.example/t | type FORM | client_id=a&client_secret=b+c",
    ),
    // Postman, older.
    (
        "curl --location --request POST 'https://a.example/t' \\\n--header 'Content-Type: application/json' \\\n--data-raw '{\n    \"client_id\": \"a\"\n}'",
        "Curl POST https://a.example/t | type application/json | {\n    \"client_id\": \"a\"\n}",
    ),
    // Postman, PowerShell.
    (
        "$headers = New-Object \"System.Collections.Generic.Dictionary[[String],[String]]\"\n$headers.Add(\"Content-Type\", \"application/x-www-form-urlencoded\")\n\n$body = \"client_id=a&client_secret=b%20c\"\n\n$response = Invoke-RestMethod 'https://a.example/t' -Method 'POST' -Headers $headers -Body $body\n$response | ConvertTo-Json",
        "PowerShell POST https://a.example/t | type FORM | client_id=a&client_secret=b%20c",
    ),
    // Postman, HTTP.
    (
        "POST /t HTTP/1.1\nHost: a.example\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 29\n\nclient_id=a&client_secret=b",
        "HttpFile POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    // Postman, HTTPie.
    (
        "http --ignore-stdin --form --follow --timeout 3600 POST 'https://a.example/t' \\\n 'client_id'='a' \\\n 'client_secret'='b' \\\n Content-Type:'application/x-www-form-urlencoded'",
        "Httpie POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    // Postman, wget.
    (
        "wget --no-check-certificate --quiet \\\n  --method POST \\\n  --timeout=0 \\\n  --header 'Content-Type: application/x-www-form-urlencoded' \\\n  --body-data 'client_id=a&client_secret=b' \\\n   'https://a.example/t'",
        "Wget POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    // Insomnia.
    (
        "curl --request POST \\\n  --url https://a.example/t \\\n  --header 'Content-Type: application/x-www-form-urlencoded' \\\n  --header 'User-Agent: insomnia/10.0.0' \\\n  --data client_id=a \\\n  --data client_secret=b",
        "Curl POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    // Insomnia, PowerShell.
    (
        "$headers=@{}\n$headers.Add(\"Content-Type\", \"application/x-www-form-urlencoded\")\n$response = Invoke-WebRequest -Uri 'https://a.example/t' -Method POST -Headers $headers -ContentType 'application/x-www-form-urlencoded' -Body 'client_id=a&client_secret=b'",
        "PowerShell POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    // Bruno.
    (
        "curl --request POST \\\n  --url 'https://a.example/t' \\\n  --header 'content-type: application/x-www-form-urlencoded' \\\n  --data 'client_id=a' \\\n  --data 'client_secret={{process.env.SECRET}}'",
        "Curl POST https://a.example/t | type FORM | client_id=a&client_secret={{process.env.SECRET}}",
    ),
    // Chrome, bash.
    (
        "curl 'https://a.example/t' \\\n  -H 'accept: */*' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  -H 'authorization: Basic YTpi' \\\n  --data-raw $'client_secret=it\\'s\\u0021' \\\n  --compressed",
        "Curl POST https://a.example/t | type FORM | auth Basic YTpi | client_secret=it's!",
    ),
    // Chrome, cmd.
    (
        "curl ^\"https://a.example/t^\" ^\n  -H ^\"content-type: application/json^\" ^\n  --data-raw ^\"^{^\\^\"client_id^\\^\":^\\^\"a^\\^\"^}^\"",
        "Curl POST https://a.example/t | type application/json | {\"client_id\":\"a\"}",
    ),
    // Chrome, cmd, older.
    (
        "curl \"https://a.example/t\" ^\n  -H \"content-type: application/x-www-form-urlencoded\" ^\n  --data-raw \"client_id=a^&client_secret=b\" ^\n  --compressed",
        "Curl POST https://a.example/t | type FORM | client_id=a^&client_secret=b",
    ),
    // Chrome, PowerShell.
    (
        "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"Mozilla/5.0\"\nInvoke-WebRequest -UseBasicParsing -Uri \"https://a.example/t\" `\n-Method \"POST\" `\n-WebSession $session `\n-Headers @{\n\"authority\"=\"a.example\"\n  \"authorization\"=\"Basic YTpi\"\n} `\n-ContentType \"application/x-www-form-urlencoded\" `\n-Body \"client_id=a&client_secret=`$b\"",
        "PowerShell POST https://a.example/t | type FORM | auth Basic YTpi | client_id=a&client_secret=$b",
    ),
    // Firefox.
    (
        "curl 'https://a.example/t' --compressed -X POST -H 'User-Agent: Mozilla/5.0' -H 'Content-Type: application/x-www-form-urlencoded' --data-raw 'client_id=a'",
        "Curl POST https://a.example/t | type FORM | client_id=a",
    ),
    // Adobe's documentation.
    (
        "curl -X POST 'https://ims-na1.adobelogin.com/ims/token/v3' -H 'Content-Type: application/x-www-form-urlencoded' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&scope=openid,AdobeID'",
        "Curl POST https://ims-na1.adobelogin.com/ims/token/v3 | type FORM | grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&scope=openid,AdobeID",
    ),
    // With quotes that a chat took away: a header without a value is one that curl leaves out.
    (
        "curl -X POST https://a.example/t -H Content-Type: application/x-www-form-urlencoded -d client_id=a&client_secret=b",
        "Curl POST https://a.example/t | client_id=a&client_secret=b",
    ),
    // Wget.
    (
        "wget -qO- --post-data='client_id=a&client_secret=b' https://a.example/t",
        "Wget POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    (
        "wget --post-data \"client_id=a\" --header=\"x-api-key: k\" -O - -nv a.example/t",
        "Wget POST a.example/t | type FORM | key k | client_id=a",
    ),
    (
        "wget --auth-no-challenge --user=id --password='se cret' --post-data=grant_type=client_credentials https://a.example/t",
        "Wget POST https://a.example/t | type FORM | user id:se cret | grant_type=client_credentials",
    ),
    (
        "wget --method=post --body-data='{\"a\":1}' --header 'Content-Type: application/json' https://a.example/t",
        "Wget POST https://a.example/t | type application/json | {\"a\":1}",
    ),
    (
        "wget --post-file=body.txt https://a.example/t",
        "Wget POST https://a.example/t | file body.txt",
    ),
    // HTTPie.
    (
        "http -f POST https://a.example/t client_id=a client_secret='b c' x-api-key:k",
        "Httpie POST https://a.example/t | type FORM; charset=utf-8 | key k | client_id=a&client_secret=b+c",
    ),
    (
        "http https://a.example/t client_id=a n:=1 q==r",
        "Httpie POST https://a.example/t?q=r | type application/json | {\"client_id\":\"a\",\"n\":1}",
    ),
    (
        "https -a id:secret a.example/t grant_type=client_credentials",
        "Httpie POST https://a.example/t | type application/json | user id:secret | {\"grant_type\":\"client_credentials\"}",
    ),
    (
        "$ xh --form post.example/t a=b",
        "Httpie POST post.example/t | type FORM; charset=utf-8 | a=b",
    ),
    ("http -A bearer -a tok GET :8080/t", "Httpie GET localhost:8080/t | auth Bearer tok"),
    (
        "http --raw 'a=b' POST https://a.example/t Content-Type:application/x-www-form-urlencoded",
        "Httpie POST https://a.example/t | type FORM | a=b",
    ),
    // Invoke-RestMethod.
    (
        "$body = @{\n  grant_type    = 'client_credentials'\n  client_id     = \"a\"\n  client_secret = 'it''s' # the new one\n}\n$token = Invoke-RestMethod -Method Post -Uri https://a.example/t -Body $body",
        "PowerShell POST https://a.example/t | type FORM | grant_type=client_credentials&client_id=a&client_secret=it%27s",
    ),
    (
        "$clientId = 'a'\n$clientSecret = \"b\"\n$params = @{\n    Uri = 'https://a.example/t'\n    Method = 'POST'\n    ContentType = 'application/x-www-form-urlencoded'\n    Body = \"client_id=$clientId&client_secret=$($clientSecret)\"\n}\n(Invoke-RestMethod @params).access_token",
        "PowerShell POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    (
        "irm https://a.example/t -Me Post -Body (@{client_id='a'; client_secret='b'} | ConvertTo-Json -Compress) -ContentType application/json",
        "PowerShell POST https://a.example/t | type application/json | {\"client_id\":\"a\",\"client_secret\":\"b\"}",
    ),
    (
        "$pair = \"{0}:{1}\" -f 'a', 'b'\n$basic = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes($pair))\nInvoke-RestMethod -Uri 'https://a.example/t' -Method POST -Headers @{ Authorization = \"Basic $basic\" } -Body 'grant_type=client_credentials'",
        "PowerShell POST https://a.example/t | type FORM | auth Basic YTpi | grant_type=client_credentials",
    ),
    (
        "$body = @\"\nclient_id=a&client_secret=b\n\"@\niwr -Uri https://a.example/t -Method POST -Body $body",
        "PowerShell POST https://a.example/t | type FORM | client_id=a&client_secret=b",
    ),
    (
        "curl -Uri https://a.example/t -Method POST -Body @{client_id='a'}",
        "PowerShell POST https://a.example/t | type FORM | client_id=a",
    ),
    (
        "$Headers = [ordered]@{ 'x-api-key' = 'k' }\n$Uri = 'https://a.example' + '/t'\nInvoke-RestMethod -Uri $Uri -Headers $Headers",
        "PowerShell GET https://a.example/t | key k",
    ),
    (
        "wget https://a.example/t -Method POST -Body 'client_id=a' -Headers @{\"Authorization\" = \"Basic \" + [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes(\"a:b\"))}",
        "PowerShell POST https://a.example/t | type FORM | auth Basic YTpi | client_id=a",
    ),
    (
        "$h = @{}\n$h.Add('Authorization', \"Bearer $env:TOKEN\")\n$h['x-api-key'] = 'k'\nirm https://a.example/t -Headers $h",
        "PowerShell GET https://a.example/t | auth Bearer $env:TOKEN | key k",
    ),
    // VS Code's REST Client.
    (
        "@host = https://a.example\n@id = a\n@secret = {{id}}-b\n\n### Token\n# @name token\nPOST {{host}}/t HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials\n&client_id={{id}}\n&client_secret={{secret}}\n\n###\nGET {{host}}/me\nAuthorization: Bearer {{token.response.body.access_token}}",
        "HttpFile POST https://a.example/t | type FORM | grant_type=client_credentials&client_id=a&client_secret=a-b\nHttpFile GET https://a.example/me | auth Bearer {{token.response.body.access_token}}",
    ),
    // JetBrains.
    (
        "### Token\nPOST https://a.example/t\nContent-Type: application/x-www-form-urlencoded\n\nclient_id = a &\nclient_secret = {{secret}}\n\n> {% client.global.set(\"t\", response.body.access_token); %}\n",
        "HttpFile POST https://a.example/t | type FORM | client_id=a&client_secret={{secret}}",
    ),
    (
        "POST https://a.example/t\nAuthorization: Basic id secret\nContent-Type: application/json\n\n{\n  \"a\": 1\n}\n",
        "HttpFile POST https://a.example/t | type application/json | auth Basic id secret | {\n  \"a\": 1\n}",
    ),
    ("GET https://a.example/t\n    ?a=b\n    &c=d\n", "HttpFile GET https://a.example/t?a=b&c=d"),
    (
        "POST https://a.example/t\n\n< ./body.json\n",
        "HttpFile POST https://a.example/t | file ./body.json",
    ),
    // RFC 6749 section 4.4.2.
    (
        "POST /token HTTP/1.1\nHost: server.example.com\nAuthorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials",
        "HttpFile POST https://server.example.com/token | type FORM | auth Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW | grant_type=client_credentials",
    ),
];

#[test]
fn the_word_curl_in_a_sentence_with_an_apostrophe_is_passed_over() {
    for text in [
        "Please don't use curl, it's old",
        "curl isn't installed here",
        "I couldn't get curl - it's blocked",
        "curl — it's what we use",
        "with curl 'as is' you can't",
        "curl's output doesn't matter",
        "curl doesn't work, don't use it",
        "Use curl or wget; it's the same",
        "wget isn't there, http isn't either, https isn't safe",
        "Invoke-RestMethod isn't curl, it's Windows'",
        "POST isn't GET, and that's it",
        "irm isn't a command I know",
        "http: it's not https",
    ] {
        check(text, "");
    }
    let command = "curl https://a.example/t -d a=b";
    for text in [
        format!("Please don't use curl, it's old:\n{command}"),
        format!("curl isn't hard: {command}"),
        format!("{command}\n\nThat's all, curl isn't hard."),
        format!("{command} isn't hard, don't worry"),
        format!("{command}\n- If it's refused, don't wait"),
        format!("If you don't know curl: {command}"),
    ] {
        check(&text, "Curl POST https://a.example/t | type FORM | a=b");
    }
}

#[test]
fn a_command_that_is_cut_off_is_refused_as_cut_off() {
    for text in [
        "curl 'https://a.example/t",
        "curl https://a.example/t -d 'client_id=a&client_sec",
        "curl https://a.example/t -d",
        "curl https://a.example/t \\\n  -H 'X: y' \\\n  --data",
        "curl -sX POST https://a.example/t -H \"Content-Type: appl",
        "curl https://a.example/t -d @- <<EOF\n{\"a\":",
        "I don't know: curl https://a.example/t -d 'client_id=a",
        "wget --post-data='client_id=a",
        "http https://a.example/t client_id='a",
        "irm https://a.example/t -Body @{client_id = 'a'; client_secret = 'b",
        "irm https://a.example/t -Body \"client_id=a",
    ] {
        let refusals: Vec<_> =
            requests(text).into_iter().filter_map(|found| found.request.err()).collect();
        assert_eq!(refusals, [Refusal::CutOff], "{text}");
    }
}

#[test]
fn a_long_text_of_anything_is_read_in_one_go() {
    for piece in [
        "curl ",
        "curl -d '",
        "curl -d \"",
        "curl\n",
        "curl -d\n",
        "curl https://a.example/ ",
        "{{",
        "{{a}}",
        "%A_B%",
        "%A_B",
        "$(",
        "${",
        "$a ",
        "$a=",
        "$a=$a;",
        "@{a=",
        "irm -Body @{a=",
        "(",
        "< ",
        "<<A ",
        "`",
        "\\",
        "^",
        "\"",
        "'",
        "$'\\x",
        "POST a.example/\n",
        "@a={{a}}{{a}}\n",
        "GET {{a}}\n",
        "wget -O ",
        "http a=",
        "\n",
        "a=b curl -",
        "[a](",
        "curl {a,b}{a,b}",
    ] {
        let text = piece.repeat(60_000 / piece.len());
        let _ = requests(&text);
        let _ = requests(&format!("curl -d {text}"));
        let _ = requests(&format!("irm {text}"));
    }
}

#[test]
fn debug_of_a_request_hides_what_may_be_a_secret() {
    let text = "S=p8e-1 curl https://a.example/t -u id:p8e-2 -H 'X: p8e-3' -d client_secret=p8e-4 --data-urlencode c=p8e-5";
    let found = requests(text);
    assert_eq!(found.len(), 1);
    let request = found[0].request.as_ref().expect("a request");
    assert_eq!(request.assignments.len(), 1);
    for shown in
        [format!("{found:?}"), format!("{:?}", request.body), format!("{:?}", request.assignments)]
    {
        assert!(!shown.contains("p8e-"), "{shown}");
    }
}

/// A variable in the middle of a host hides nothing that comes after it.
#[test]
fn what_is_no_host_is_no_address_on_either_side_of_a_variable() {
    for text in [
        "curl.exe ^\"https://ims-na1.a^\"%CLIENT_ID%:443^^\"https://ims-n\n",
        "curl \"https://a$HOST b/ims/token/v3\"",
        "curl \"https://$HOST|b/ims/token/v3\"",
        "curl \"https://a b$HOST/ims/token/v3\"",
        "curl \"$SCHEME://a b/ims/token/v3\"",
        "curl \"$HOST and more\"",
    ] {
        for found in requests(text) {
            let url = found.request.ok().and_then(|request| request.url);
            assert!(url.is_none(), "{text}: {:?}", url.map(|url| url.written()));
        }
    }
    let found = requests("curl \"https://a.$HOST.example/ims/token v3\"");
    let url = found[0].request.as_ref().expect("a request").url.as_ref().expect("an address");
    assert_eq!(url.written(), "https://a.$HOST.example/ims/token v3");
}

#[test]
fn a_line_goes_on_with_a_query_only_if_there_is_one() {
    let address = |text: &str| {
        let found = requests(text);
        let request = found[0].request.as_ref().expect("a request");
        request.url.as_ref().expect("an address").written()
    };
    let broken = "GET https://ims.example/token\n  ?client_id=a\n  &scope=b\nAccept: text/html\n";
    assert_eq!(address(broken), "https://ims.example/token?client_id=a&scope=b");
    let none = "GET https://ims.example\n&Content-Type:\"x\"\nAccept: text/html\n";
    assert_eq!(address(none), "https://ims.example");
}

#[test]
fn fuzzed_commands_are_read_or_refused_and_show_no_secret() {
    glowjar_fuzz::feed("commands", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for found in requests(&text) {
            assert!(text.get(found.range.clone()).is_some(), "{:?}", found.range);
            let shown = format!("{found:?}");
            assert!(!shown.contains(SECRET), "{shown}");
            let Ok(request) = found.request else { continue };
            if let Some(url) = &request.url {
                let url = url.written();
                // After a slash it is a path, whatever else stands in it.
                let after_scheme =
                    url.split_once("://").filter(|(scheme, _)| !scheme.contains('/'));
                let host = after_scheme.and_then(|it| it.1.split(['/', '?', '#']).next());
                assert!(host.is_none_or(|it| !it.contains([' ', '"', '\n'])), "{url}");
            }
        }
    });
}
