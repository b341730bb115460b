//! Numbers of the library that are members of an `IntEnum`: what `str()` makes of them stands in node ids.

use crate::environment::{Observed, Platform, PythonVersion};

/// A member of an `enum.IntEnum` or `IntFlag`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    class: &'static str,
    name: &'static str,
    value: i64,
}

impl Number {
    /// `str(member)`, which names the member up to Python 3.10.
    pub(super) fn text(self, python: impl Into<Observed<PythonVersion>>) -> String {
        if python.into() >= PythonVersion::new(3, 11) {
            return self.value.to_string();
        }
        format!("{}.{}", self.class, self.name)
    }
}

/// The member that a dotted name stands for: `ssl.CERT_NONE`, `http.HTTPStatus.OK`.
pub(super) fn of(path: &str, platform: impl Into<Observed<Platform>>) -> Option<Number> {
    let (owner, name) = path.rsplit_once('.')?;
    let find = |class: &'static str, table: &'static [(&'static str, i64)]| {
        table.iter().find(|(known, _)| *known == name).map(|&(name, value)| Number {
            class,
            name: canonical(table, name, value),
            value,
        })
    };
    match owner {
        "socket" if name == "AF_INET6" => {
            let value = platform.into().ask(|platform| match platform {
                Platform::Linux => 10,
                Platform::MacOs => 30,
                Platform::Windows => 23,
            });
            Some(Number { class: "AddressFamily", name: "AF_INET6", value })
        }
        "socket" => find("AddressFamily", FAMILIES).or_else(|| find("SocketKind", SOCKET_KINDS)),
        "ssl" => find("VerifyMode", VERIFY_MODES).or_else(|| find("_SSLMethod", PROTOCOLS)),
        "ssl.VerifyMode" => find("VerifyMode", VERIFY_MODES),
        "ssl.TLSVersion" => find("TLSVersion", TLS_VERSIONS),
        "http.HTTPStatus" => find("HTTPStatus", STATUSES),
        _ => None,
    }
}

/// The first name of a value, which its aliases share.
fn canonical(table: &[(&'static str, i64)], name: &'static str, value: i64) -> &'static str {
    table.iter().find(|(_, known)| *known == value).map_or(name, |(first, _)| first)
}

const FAMILIES: &[(&str, i64)] = &[("AF_UNSPEC", 0), ("AF_UNIX", 1), ("AF_INET", 2)];

const SOCKET_KINDS: &[(&str, i64)] = &[("SOCK_STREAM", 1), ("SOCK_DGRAM", 2), ("SOCK_RAW", 3)];

const VERIFY_MODES: &[(&str, i64)] = &[("CERT_NONE", 0), ("CERT_OPTIONAL", 1), ("CERT_REQUIRED", 2)];

const PROTOCOLS: &[(&str, i64)] = &[
    ("PROTOCOL_TLS", 2),
    ("PROTOCOL_SSLv23", 2),
    ("PROTOCOL_TLSv1", 3),
    ("PROTOCOL_TLSv1_1", 4),
    ("PROTOCOL_TLSv1_2", 5),
    ("PROTOCOL_TLS_CLIENT", 16),
    ("PROTOCOL_TLS_SERVER", 17),
];

const TLS_VERSIONS: &[(&str, i64)] = &[
    ("MINIMUM_SUPPORTED", -2),
    ("SSLv3", 768),
    ("TLSv1", 769),
    ("TLSv1_1", 770),
    ("TLSv1_2", 771),
    ("TLSv1_3", 772),
    ("MAXIMUM_SUPPORTED", -1),
];

const STATUSES: &[(&str, i64)] = &[
    ("CONTINUE", 100),
    ("SWITCHING_PROTOCOLS", 101),
    ("PROCESSING", 102),
    ("EARLY_HINTS", 103),
    ("OK", 200),
    ("CREATED", 201),
    ("ACCEPTED", 202),
    ("NON_AUTHORITATIVE_INFORMATION", 203),
    ("NO_CONTENT", 204),
    ("RESET_CONTENT", 205),
    ("PARTIAL_CONTENT", 206),
    ("MULTI_STATUS", 207),
    ("ALREADY_REPORTED", 208),
    ("IM_USED", 226),
    ("MULTIPLE_CHOICES", 300),
    ("MOVED_PERMANENTLY", 301),
    ("FOUND", 302),
    ("SEE_OTHER", 303),
    ("NOT_MODIFIED", 304),
    ("USE_PROXY", 305),
    ("TEMPORARY_REDIRECT", 307),
    ("PERMANENT_REDIRECT", 308),
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("PAYMENT_REQUIRED", 402),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("NOT_ACCEPTABLE", 406),
    ("PROXY_AUTHENTICATION_REQUIRED", 407),
    ("REQUEST_TIMEOUT", 408),
    ("CONFLICT", 409),
    ("GONE", 410),
    ("LENGTH_REQUIRED", 411),
    ("PRECONDITION_FAILED", 412),
    ("EXPECTATION_FAILED", 417),
    ("IM_A_TEAPOT", 418),
    ("MISDIRECTED_REQUEST", 421),
    ("LOCKED", 423),
    ("FAILED_DEPENDENCY", 424),
    ("TOO_EARLY", 425),
    ("UPGRADE_REQUIRED", 426),
    ("PRECONDITION_REQUIRED", 428),
    ("TOO_MANY_REQUESTS", 429),
    ("REQUEST_HEADER_FIELDS_TOO_LARGE", 431),
    ("UNAVAILABLE_FOR_LEGAL_REASONS", 451),
    ("INTERNAL_SERVER_ERROR", 500),
    ("NOT_IMPLEMENTED", 501),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("GATEWAY_TIMEOUT", 504),
    ("HTTP_VERSION_NOT_SUPPORTED", 505),
    ("VARIANT_ALSO_NEGOTIATES", 506),
    ("INSUFFICIENT_STORAGE", 507),
    ("LOOP_DETECTED", 508),
    ("NOT_EXTENDED", 510),
    ("NETWORK_AUTHENTICATION_REQUIRED", 511),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_by_its_name_before_python_3_11() {
        let text = |path: &str, minor| {
            of(path, Platform::Linux).map(|number| number.text(PythonVersion::new(3, minor)))
        };
        assert_eq!(text("ssl.CERT_REQUIRED", 11).as_deref(), Some("2"));
        assert_eq!(text("ssl.CERT_REQUIRED", 10).as_deref(), Some("VerifyMode.CERT_REQUIRED"));
        assert_eq!(text("ssl.PROTOCOL_SSLv23", 9).as_deref(), Some("_SSLMethod.PROTOCOL_TLS"));
        assert_eq!(text("http.HTTPStatus.IM_A_TEAPOT", 12).as_deref(), Some("418"));
        assert_eq!(text("socket.AF_INET6", 10).as_deref(), Some("AddressFamily.AF_INET6"));
        assert_eq!(text("http.HTTPStatus", 12), None);
    }
}
