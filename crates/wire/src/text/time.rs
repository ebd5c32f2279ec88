//! Points in time as text: RFC 3339 in XML and forms, ISO 8601 basic form and HTTP dates in signatures.

use crate::schema::Timestamp;

const MS_PER_SECOND: i64 = 1000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A moment of the Gregorian calendar, in UTC.
struct Calendar {
    year: i64,
    month: i64,
    day: i64,
    second_of_day: i64,
    ms: i64,
}

/// `2011-07-11T19:55:29.611Z`; the fraction is left out when it is zero.
pub fn rfc3339(time: Timestamp) -> String {
    let Calendar { year, month, day, second_of_day: s, ms } = Calendar::of(time);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{fraction}Z", s / 3600, s / 60 % 60, s % 60)
}

/// `20110711T195529Z`, the form of `X-Amz-Date`.
pub fn basic(time: Timestamp) -> String {
    let Calendar { year, month, day, second_of_day: s, .. } = Calendar::of(time);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", s / 3600, s / 60 % 60, s % 60)
}

/// Reads what [`basic`] writes.
pub fn parse_basic(text: &str) -> Option<Timestamp> {
    let is_basic = text.len() == 16 && text.is_ascii() && &text[8..9] == "T" && text.ends_with('Z');
    if !is_basic {
        return None;
    }
    let date = [&text[0..4], &text[4..6], &text[6..8]];
    let clock = [&text[9..11], &text[11..13], &text[13..15]];
    from_parts(date, clock, 0)
}

/// Reads `2011-07-11T19:55:29[.611](Z|+01:00)`; digits of the fraction behind the third are dropped.
pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if !text.is_ascii() || text.len() < 20 || marks.iter().any(|(at, mark)| &text[*at..at + 1] != *mark) {
        return None;
    }
    let date = [&text[0..4], &text[5..7], &text[8..10]];
    let clock = [&text[11..13], &text[14..16], &text[17..19]];
    let (ms, zone) = split_fraction(&text[19..])?;
    let local = from_parts(date, clock, ms)?;
    Some(Timestamp::from_epoch_ms(local.epoch_ms() - offset_s(zone)? * MS_PER_SECOND))
}

/// Reads `Mon, 11 Jul 2011 19:55:29 GMT`, the form of an HTTP `Date`. The day of the week is not checked.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split(' ').collect();
    let [_, day, month, year, clock, "GMT" | "+0000" | "-0000"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let clock: Vec<&str> = clock.split(':').collect();
    from_parts([year, &format!("{month:02}"), day], clock.try_into().ok()?, 0)
}

/// The months in HTTP dates.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Milliseconds, and the time zone behind them.
fn split_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(fraction) = text.strip_prefix('.') else { return Some((0, text)) };
    let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = fraction.split_at(length);
    let ms = format!("{digits:0<3}")[..3].parse().ok()?;
    (length > 0).then_some((ms, zone))
}

/// Seconds that a time zone is ahead of UTC.
fn offset_s(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    Some(sign * (number(hours, 2, 0..=23)? * 3600 + number(minutes, 2, 0..=59)? * 60))
}

fn from_parts(date: [&str; 3], clock: [&str; 3], ms: i64) -> Option<Timestamp> {
    let [year, month, day] = date;
    let [hour, minute, second] = clock;
    let (year, month) = (number(year, 4, 0..=9999)?, number(month, 2, 1..=12)?);
    let day = number(day, 2, 1..=days_of_month(year, month))?;
    // A leap second is spelled 60; it becomes the first moment of the next minute.
    let second_of_day =
        number(hour, 2, 0..=23)? * 3600 + number(minute, 2, 0..=59)? * 60 + number(second, 2, 0..=60)?;
    Some(Calendar { year, month, day, second_of_day, ms }.to_timestamp())
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let well_formed = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = if well_formed { text.parse().ok()? } else { return None };
    range.contains(&value).then_some(value)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days are counted from 1 March of year 0, so that the leap day is the last one of its year; a month is
/// then 30.6 days on average, and 400 years are always 146,097 days.
const DAYS_TO_EPOCH: i64 = 719_468;
const DAYS_PER_ERA: i64 = 146_097;

impl Calendar {
    fn of(time: Timestamp) -> Calendar {
        let seconds = time.epoch_ms().div_euclid(MS_PER_SECOND);
        let days = seconds.div_euclid(SECONDS_PER_DAY) + DAYS_TO_EPOCH;
        let era = days.div_euclid(DAYS_PER_ERA);
        let day_of_era = days.rem_euclid(DAYS_PER_ERA);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Calendar {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            second_of_day: seconds.rem_euclid(SECONDS_PER_DAY),
            ms: time.epoch_ms().rem_euclid(MS_PER_SECOND),
        }
    }

    fn to_timestamp(&self) -> Timestamp {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
        let seconds = days * SECONDS_PER_DAY + self.second_of_day;
        Timestamp::from_epoch_ms(seconds * MS_PER_SECOND + self.ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        for (epoch_ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_310_414_129_611, "2011-07-11T19:55:29.611Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            let time = Timestamp::from_epoch_ms(epoch_ms);
            assert_eq!(rfc3339(time), text);
            assert_eq!(parse_rfc3339(text), Some(time));
        }
        assert_eq!(basic(Timestamp::from_epoch_ms(1_310_414_129_611)), "20110711T195529Z");
    }

    #[test]
    fn offsets_and_fractions() {
        let utc = parse_rfc3339("2020-01-01T00:00:00.5Z");
        assert_eq!(parse_rfc3339("2020-01-01T01:30:00.500999+01:30"), utc);
        assert_eq!(parse_rfc3339("2019-12-31T23:00:00.50-01:00"), utc);
    }

    #[test]
    fn http_dates() {
        let want = parse_rfc3339("2015-08-30T12:36:00Z");
        for text in ["Sun, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 -0000"] {
            assert_eq!(parse_http_date(text), want);
        }
        for text in ["", "Sun, 30 Aug 2015", "Sun, 30 aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36 GMT"] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_what_no_calendar_has() {
        for text in [
            "",
            "2020-01-01",
            "2021-02-29T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:00:00",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00+1:00",
            "+020-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
        for text in ["20200101T000000", "20200230T000000Z", "2020-1-1T000000Z", "20200101 000000Z"] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(epoch_ms in Timestamp::MIN.epoch_ms()..=Timestamp::MAX.epoch_ms()) {
            let time = Timestamp::from_epoch_ms(epoch_ms);
            prop_assert_eq!(parse_rfc3339(&rfc3339(time)), Some(time));
            let whole = Timestamp::from_epoch_ms(epoch_ms.div_euclid(1000) * 1000);
            prop_assert_eq!(parse_basic(&basic(time)), Some(whole));
        }

        #[test]
        fn never_panics(text: String) {
            let _ = (parse_rfc3339(&text), parse_basic(&text), parse_http_date(&text));
        }
    }
}
