//! Notices when the Secret Service may have been unlocked or has come, so that nobody has to ask it again and again.

use futures_util::StreamExt;
use zbus::{
    Connection, MatchRule, MessageStream,
    fdo::{NameOwnerChanged, PropertiesChanged},
    message::Type,
};

use super::secret_service::NAME;

/// Calls `keychain_changed` at each such moment, for as long as there is a session bus.
pub async fn watch(keychain_changed: impl Fn()) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let properties = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(NAME)?
        .interface("org.freedesktop.DBus.Properties")?
        .member("PropertiesChanged")?
        .path_namespace(COLLECTIONS)?
        .build();
    let owners = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .interface("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, NAME)?
        .build();
    let collections = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(NAME)?
        .interface("org.freedesktop.Secret.Service")?
        .path("/org/freedesktop/secrets")?
        .build();
    let mut collections = MessageStream::for_match_rule(collections, &bus, None).await?;
    let mut properties = MessageStream::for_match_rule(properties, &bus, None).await?;
    let mut owners = MessageStream::for_match_rule(owners, &bus, None).await?;
    loop {
        let has_changed = tokio::select! {
            Some(Ok(message)) = properties.next() => {
                PropertiesChanged::from_message(message).is_some_and(|changed| is_unlocked(&changed))
            }
            Some(Ok(message)) = owners.next() => {
                NameOwnerChanged::from_message(message).is_some_and(|changed| has_come(&changed))
            }
            // A collection was made, deleted or changed. KeePassXC and KWallet tell of an unlocked one like this alone.
            Some(Ok(_)) = collections.next() => true,
            else => return Ok(()),
        };
        if has_changed {
            keychain_changed();
        }
    }
}

/// Writing an entry changes properties as well; only this one matters.
fn is_unlocked(changed: &PropertiesChanged) -> bool {
    let Ok(changed) = changed.args() else { return false };
    changed
        .changed_properties()
        .get("Locked")
        .is_some_and(|locked| locked.downcast_ref::<bool>() == Ok(false))
}

fn has_come(changed: &NameOwnerChanged) -> bool {
    changed.args().is_ok_and(|changed| changed.new_owner().is_some())
}

const COLLECTIONS: &str = "/org/freedesktop/secrets/collection";
