//! Requests and settings as other programs save them: Bruno, HAR, XML, and commands as lists of arguments.

use glowjar_import::{Authentication, Body, Remark, Understood, understand};
use secrecy::ExposeSecret;

const ID: &str = "4c3b2a19081726354453627180a9b8c7";
const SECRET: &str = "p8e-kT3v_Zx9-Qm2LrW7yBn4HsJd6GfAeCuP";
const STAGE: &str = "https://ims-na1-stg1.adobelogin.com/ims/token/v3";

/// `ID`, `SECRET_` and `STAGE` stand for the values.
#[track_caller]
fn read(shape: &str) -> Understood {
    let text = shape.replace("ID", ID).replace("SECRET_", SECRET).replace("STAGE", STAGE);
    let understood = understand(&text).unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
    assert_eq!(understood.client_id, ID, "{text}");
    let secret = understood.client_secret.as_ref().map(|it| it.expose_secret().to_owned());
    assert_eq!(secret.as_deref(), Some(SECRET), "{text}");
    understood
}

#[track_caller]
fn read_at_stage(shape: &str) -> Understood {
    let understood = read(shape);
    let endpoint = understood.token_endpoint.as_ref().map(ToString::to_string);
    assert_eq!(endpoint.as_deref(), Some(STAGE), "{shape}");
    assert!(!understood.remarks.contains(&Remark::AddressNotUsed), "{shape}");
    understood
}

/// <https://docs.usebruno.com/bru-lang/overview>
#[test]
fn requests_and_environments_of_bruno_are_read() {
    for shape in [
        "meta {\n  name: Token\n  type: http\n  seq: 1\n}\n\npost {\n  url: STAGE\n  body: formUrlEncoded\n  auth: none\n}\n\nbody:form-urlencoded {\n  grant_type: client_credentials\n  client_id: ID\n  client_secret: SECRET_\n  scope: openid,AdobeID,firefly_api,ff_apis\n}\n",
        "meta {\n  name: Token\n}\n\npost {\n  url: STAGE\n}\n\nheaders {\n  content-type: application/x-www-form-urlencoded\n}\n\nbody:form-urlencoded {\n  grant_type: client_credentials\n  client_id: ID\n  ~client_id: 00112233445566778899aabbccddeeff\n  client_secret: SECRET_\n}\n",
        "get {\n  url: https://firefly-api.adobe.io/v3/images\n  auth: oauth2\n}\n\nauth:oauth2 {\n  grant_type: client_credentials\n  access_token_url: STAGE\n  client_id: ID\n  client_secret: SECRET_\n  scope: openid\n}\n",
        "post {\n  url: {{url}}\n}\n\nbody:form-urlencoded {\n  client_id: {{id}}\n  client_secret: {{secret}}\n  grant_type: client_credentials\n}\n\nvars:pre-request {\n  url: STAGE\n  id: ID\n  secret: SECRET_\n}\n",
    ] {
        read_at_stage(shape);
    }
    let json = "post {\n  url: STAGE\n}\n\nbody:json {\n  {\n    \"client_id\": \"ID\",\n    \"client_secret\": \"SECRET_\",\n    \"grant_type\": \"client_credentials\"\n  }\n}\n";
    assert_eq!(read_at_stage(json).body, Body::Json);
    let basic = "post {\n  url: STAGE\n  auth: basic\n}\n\nauth:basic {\n  username: ID\n  password: SECRET_\n}\n\nbody:form-urlencoded {\n  grant_type: client_credentials\n}\n";
    assert_eq!(read_at_stage(basic).authentication, Authentication::Basic);
    read("vars {\n  client_id: ID\n  client_secret: SECRET_\n}\n");
    read(
        "vars {\n  base: https://firefly-api.adobe.io\n  FIREFLY_CLIENT_ID: ID\n  FIREFLY_CLIENT_SECRET: SECRET_\n}\nvars:secret [\n  token\n]\n",
    );
}

/// <http://www.softwareishard.com/blog/har-12-spec/>
#[test]
fn a_browsers_har_is_read() {
    let har = |post: &str, headers: &str| {
        format!(
            r#"{{"log":{{"version":"1.2","creator":{{"name":"Firefox","version":"140.0"}},"entries":[
            {{"request":{{"method":"GET","url":"https://developer.adobe.com/console","headers":[],"queryString":[]}},"response":{{"status":200,"content":{{"text":"<html></html>"}}}}}},
            {{"startedDateTime":"2026-01-01T00:00:00.000Z","time":12,"request":{{"method":"POST","url":"STAGE","httpVersion":"HTTP/2","headers":[{headers}],"queryString":[],"postData":{post}}},"response":{{"status":200,"headers":[],"content":{{"mimeType":"application/json","text":"{{\"access_token\":\"eyJ\",\"token_type\":\"bearer\",\"expires_in\":86399}}"}}}}}}]}}}}"#
        )
    };
    let form = r#""name":"content-type","value":"application/x-www-form-urlencoded""#;
    for post in [
        r#"{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=client_credentials&client_id=ID&client_secret=SECRET_&scope=openid"}"#,
        r#"{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"grant_type","value":"client_credentials"},{"name":"client_id","value":"ID"},{"name":"client_secret","value":"SECRET_"}]}"#,
        r#"{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"client_id","value":"ID"},{"name":"client_secret","value":"SECRET_"}],"text":"client_id=ID&client_secret=SECRET_"}"#,
    ] {
        read_at_stage(&har(post, &format!("{{{form}}}")));
    }
    let json = r#"{"mimeType":"application/json","text":"{\"client_id\":\"ID\",\"client_secret\":\"SECRET_\",\"grant_type\":\"client_credentials\"}"}"#;
    assert_eq!(read_at_stage(&har(json, "")).body, Body::Json);
}

#[test]
fn xml_of_build_tools_and_programs_is_read() {
    for shape in [
        "<?xml version=\"1.0\"?>\n<settings><profiles><profile><properties>\n  <client_id>ID</client_id>\n  <client_secret>SECRET_</client_secret>\n</properties></profile></profiles></settings>",
        "<properties>\n  <firefly.client.id>ID</firefly.client.id>\n  <firefly.client.secret>SECRET_</firefly.client.secret>\n</properties>",
        "<component name=\"RunConfig\"><envs>\n<env name=\"FIREFLY_CLIENT_ID\" value=\"ID\" />\n<env name=\"FIREFLY_CLIENT_SECRET\" value=\"SECRET_\" />\n</envs></component>",
        "<configuration><appSettings>\n<add key=\"client_id\" value=\"ID\"/>\n<add key='client_secret' value='SECRET_'/>\n</appSettings></configuration>",
        "<resources>\n<string name=\"client_id\">ID</string>\n<string name=\"client_secret\">SECRET_</string>\n</resources>",
        "<plist version=\"1.0\"><dict>\n<key>client_id</key>\n<string>ID</string>\n<key>client_secret</key>\n<string>SECRET_</string>\n</dict></plist>",
        "<client id=\"x\"><clientId><![CDATA[ID]]></clientId><!-- <clientSecret>old</clientSecret> --><clientSecret><![CDATA[SECRET_]]></clientSecret></client>",
        "<oauth client_id=\"ID\" client_secret=\"SECRET_\"/>",
        "<config>\n  <clientId>ID</clientId>\n  <clientSecret>\n    SECRET_\n  </clientSecret>\n</config>",
        "Hi Mia,\n\n<properties>\n<client_id>ID</client_id>\n<client_secret>SECRET_</client_secret>\n</properties>\n\nTom",
    ] {
        read(shape);
    }
    read_at_stage(
        "<oauth>\n<client_id>ID</client_id>\n<client_secret>SECRET_</client_secret>\n<token_url>STAGE</token_url>\n</oauth>",
    );
    let odd = "p8e-a&amp;b&lt;c&gt;d&quot;e&apos;f&#43;g&#x25;hijklmnopqrst";
    let text = format!("<c><client_id>{ID}</client_id><client_secret>{odd}</client_secret></c>");
    let understood = understand(&text).expect("a credential");
    let secret = understood.client_secret.expect("a secret");
    assert_eq!(secret.expose_secret(), "p8e-a&b<c>d\"e'f+g%hijklmnopqrst");
}

#[test]
fn commands_as_lists_of_arguments_are_read() {
    for shape in [
        r#"["curl","-X","POST","STAGE","-d","grant_type=client_credentials","-d","client_id=ID","-d","client_secret=SECRET_"]"#,
        r#"{"command": ["curl", "-sX", "POST", "STAGE", "--data", "grant_type=client_credentials&client_id=ID&client_secret=SECRET_"]}"#,
        r#"{"tasks": [{"command": "curl", "args": ["-s", "STAGE", "-d", "grant_type=client_credentials&client_id=ID", "--data-urlencode", "client_secret=SECRET_"]}]}"#,
        "FROM alpine\nCMD [\"curl\", \"-X\", \"POST\", \"STAGE\", \"-d\", \"client_id=ID&client_secret=SECRET_&grant_type=client_credentials\"]\n",
        "FROM alpine\nENTRYPOINT [ \"curl\", \\\n  \"STAGE\", \\\n  \"-d\", \"client_id=ID\", \\\n  \"-d\", \"client_secret=SECRET_\" ]\n",
        "services:\n  token:\n    command:\n      - curl\n      - -X\n      - POST\n      - STAGE\n      - -d\n      - grant_type=client_credentials\n      - -d\n      - client_id=ID\n      - -d\n      - client_secret=SECRET_\n",
        "command: [curl, -s, 'STAGE', -d, 'client_id=ID', -d, 'client_secret=SECRET_']\n",
        "subprocess.run([\"curl\", \"-X\", \"POST\", \"STAGE\", \"-d\", \"client_id=ID\", \"-d\", \"client_secret=SECRET_\"], check=True)\n",
        "spawn('curl', ['-X', 'POST', 'STAGE', '-d', 'client_id=ID', '-d', 'client_secret=SECRET_']);\n",
    ] {
        read_at_stage(shape);
    }
    let basic =
        r#"["/usr/bin/curl","STAGE","-u","ID:SECRET_","-d","grant_type=client_credentials"]"#;
    assert_eq!(read_at_stage(basic).authentication, Authentication::Basic);
}
