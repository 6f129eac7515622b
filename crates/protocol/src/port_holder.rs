//! Who listens at a port of this machine, as far as the system tells. Nobody proves at a port who they are, so whoever
//! is about to send a secret there, or to say where to send one, looks first.

use std::fmt;

/// Whose program has a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Another program of this user's.
    Own,
    OtherUser(User),
    /// The system doesn't tell, or nobody listens there.
    Unknown,
}

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: u32,
    /// Absent for one that is not in /etc/passwd.
    pub name: Option<String>,
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}

/// Who would be reached at this port of 127.0.0.1.
#[must_use]
#[cfg(target_os = "linux")]
pub fn of_port(port: u16) -> Holder {
    let table = |name| std::fs::read_to_string(format!("/proc/net/{name}")).unwrap_or_default();
    let users: Vec<u32> =
        ["tcp", "tcp6"].into_iter().flat_map(|name| listeners(&table(name), port)).collect();
    let own = crate::address::own_user();
    if let Some(id) = users.iter().copied().find(|id| *id != own) {
        let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Holder::OtherUser(User { id, name: name_of(&known, id) })
    } else if users.is_empty() {
        Holder::Unknown
    } else {
        Holder::Own
    }
}

/// The system has no table of that kind.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub const fn of_port(_: u16) -> Holder {
    Holder::Unknown
}

/// The users whose sockets listen at this port of 127.0.0.1 or of every address, from a table as proc_pid_net(5) has
/// it in /proc/net/tcp and tcp6.
#[cfg(any(target_os = "linux", test))]
fn listeners(table: &str, port: u16) -> Vec<u32> {
    const LISTENS: &str = "0A";
    let user = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, its_port) = fields.get(1)?.split_once(':')?;
        let is_it = u16::from_str_radix(its_port, 16) == Ok(port)
            && *fields.get(3)? == LISTENS
            && is_reached_at_loopback(address)?;
        if is_it { fields.get(7)?.parse().ok() } else { None }
    };
    table.lines().skip(1).filter_map(user).collect()
}

/// An address in hexadecimal, each four bytes of it as one number in the machine's own order.
#[cfg(any(target_os = "linux", test))]
fn is_reached_at_loopback(address: &str) -> Option<bool> {
    let words = address.as_bytes().chunks(8).map(|word| {
        let word = std::str::from_utf8(word).ok()?;
        u32::from_str_radix(word, 16).ok().map(u32::to_ne_bytes)
    });
    let bytes = words.collect::<Option<Vec<_>>>()?.concat();
    let is_every = bytes.iter().all(|byte| *byte == 0);
    let v4 = match bytes.len() {
        4 => &bytes[..],
        16 => bytes.strip_prefix(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]).unwrap_or_default(),
        _ => return None,
    };
    Some(is_every || v4 == [127, 0, 0, 1] || (bytes.len() == 16 && v4 == [0, 0, 0, 0]))
}

#[cfg(any(target_os = "linux", test))]
fn name_of(known: &str, id: u32) -> Option<String> {
    known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1FA3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 29197 1 0 100 0 0 10 0
   1: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 640 1 0 100 0 0 10 0
   2: 0100007F:8998 0100007F:1FA3 01 00000000:00000000 03:00000921 00000000  1000        0 0 3 0
   3: 0200A8C0:1FA4 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 29198 1 0 100 0 0 10 0
   4: nonsense";
    const TABLE_6: &str = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1FA3 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1003        0 1 1 0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1FA5 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1004        0 1 1 0 100 0 0 10 0
   2: 00000000000000000000000001000000:1FA6 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1005        0 1 1 0 100 0 0 10 0";

    #[test]
    #[cfg(target_endian = "little")]
    fn who_listens_at_a_port_is_read_from_the_system_s_table() {
        assert_eq!(listeners(TABLE, 0x1fa3), [1001]);
        assert_eq!(listeners(TABLE, 0x07e8), [0], "at every address");
        assert_eq!(listeners(TABLE, 0x8998), [0; 0], "a connection does not listen");
        assert_eq!(listeners(TABLE, 0x1fa4), [0; 0], "not from this machine");
        assert_eq!(listeners(TABLE_6, 0x1fa3), [1003]);
        assert_eq!(listeners(TABLE_6, 0x1fa5), [1004]);
        assert_eq!(listeners(TABLE_6, 0x1fa6), [0; 0], "::1 is another address");
    }

    #[test]
    fn a_user_is_called_by_name_where_that_is_known() {
        let known = "root:x:0:0:root:/root:/bin/sh\nmallory:x:1001:1001::/home/mallory:/bin/sh\n";
        assert_eq!(name_of(known, 1001).as_deref(), Some("mallory"));
        assert_eq!(name_of(known, 7), None);
        let user = User { id: 1001, name: Some("mallory".to_owned()) };
        assert_eq!(user.to_string(), "mallory (1001)");
        assert_eq!(User { id: 7, name: None }.to_string(), "7");
    }
}
