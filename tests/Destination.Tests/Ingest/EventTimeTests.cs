using System.Globalization;
using System.Text;
using CsCheck;
using CustomerIoDestination.Events;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-1", -1_000L)]
    [InlineData("99999999999", 99_999_999_999_000L)]
    [InlineData("100000000000", 100_000_000_000L)]
    [InlineData("99999999999999", 99_999_999_999_999L)]
    [InlineData("100000000000000", 100_000_000_000L)]
    [InlineData("99999999999999999", 99_999_999_999_999L)]
    [InlineData("-0.5", -500L)]
    [InlineData("1.6e9", 1_600_000_000_000L)]
    [InlineData("1600000000.0009", 1_600_000_000_000L)]
    [InlineData("-1.0001", -1_001L)]
    [InlineData("\"1600000000\"", 1_600_000_000_000L)]
    [InlineData("\"2020-01-01\"", 1_577_836_800_000L)]
    [InlineData("\"2020-01-01T00:00Z\"", 1_577_836_800_000L)]
    [InlineData("\"2020-01-01T01:00:00.123456789+01\"", 1_577_836_800_123L)]
    [InlineData("\"2020-01-01T05:30:00+0530\"", 1_577_836_800_000L)]
    [InlineData("\"2019-12-31T23:59:60Z\"", 1_577_836_800_000L)]
    [InlineData("100000000000000000", 100_000_000_000L)]
    [InlineData("1795163400000000000", 1_795_163_400_000L)]
    [InlineData("\"1795163400000000000\"", 1_795_163_400_000L)]
    [InlineData("99999999999999999999", 99_999_999_999_999L)]
    [InlineData("-9223372036854775808", -9_223_372_036_855L)]
    [InlineData("1795163400000000.9", 1_795_163_400_000L)]
    [InlineData("\"1795163400.25\"", 1_795_163_400_250L)]
    [InlineData("\"20261120\"", 1_795_132_800_000L)]
    [InlineData("\"18991231\"", 18_991_231_000L)]
    [InlineData("20261120", 20_261_120_000L)]
    [InlineData("\"20261120T083000Z\"", 1_795_163_400_000L)]
    [InlineData("\"20261120T0830\"", 1_795_163_400_000L)]
    [InlineData("\"20261120T083000.5+0100\"", 1_795_159_800_500L)]
    [InlineData("\"20261120 083000\"", 1_795_163_400_000L)]
    [InlineData("\"2026-11-20 08:30:00 UTC\"", 1_795_163_400_000L)]
    [InlineData("\"2026-11-20T08:30:00 gmt\"", 1_795_163_400_000L)]
    [InlineData("\"2026-11-20T08:30:00UTC\"", 1_795_163_400_000L)]
    [InlineData("\"2026-11-20 08:30:00 -0700\"", 1_795_188_600_000L)]
    [InlineData("\"2026-11-20 08:30:00  +01\"", 1_795_159_800_000L)]
    [InlineData("\"2026-11-20 08:30:00,123456789 +01:00\"", 1_795_159_800_123L)]
    [InlineData("\"2020-01-01T00:00:00 Z\"", 1_577_836_800_000L)]
    [InlineData("\" 2020-01-01\\u200b\"", 1_577_836_800_000L)]
    [InlineData("\"Fri, 20 Nov 2026 08:30:00 GMT\"", 1_795_163_400_000L)]
    [InlineData("\"20 Nov 2026 08:30:00 +0100\"", 1_795_159_800_000L)]
    [InlineData("\"Sun, 1 Nov 2026 08:30:00 GMT\"", 1_793_521_800_000L)]
    [InlineData("\"Fri Nov 20 2026 08:30:00 GMT+0100 (CET)\"", 1_795_159_800_000L)]
    [InlineData("\"Fri Nov 20 2026 08:30:00 GMT+0100 (Central European Standard Time)\"", 1_795_159_800_000L)]
    [InlineData("\"/Date(1795163400000)/\"", 1_795_163_400_000L)]
    [InlineData("\"\\/Date(1795163400000+0100)\\/\"", 1_795_163_400_000L)]
    [InlineData("\"/Date(-1)/\"", -1L)]
    [InlineData("{\"$date\":\"2026-11-20T08:30:00Z\"}", 1_795_163_400_000L)]
    [InlineData("{\"$date\":1795163400000}", 1_795_163_400_000L)]
    [InlineData("{\"$date\":{\"$numberLong\":\"1795163400000\"}}", 1_795_163_400_000L)]
    [InlineData("{\"_seconds\":1795163400,\"_nanoseconds\":250000000}", 1_795_163_400_250L)]
    [InlineData("{\"seconds\":\"1795163400\",\"nanos\":0}", 1_795_163_400_000L)]
    public void Times_are_read_by_magnitude_or_by_their_form(string json, long milliseconds)
    {
        EventTime.TryRead(Value(json), out long actual).ShouldBeTrue();

        actual.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("100000000000000000000")]
    [InlineData("1e400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2020-13-01\"")]
    [InlineData("\"2020-02-30\"")]
    [InlineData("\"0000-01-01\"")]
    [InlineData("\"2020-01-01T24:00:00Z\"")]
    [InlineData("\"2020-01-01T00:00:00.Z\"")]
    [InlineData("\"2020-01-01T00:00:00+24:00\"")]
    [InlineData("\"2020-01-01 x\"")]
    [InlineData("\"20201301T000000Z\"")]
    [InlineData("\"Fri Nov 20 2026\"")]
    [InlineData("\"Fri, 32 Nov 2026 08:30:00 GMT\"")]
    [InlineData("\"Friday the 20 of Nov 2026\"")]
    [InlineData("\"/Date(abc)/\"")]
    [InlineData("\"/Date()/\"")]
    [InlineData("{\"$date\":null}")]
    [InlineData("{\"$date\":\"soon\"}")]
    [InlineData("{\"seconds\":5,\"minutes\":3}")]
    [InlineData("[1795163400]")]
    [InlineData("\"-\"")]
    public void A_text_that_is_no_time_is_unreadable(string json) => EventTime.TryRead(Value(json), out _).ShouldBeFalse();

    [Fact]
    public void Every_ISO_form_reads_as_the_same_instant_as_in_the_framework() =>
        Gen.Select(Gen.Long[-62_135_596_800_000, 253_402_214_400_000], Gen.Int[-14 * 60, 14 * 60]).Holds((milliseconds, offset) =>
        {
            DateTimeOffset utc = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
            if (utc.Ticks + (offset * TimeSpan.TicksPerMinute) is < 0 or > 3_155_378_975_999_999_999)
            {
                return;
            }

            string text = utc.ToOffset(TimeSpan.FromMinutes(offset)).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
            IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out long actual).ShouldBeTrue();
            actual.ShouldBe(milliseconds);
        });

    [Fact]
    public void Seconds_are_cut_downwards_on_both_sides_of_1970() =>
        Gen.Long[-99_999_999_999_999, 99_999_999_999_999].Holds(milliseconds =>
        {
            long seconds = EventTime.ToSeconds(milliseconds);
            (seconds * 1000).ShouldBeLessThanOrEqualTo(milliseconds);
            ((seconds + 1) * 1000).ShouldBeGreaterThan(milliseconds);
        });

    [Fact]
    public void The_magnitude_decides_the_unit_for_every_number() =>
        Gen.Long[-99_999_999_999_999_999, 99_999_999_999_999_999].Holds(number =>
        {
            EventTime.TryRead(Value(number.ToString(CultureInfo.InvariantCulture)), out long milliseconds).ShouldBeTrue();
            long expected = Math.Abs(number) switch
            {
                < 100_000_000_000 => number * 1000,
                < 100_000_000_000_000 => number,
                _ => (long)Math.Floor(number / 1000m),
            };
            milliseconds.ShouldBe(expected);
        });

    private static JsonValue Value(string json)
    {
        var table = new JsonTable();
        table.TryRead(Encoding.UTF8.GetBytes(json)).ShouldBeTrue();
        return table.Root;
    }
}
