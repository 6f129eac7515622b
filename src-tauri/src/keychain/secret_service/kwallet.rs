//! What is different with KWallet: a wallet that was opened with the person's login still counts as locked, until the first
//! program asks to have it unlocked. That takes no password then, so nobody should have to click for it.

use secret_service::{EncryptionType, blocking::SecretService};
use zbus::{
    blocking::{Connection, fdo::DBusProxy},
    names::BusName,
};

use super::{Asked, NAME};

/// By version: the name on the bus, and the object.
const DAEMONS: [(&str, &str); 2] =
    [("org.kde.kwalletd6", "/modules/kwalletd6"), ("org.kde.kwalletd5", "/modules/kwalletd5")];

/// Unlocks each wallet that is open already, without a prompt. Says whether there was one.
pub(super) fn open_to_programs(bus: &Connection) -> Result<bool, secret_service::Error> {
    let Some((daemon, object)) = daemon(bus)? else { return Ok(false) };
    let asked = Asked(bus);
    let mut open = Vec::new();
    for collection in asked.lasting()? {
        let label = asked.property(collection.as_str(), COLLECTION, "Label")?;
        // The label is the wallet's name.
        let name = String::try_from(label).unwrap_or_default();
        let reply = bus.call_method(Some(daemon), object, Some(KWALLET), "isOpen", &(name,))?;
        if asked.is_locked(&collection)? && reply.body().deserialize()? {
            open.push(collection);
        }
    }
    if open.is_empty() {
        return Ok(false);
    }
    let service = SecretService::connect_with_existing(EncryptionType::Dh, bus.clone())?;
    for collection in open {
        service.get_collection_by_path(collection)?.unlock()?;
    }
    Ok(true)
}

/// The KWallet that serves as the Secret Service, if it is one.
fn daemon(bus: &Connection) -> zbus::Result<Option<(&'static str, &'static str)>> {
    let names = DBusProxy::new(bus)?;
    let secrets = names.get_name_owner(BusName::try_from(NAME)?)?;
    for (daemon, object) in DAEMONS {
        let name = BusName::try_from(daemon)?;
        // Asking for the owner of a name that nobody has is an error.
        if names.name_has_owner(name.clone())? && names.get_name_owner(name)? == secrets {
            return Ok(Some((daemon, object)));
        }
    }
    Ok(None)
}

const KWALLET: &str = "org.kde.KWallet";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
