//! Time zones and durations, of the library, `dateutil` and `pytz`: how they show themselves.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::Presence;
use crate::interp::shown::{Amount, Shown};
use crate::interp::truthiness::repr_text;

pub(super) const MODELS: Models = &[
    ("datetime.timedelta", timedelta),
    ("datetime.timezone", timezone),
    ("zoneinfo.ZoneInfo", zone_info),
    ("dateutil.tz.tzutc", tzutc),
    ("dateutil.tz.tzlocal", tzlocal),
    ("pytz.FixedOffset", fixed_offset),
    ("pytz.timezone", pytz_timezone),
];

/// Values that are reached by their names.
pub(super) fn constant(path: &str) -> Option<Shown> {
    match path {
        "datetime.timezone.utc" | "datetime.UTC" => Some(Shown {
            text: Some(Arc::from("UTC")),
            ..Shown::alike("datetime.timezone", "datetime.timezone.utc")
        }),
        "pytz.utc" | "pytz.UTC" => Some(pytz_utc()),
        "dateutil.tz.UTC" => Some(Shown::alike("dateutil.tz.tzutc", "tzutc()")),
        _ => None,
    }
}

fn pytz_utc() -> Shown {
    Shown { text: Some(Arc::from("UTC")), ..Shown::alike("pytz.UTC", "<UTC>") }
}

/// What is not understood may raise.
fn opaque(interp: &mut Interp<'_>, path: &str, args: Args) -> Value {
    interp.call_opaque(Some(&Arc::from(path)), args)
}

fn timedelta(interp: &mut Interp<'_>, args: Args) -> Eval {
    const UNITS: [(&str, i64); 7] = [
        ("days", 86_400_000_000),
        ("seconds", 1_000_000),
        ("microseconds", 1),
        ("milliseconds", 1_000),
        ("minutes", 60_000_000),
        ("hours", 3_600_000_000),
        ("weeks", 604_800_000_000),
    ];
    let given = args.positional.iter().zip(UNITS).map(|(value, (_, unit))| (Some(unit), value)).chain(
        args.keywords.iter().map(|(name, value)| {
            let unit = UNITS.iter().find(|(known, _)| name == known).map(|(_, unit)| *unit);
            (unit, value)
        }),
    );
    let mut total = Some(0_i64);
    for (unit, value) in given {
        let part = interp.int_of(value).zip(unit).and_then(|(value, unit)| value.checked_mul(unit));
        total = total.zip(part).and_then(|(total, part)| total.checked_add(part));
    }
    // beyond that Python refuses it
    let known = total.filter(|total| total.abs() < 86_400_000_000 * 100_000_000 && !args.open);
    match known.filter(|_| args.positional.len() <= UNITS.len()) {
        Some(total) => Ok(Value::of_shown("datetime.timedelta", duration(total))),
        None => Ok(opaque(interp, "datetime.timedelta", args)),
    }
}

fn duration(microseconds: i64) -> Shown {
    let (days, rest) = (microseconds.div_euclid(86_400_000_000), microseconds.rem_euclid(86_400_000_000));
    let (seconds, rest) = (rest / 1_000_000, rest % 1_000_000);
    let parts: Vec<String> = [("days", days), ("seconds", seconds), ("microseconds", rest)]
        .into_iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let parts = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
    Shown {
        text: Some(duration_text(days, seconds, rest).into()),
        ..Shown::alike("datetime.timedelta", &format!("datetime.timedelta({parts})"))
            .with(Amount::Microseconds(microseconds))
    }
}

/// `str(timedelta)`
fn duration_text(days: i64, seconds: i64, microseconds: i64) -> String {
    let clock = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let plural = if days.abs() == 1 { "" } else { "s" };
    let clock = if days == 0 { clock } else { format!("{days} day{plural}, {clock}") };
    if microseconds == 0 { clock } else { format!("{clock}.{microseconds:06}") }
}

fn timezone(interp: &mut Interp<'_>, args: Args) -> Eval {
    let offset = args.get(0, "offset").and_then(Value::shown).and_then(|shown| {
        let Some(Amount::Microseconds(microseconds)) = shown.amount else { return None };
        (microseconds.abs() < 86_400_000_000).then(|| (microseconds, shown.repr.clone()))
    });
    let (Some((microseconds, Some(shown))), false) = (offset, args.open) else {
        return Ok(opaque(interp, "datetime.timezone", args));
    };
    let made = match args.get(1, "name") {
        None if microseconds == 0 => constant("datetime.timezone.utc"),
        None => Some(Shown {
            text: None,
            ..Shown::alike("datetime.timezone", &format!("datetime.timezone({shown})"))
        }),
        Some(Value::Str(name)) => Some(Shown {
            text: Some(name.clone()),
            ..Shown::alike("datetime.timezone", &format!("datetime.timezone({shown}, {})", repr_text(name)))
        }),
        Some(_) => None,
    };
    match made {
        Some(made) => Ok(Value::of_shown("datetime.timezone", made)),
        None => Ok(opaque(interp, "datetime.timezone", args)),
    }
}

fn zone_info(interp: &mut Interp<'_>, args: Args) -> Eval {
    let key = args.get(0, "key").and_then(Value::as_str).map(str::to_owned);
    let made = opaque(interp, "zoneinfo.ZoneInfo", args);
    let Some(key) = key else { return Ok(made) };
    let repr = format!("zoneinfo.ZoneInfo(key={})", repr_text(&key));
    let shown = Shown { text: Some(key.into()), ..Shown::alike("zoneinfo.ZoneInfo", &repr) };
    Ok(Value::of_shown("zoneinfo.ZoneInfo", shown))
}

fn tzutc(interp: &mut Interp<'_>, args: Args) -> Eval {
    opaque(interp, "dateutil.tz.tzutc", args);
    Ok(Value::of_shown("dateutil.tz.tzutc", Shown::alike("dateutil.tz.tzutc", "tzutc()")))
}

fn tzlocal(interp: &mut Interp<'_>, args: Args) -> Eval {
    opaque(interp, "dateutil.tz.tzlocal", args);
    Ok(Value::of_shown("dateutil.tz.tzlocal", Shown::alike("dateutil.tz.tzlocal", "tzlocal()")))
}

fn fixed_offset(interp: &mut Interp<'_>, args: Args) -> Eval {
    let minutes = args.only().and_then(|given| interp.int_of(given)).filter(|minutes| minutes.abs() < 1440);
    let made = opaque(interp, "pytz.FixedOffset", args);
    Ok(match minutes {
        Some(0) => Value::of_shown("pytz.UTC", pytz_utc()),
        Some(minutes) => {
            let shown = Shown::alike("pytz._FixedOffset", &format!("pytz.FixedOffset({minutes})"));
            Value::of_shown("pytz.FixedOffset", shown)
        }
        None => made,
    })
}

fn pytz_timezone(interp: &mut Interp<'_>, args: Args) -> Eval {
    let zone = args.only().and_then(Value::as_str).map(str::to_owned);
    let made = opaque(interp, "pytz.timezone", args);
    Ok(match zone {
        Some(zone) if zone.eq_ignore_ascii_case("utc") => Value::of_shown("pytz.UTC", pytz_utc()),
        Some(zone) => {
            let repr = pytz_repr(interp, &zone).map(Arc::from);
            Value::of_shown("pytz.timezone", Shown { repr, text: Some(zone.into()), ..Shown::default() })
        }
        None => made,
    })
}

/// `<DstTzInfo 'US/Pacific' LMT-1 day, 16:07:00 STD>`: a zone shows its first standard time, which the data of
/// the installed `pytz` hold.
fn pytz_repr(interp: &Interp<'_>, zone: &str) -> Option<String> {
    let Presence::Installed(Some(module)) = interp.environment.third_party("pytz") else { return None };
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    if !zone.split('/').all(is_name) {
        return None;
    }
    let file = zone.split('/').fold(module.parent()?.join("zoneinfo"), |folder, part| folder.join(part));
    let first = first_standard_time(&interp.sources.fs().read(&file).ok()?)?;
    let (shown, name) = (repr_text(zone), first.name);
    if first.only {
        return Some(format!("<StaticTzInfo {shown}>"));
    }
    // rounded to minutes
    let offset = (first.offset + 30).div_euclid(60) * 60;
    let (days, seconds) = (offset.div_euclid(86_400), offset.rem_euclid(86_400));
    let sign = if offset > 0 { "+" } else { "" };
    Some(format!("<DstTzInfo {shown} {name}{sign}{} STD>", duration_text(days, seconds, 0)))
}

struct StandardTime {
    name: String,
    /// In seconds.
    offset: i64,
    /// Whether the zone never had another one.
    only: bool,
}

/// The first block of a compiled `tzfile(5)`.
fn first_standard_time(bytes: &[u8]) -> Option<StandardTime> {
    if !bytes.starts_with(b"TZif") {
        return None;
    }
    let word = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
    let count = |place: usize| usize::try_from(u32::from_be_bytes(word(20 + 4 * place)?)).ok();
    let (transitions, kinds) = (count(3)?, count(4)?);
    let kinds_at = 44 + transitions * 5;
    let names_at = kinds_at + kinds * 6;
    (0..kinds).find_map(|place| {
        let at = kinds_at + place * 6;
        let [is_summer, name_at] = bytes.get(at + 4..at + 6)?.try_into().ok()?;
        if is_summer != 0 {
            return None;
        }
        let name: Vec<u8> = bytes
            .get(names_at + usize::from(name_at)..)?
            .iter()
            .copied()
            .take_while(|&byte| byte != 0)
            .collect();
        Some(StandardTime {
            name: String::from_utf8(name).ok()?,
            offset: i64::from(i32::from_be_bytes(word(at)?)),
            only: transitions == 0,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_show_themselves_as_python_prints_them() {
        for (microseconds, repr, text) in [
            (0, "datetime.timedelta(0)", "0:00:00"),
            (3_600_000_000, "datetime.timedelta(seconds=3600)", "1:00:00"),
            (-3_600_000_000, "datetime.timedelta(days=-1, seconds=82800)", "-1 day, 23:00:00"),
            (172_800_000_001, "datetime.timedelta(days=2, microseconds=1)", "2 days, 0:00:00.000001"),
        ] {
            let shown = duration(microseconds);
            assert_eq!((shown.repr.as_deref(), shown.text.as_deref()), (Some(repr), Some(text)));
        }
    }

    #[test]
    fn the_first_standard_time_of_a_zone_is_read() {
        let mut bytes = b"TZif2".to_vec();
        bytes.resize(20, 0);
        for count in [0_u32, 0, 0, 1, 2, 8] {
            bytes.extend(count.to_be_bytes());
        }
        bytes.extend([0; 4]);
        bytes.push(1);
        bytes.extend((-28_378_i32).to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend((-25_200_i32).to_be_bytes());
        bytes.extend([1, 4]);
        bytes.extend(b"LMT\0PDT\0");
        let found = first_standard_time(&bytes).map(|time| (time.name, time.offset, time.only));
        assert_eq!(found, Some(("LMT".to_owned(), -28_378, false)));
        assert!(first_standard_time(b"TZif").is_none());
        assert!(first_standard_time(&bytes[..40]).is_none());
    }
}
